// Tests the tables in src/lib/domain/knowledge: their counts, and the rules that depend on them.
import { describe, expect, it } from 'vitest';
import { dccAlertTable, describeAlert, deviceAlertTable, whyNotCommand } from '#lib/domain/alert-code.ts';
import { causeTable, causesOf, readCauseTable, effectWindowOf } from '#lib/domain/cause-table/cause-table.ts';
import { evidenceWindowMs } from '#lib/domain/correlation/window.ts';
import {
	describeVariant,
	messageCodeTable,
	variantTable,
	variantsOfMessageCode
} from '#lib/domain/service-reference-variant.ts';

const causes = [...causeTable.entries.values()].flatMap((entry) => entry.causes);

describe('the tables of codes', () => {
	it('have the expected numbers of rows', () => {
		expect(deviceAlertTable.codes).toHaveLength(190);
		expect(variantTable.variants).toHaveLength(129);
		expect(messageCodeTable.messageCodes).toHaveLength(204);
		expect(dccAlertTable.codes).toHaveLength(66);
		expect(dccAlertTable.payloads).toHaveLength(24);
		expect([causeTable.entries.size, causes.length]).toEqual([177, 204]);
	});

	it('list each code once, and name only known SRVs for message codes', () => {
		for (const codes of [
			deviceAlertTable.codes,
			variantTable.variants,
			messageCodeTable.messageCodes,
			dccAlertTable.codes
		].map((rows) => rows.map((row) => row.code)))
			expect(new Set(codes).size).toBe(codes.length);
		expect(
			messageCodeTable.messageCodes
				.flatMap((row) => row.variants)
				.filter((code) => !describeVariant(code).known)
		).toEqual([]);
	});

	it('do not list a DCC Alert N32', () => {
		expect(dccAlertTable.codes.some((row) => row.code === 'N32')).toBe(false);
	});

	it('allow a Device to store only twelve SRVs until their execution time', () => {
		const held = variantTable.variants
			.filter((row) => row.futureDated === 'device' || row.futureDated === 'both')
			.map((row) => row.code);
		expect(held.sort()).toEqual([
			'1.1.1',
			'1.1.2',
			'1.2.1',
			'1.2.2',
			'1.6',
			'11.3',
			'2.1',
			'6.14.2',
			'6.14.3',
			'6.15.1',
			'6.23',
			'6.4.1'
		]);
	});

	it('name all SRVs of a message code', () => {
		expect(
			messageCodeTable.messageCodes.filter((row) => row.variants.length > 1).map((row) => row.code)
		).toEqual(['000F', '0055', '005F', '0062', '007F', '00AB', '00AF', '0102', '0103']);
		expect(variantsOfMessageCode('0019')).toEqual(['1.1.1']);
		expect(variantsOfMessageCode('FFFF')).toEqual([]);
	});
});

describe('the description of an Alert', () => {
	it.each([
		['8F30', { category: 'security', priority: 1, physical: false }],
		['8F76', { category: 'tamper', priority: 1, physical: true }],
		['8F35', { category: 'power', physical: false }],
		['8F66', { category: 'command', priority: 4 }],
		['8FFF', { known: false, name: 'Unknown Alert code 8FFF', category: 'unknown', priority: 2 }]
	])('classifies %s', (code, expected) => {
		expect(describeAlert({ kind: 'device', code })).toMatchObject(expected);
	});

	it('uses the child element of a DCC Alert, and gives no meaning to an N-code alone', () => {
		expect(describeAlert({ kind: 'dcc', code: 'N13', dccPayload: 'CommandFailure' }).name).toBe(
			'Command failed'
		);
		expect(describeAlert({ kind: 'dcc', code: 'N7', dccPayload: null }).name).toBe('Unknown Alert code N7');
	});

	it.each([
		['device', '8F30', null, null],
		['device', '8F76', null, null],
		['device', '8F35', null, 'It reports a loss or a return of the mains supply.'],
		['dcc', 'AD1', 'PowerOutageEvent', 'It reports a loss or a return of the mains supply.'],
		['dcc', 'N13', 'CommandFailure', null]
	] as const)('says why no command can cause %s %s %s: %s', (kind, code, dccPayload, why) => {
		expect(whyNotCommand({ kind, code, dccPayload }, causeTable)).toBe(why);
	});

	it('never fails on an SRV that is not in the table', () => {
		expect(describeVariant('9.99')).toMatchObject({
			known: false,
			name: 'Unknown Service Request 9.99',
			kind: 'write'
		});
	});
});

describe('the cause table', () => {
	it('lists commands of the network operator as causes of 8F30 only if they did not succeed', () => {
		const byEd = causesOf(causeTable, { code: '8F30' })!.causes.filter((cause) => cause.roles.includes('ED'));
		expect(byEd.map((cause) => cause.outcome)).toEqual(['failure-or-none', 'failure-or-none']);
	});

	it('lists only circumstantial causes for a physical event, with a window before and after it', () => {
		const tamper = deviceAlertTable.codes.filter((row) => row.physical).map((row) => row.code);
		expect(tamper).toHaveLength(14);
		for (const code of tamper)
			for (const cause of causesOf(causeTable, { code })!.causes)
				expect(cause).toMatchObject({
					confidence: 'circumstantial',
					minSeconds: -28_800,
					maxSeconds: 43_200
				});
	});

	it('is searched for a DCC Alert first by its child element, then by its code', () => {
		expect(causesOf(causeTable, { code: 'N13', dccPayload: 'CommandFailure' })?.alert).toBe(
			'payload:CommandFailure'
		);
		expect(causesOf(causeTable, { code: 'N24', dccPayload: null })?.alert).toBe('N24');
	});

	it('gives the window of the effects of a Service Request', () => {
		expect(effectWindowOf(causeTable, '6.27')).toMatchObject({ beforeSeconds: 0, hub: false });
		expect(effectWindowOf(causeTable, '8.14.3')).toMatchObject({ beforeSeconds: 28_800, hub: true });
		expect(effectWindowOf(causeTable, '9.99')).toBeNull();
	});

	it('is refused if it has an unknown SRV or a window out of order', () => {
		const [cause] = causes;
		const file = (change: object) => ({
			version: 'x',
			notCommand: [],
			entries: [{ alert: '8F30', guidance: null, causes: [{ ...cause, ...change }] }]
		});
		expect(() => readCauseTable(file({ variants: ['9.99'] }))).toThrow(/is not in the table of SRVs/);
		expect(() => readCauseTable(file({ minSeconds: 900, typicalSeconds: 20 }))).toThrow(
			/earliest, typical, latest/
		);
		expect(readCauseTable(file({})).version).toBe('x');
	});
});

describe('the time before an Alert from which requests are read', () => {
	it.each([
		['8F30', 24 * 3600],
		['8F3D', 7 * 86_400 + 7205],
		['8F0A', 31 * 86_400 + 7205]
	])('covers the window of %s and the time-out of a gas meter (%i s)', (alert, seconds) => {
		expect(evidenceWindowMs(causeTable.entries.get(alert))).toBe(seconds * 1000);
	});
});
