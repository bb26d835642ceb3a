// Tests the guard: a command that was only near in time never explains a physical event, nor a code that no command can
// cause.
import { describe, expect, it } from 'vitest';
import { deviceAlertTable } from '#lib/domain/alert-code.ts';
import { causeTable } from '#lib/domain/cause-table/cause-table.ts';
import {
	ourUser,
	hub,
	networkOperator,
	supplierAgent,
	gasSupplier,
	HOUR_MS,
	NOON,
	explain,
	request,
	answered,
	ids
} from '../../support/evidence.ts';

const DAY = 24 * HOUR_MS;

describe('the guard', () => {
	const requestsOfAllKinds = [
		request(networkOperator, '6.5', 5),
		request(ourUser, '1.6', 6),
		request(gasSupplier, '8.14.3', 40, { deviceId: hub, ...answered(-30, 'I0') }),
		request(gasSupplier, '8.11', 50, { deviceId: hub, ...answered(-40, 'I0') }),
		request(supplierAgent, '8.4', 60, answered(-50, 'I0'))
	];
	it('ranks the request of a site visit before the inventory record that follows the visit', () => {
		const recorded = request(supplierAgent, '8.4', -60, answered(60, 'I0'));
		const exchanged = request(gasSupplier, '8.14.3', -3600, { deviceId: hub, ...answered(3600, 'I0') });
		expect(ids(explain([recorded, exchanged], { code: '8F76' }).candidates)).toEqual(
			ids([exchanged, recorded])
		);
	});

	it.each(deviceAlertTable.codes.filter((row) => row.physical).map((row) => [row.code, row.name]))(
		'allows only weak links for %s (%s), a physical event',
		(code) => {
			for (const completeUntil of [null, NOON + DAY]) {
				const { kind, candidates } = explain(requestsOfAllKinds, { code }, { completeUntil });
				expect(kind).toBe(completeUntil === null ? 'pending' : 'ambiguous');
				expect(candidates.map((c) => c.tier)).toEqual(candidates.map(() => 'weak'));
			}
		}
	);

	it('allows only weak links for a physical event even if the cause table calls the cause strong', () => {
		const sure = { ...causeTable.entries.get('8F30')!, alert: '8F76' };
		const table = { ...causeTable, entries: new Map([['8F76', sure]]) };
		const { kind, candidates } = explain([request(networkOperator, '6.5', 20)], { code: '8F76' }, { table });
		expect([kind, candidates.map((c) => c.tier)]).toEqual(['ambiguous', ['weak']]);
	});

	it.each([...causeTable.notCommand.keys()])('explains %s as not-command', (key) => {
		const payload = key.startsWith('payload:') ? key.slice('payload:'.length) : null;
		const alert = payload
			? ({ kind: 'dcc', code: 'N999', dccPayload: payload } as const)
			: ({ kind: key === 'AD1' ? 'dcc' : 'device', code: key } as const);
		for (const completeUntil of [null, NOON + DAY])
			expect(explain(requestsOfAllKinds, alert, { completeUntil })).toMatchObject({
				kind: 'not-command',
				candidates: []
			});
	});
});
