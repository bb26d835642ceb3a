// The rules of correlation one by one, each with its exception: outcome, sender, place, and what is no cause.
import { describe, expect, it } from 'vitest';
import { deviceAlertTable } from '#lib/domain/alert-code.ts';
import { causeTable } from '#lib/domain/cause-table.ts';
import type { CommandReference } from '#lib/domain/command-reference.ts';
import type { HomeDevice } from '#lib/domain/evidence.ts';
import type { ServiceRequest } from '#lib/domain/service-request.ts';
import {
	BRW,
	C1,
	E1,
	EDN,
	FLD,
	G1,
	HAL,
	HOUR,
	NOON,
	OTHER,
	OUC,
	OURS,
	SECOND,
	explain,
	home,
	request
} from '../support/evidence.ts';

const EDN2 = '90-B3-D5-1F-30-02-00-09';
const DAY = 24 * HOUR;

/** An answer `after` seconds after noon. */
const answer = (after: number, responseCode: string): Partial<ServiceRequest> => ({
	respondedAt: NOON + after * SECOND,
	responseCode
});
/** The home, with the meter in tenures that change from one Supplier to the other at `at`. */
const changedAt = (at: number, [first, second] = [OTHER, OURS]): Map<string, HomeDevice> =>
	home().set(E1, {
		deviceType: 'ESME',
		tenures: [
			{ supplierId: first!, from: 0, to: at },
			{ supplierId: second!, from: at, to: null }
		]
	});
const ourGas = (): Map<string, HomeDevice> =>
	home().set(G1, { deviceType: 'GSME', tenures: [{ supplierId: OURS, from: 0, to: null }] });
/** What an Alert says of the command it is about. */
const naming = (fields: Partial<CommandReference>): CommandReference => ({
	originatorId: null,
	counter: null,
	messageCode: null,
	requestId: null,
	instruction: null,
	instructions: null,
	...fields
});
const ids = (list: ReadonlyArray<{ requestId: string }>) => list.map((item) => item.requestId);

describe('what the response says', () => {
	it.each([
		['8F30', EDN, '6.5'],
		['8F3E', EDN, '6.22'],
		['8F1E', EDN, '6.22']
	])('speaks against a cause of %s where it is a success', (code, user, variant) => {
		const { candidates, excluded } = explain([request(user, variant, 20, answer(-10, 'I0'))], { code });
		expect(candidates).toEqual([]);
		expect(excluded).toMatchObject([{ reason: 'succeeded' }]);
		expect(explain([request(user, variant, 20, answer(-10, 'E65'))], { code }).kind).toBe('likely');
	});

	it('speaks for a cause that must have worked to have an effect', () => {
		const done = request(HAL, '8.11', 20, { deviceId: C1, ...answer(-10, 'I0') });
		expect(explain([done], { code: '8F3E' }).kind).toBe('likely');
	});

	it('weighs a failure more than a silence', () => {
		const silent = request(EDN, '6.22', 12);
		const failed = request(EDN, '6.22', 17, answer(-12, 'E65'));
		expect(ids(explain([silent, failed], { code: '8F1E' }).candidates)).toEqual(ids([failed, silent]));
		expect(explain([silent], { code: '8F1E' }).candidates[0]!.reasons).toContainEqual({
			code: 'outcome',
			text: 'no response yet'
		});
	});

	const refusals = [...Array.from({ length: 13 }, (_, i) => `E${i + 1}`), 'E19'];
	it.each(refusals)('%s: refused by the DCC, so it never reached the Device', (responseCode) => {
		for (const code of ['8F30', '8F76', '8FFF']) {
			const { candidates, excluded } = explain([request(EDN, '6.5', 20, { responseCode })], { code });
			expect(candidates).toEqual([]);
			expect(excluded).toMatchObject([{ reason: 'never-reached-device' }]);
		}
	});

	it.each(['E14', 'E17', 'E20', 'E21', 'E30', 'E65', 'E100'])('%s: may have reached it', (responseCode) => {
		expect(explain([request(EDN, '6.5', 20, { responseCode })]).kind).toBe('likely');
	});

	it('may be a refusal where the Alert itself is about the refused command', () => {
		const refused = request(BRW, '7.2', 20, { responseCode: 'E4' });
		const reference = naming({ requestId: refused.requestId });
		const alert = { kind: 'dcc', code: 'N13', dccPayload: 'CommandFailure', reference } as const;
		expect(explain([refused], alert)).toMatchObject({
			kind: 'exact',
			candidates: [{ requestId: refused.requestId }]
		});
	});
});

describe('who may have caused it', () => {
	it.each([
		['ED', EDN, true],
		['GS', HAL, false],
		['OU', OUC, false],
		['RSA', FLD, false]
	])('of role %s: only a network operator sends 6.5 with a wrong certificate', (_role, user, eligible) => {
		const { candidates, excluded } = explain([request(user, '6.5', 20)]);
		expect(candidates).toHaveLength(eligible ? 1 : 0);
		expect(excluded.map((e) => e.reason)).toEqual(eligible ? [] : ['role-not-eligible']);
	});

	it('is not ruled out while only the response is known, which tells no role', () => {
		expect(explain([request(EDN, '6.5', 20, { userRole: '' })]).kind).toBe('likely');
	});

	it("marks the viewer's own requests as own, under each of its User IDs, and nobody else's", () => {
		const viewer = { supplierId: OURS, userIds: new Set([BRW, EDN2]) };
		const requests = [BRW, EDN2, HAL].map((user, i) => request(user, '1.6', 20 + i, { userRole: 'IS' }));
		const { candidates } = explain(requests, { code: '8F3E' }, { viewer });
		expect(new Map(candidates.map((c) => [c.userId, c.own]))).toEqual(
			new Map([
				[BRW, true],
				[EDN2, true],
				[HAL, false]
			])
		);
	});

	it('is a weaker suspect where the DCC relays its commands under its own identity', () => {
		const relayed = request(FLD, '6.13', 10);
		const direct = request(HAL, '1.6', 20);
		const { candidates } = explain([relayed, direct], { code: '8F3E' });
		expect(ids(candidates)).toEqual(ids([direct, relayed]));
		expect(candidates[1]!.reasons.map((r) => r.code)).toContain('relayed');
	});
});

describe('causes that need a change of Supplier', () => {
	const late = () => request(HAL, '1.6', 20, { userRole: 'IS' });
	it.each<[what: string, at: number, order: [number, number], holds: boolean]>([
		['three days before', -3 * DAY, [OTHER, OURS], true],
		['more than three days before', -3 * DAY - 1, [OTHER, OURS], false],
		['three days after', 3 * DAY, [OURS, OTHER], true],
		['more than three days after', 3 * DAY + 1, [OURS, OTHER], false]
	])('8F30: a change %s', (_what, at, order, holds) => {
		const { kind, excluded } = explain([late()], {}, { home: changedAt(NOON + at, order) });
		expect(kind).toBe(holds ? 'likely' : 'unexplained');
		expect(excluded.map((e) => e.reason)).toEqual(holds ? [] : ['condition-not-met']);
	});

	it.each([
		[7 * DAY, true],
		[7 * DAY + 1, false]
	])('8F3D: credentials changed %i ms ago', (ago, holds) => {
		const { kind } = explain([request(EDN, '6.5', 20)], { code: '8F3D' }, { home: changedAt(NOON - ago) });
		expect(kind).toBe(holds ? 'likely' : 'unexplained');
	});
});

describe('where in the home the request went', () => {
	it.each([
		['8F28', '6.29', C1, true],
		['8F28', '6.29', G1, false],
		['819D', '4.6.1', G1, true],
		['819D', '4.6.1', C1, false]
	])('%s after %s to %s', (code, variant, deviceId, fits) => {
		const one = request(BRW, variant, code === '819D' ? 7200 : 20, { deviceId });
		expect(explain([one], { code }, { home: ourGas() }).candidates).toHaveLength(fits ? 1 : 0);
	});

	it('counts only the Device itself where the table names no relation', () => {
		const elsewhere = request(EDN, '6.5', 20, { deviceId: C1 });
		expect(explain([elsewhere])).toMatchObject({ kind: 'unexplained', candidates: [], excluded: [] });
	});

	it('prefers the Device itself to its hub, though the hub was a little nearer in time', () => {
		const toHub = request(HAL, '8.7.2', 10, { deviceId: C1 });
		const toMeter = request(HAL, '8.7.2', 20);
		const { candidates } = explain([toHub, toMeter], { code: '8F3E' });
		expect(candidates.map((c) => c.relation)).toEqual(['same-device', 'same-hub']);
	});
});

describe('what no nearness can make a cause', () => {
	const everything = [
		request(EDN, '6.5', 5),
		request(BRW, '1.6', 6),
		request(HAL, '8.14.3', 40, { deviceId: C1, ...answer(-30, 'I0') }),
		request(HAL, '8.11', 50, { deviceId: C1, ...answer(-40, 'I0') }),
		request(FLD, '8.4', 60, answer(-50, 'I0'))
	];
	it.each(deviceAlertTable.codes.filter((row) => row.physical).map((row) => [row.code, row.name]))(
		'%s (%s): somebody touched the meter, so every link is weak',
		(code) => {
			for (const completeUntil of [null, NOON + DAY]) {
				const { kind, candidates } = explain(everything, { code }, { completeUntil });
				expect(kind).toBe(completeUntil === null ? 'pending' : 'ambiguous');
				expect(candidates.map((c) => c.tier)).toEqual(candidates.map(() => 'weak'));
			}
		}
	);

	it('a physical event stays weak even where a table would call the link sure', () => {
		const sure = { ...causeTable.entries.get('8F30')!, alert: '8F76' };
		const table = { ...causeTable, entries: new Map([['8F76', sure]]) };
		const { kind, candidates } = explain([request(EDN, '6.5', 20)], { code: '8F76' }, { table });
		expect([kind, candidates.map((c) => c.tier)]).toEqual(['ambiguous', ['weak']]);
	});

	it.each([...causeTable.notCommand.keys()])('%s: no command can cause it', (key) => {
		const payload = key.startsWith('payload:') ? key.slice('payload:'.length) : null;
		const alert = payload
			? ({ kind: 'dcc', code: 'N999', dccPayload: payload } as const)
			: ({ kind: key === 'AD1' ? 'dcc' : 'device', code: key } as const);
		for (const completeUntil of [null, NOON + DAY])
			expect(explain(everything, alert, { completeUntil })).toMatchObject({
				kind: 'not-command',
				candidates: []
			});
	});

	it('a command that the Alert names and nobody knows leaves the near ones weak', () => {
		const reference = naming({ originatorId: BRW, counter: '5' });
		const { kind, candidates } = explain([request(EDN, '6.5', 20)], { reference });
		expect([kind, candidates.map((c) => c.tier)]).toEqual(['ambiguous', ['weak']]);
	});
});

describe('counters', () => {
	const counter = '18446744073709551615';
	const reference = naming({ counter });
	it.each<[what: string, others: ServiceRequest[], kind: string]>([
		['alone', [], 'exact'],
		['beside the next number', [request(EDN, '1.1.1', 90, { counter: '18446744073709551614' })], 'exact'],
		['beside the same to another Device', [request(EDN, '1.1.1', 90, { counter, deviceId: C1 })], 'exact'],
		['beside the same of another User', [request(EDN, '1.1.1', 90, { counter })], 'ambiguous']
	])('one that is named stands %s', (_what, others, kind) => {
		const named = request(BRW, '1.1.1', 100, { counter });
		const explained = explain([named, ...others], { code: '8F66', reference });
		expect(explained.kind).toBe(kind);
		expect(ids(explained.candidates)).toContain(named.requestId);
	});
});

describe('several that fit', () => {
	const rival = (before: number) => request(EDN2, '6.5', before, { userRole: 'ED' });
	it.each([
		['alike', 20, 'ambiguous'],
		['far worse', 590, 'likely']
	])('a request of another User that fits %s', (_what, before, kind) => {
		const explained = explain([request(EDN, '6.5', 20), rival(before)]);
		expect([explained.kind, explained.candidates.length]).toEqual([kind, 2]);
	});
	it('two of one User are no rivals', () => {
		expect(explain([request(EDN, '6.5', 20), request(EDN, '6.15.1', 20)]).kind).toBe('likely');
	});
	it('a weak link is no rival of a strong one, however near', () => {
		const { kind, candidates } = explain([
			request(EDN, '6.5', 100),
			request(EDN2, '4.10', 20, { userRole: 'ED' })
		]);
		expect([kind, candidates.map((c) => c.tier)]).toEqual(['likely', ['strong', 'weak']]);
	});
	it('names the five that fit best, and the ten nearest of those that do not', () => {
		const fitting = Array.from({ length: 8 }, (_, i) => request(EDN, '6.5', 30 + 60 * i));
		const others = Array.from({ length: 14 }, (_, i) => request(EDN, '8.4', 45 + 60 * i));
		const { candidates, excluded } = explain([...fitting, ...others].reverse());
		expect(ids(candidates)).toEqual(ids(fitting.slice(0, 5)));
		expect(ids(excluded)).toEqual(ids(others.slice(0, 10)));
	});
	it('says of each that is not among them why, in words', () => {
		const misses: Array<[reason: string, request: ServiceRequest]> = [
			['succeeded', request(EDN, '6.5', 30, answer(-10, 'I0'))],
			['never-reached-device', request(EDN, '6.5', 31, { responseCode: 'E4' })],
			['not-a-known-cause', request(EDN, '8.4', 32)],
			['role-not-eligible', request(OUC, '6.5', 33)],
			['condition-not-met', request(HAL, '1.6', 34)],
			['outside-window', request(EDN, '6.5', 2 * 3600)]
		];
		const { excluded } = explain(misses.map(([, one]) => one));
		expect(excluded.map((e) => [e.reason, e.requestId])).toEqual(
			misses.map(([reason, one]) => [reason, one.requestId])
		);
		expect(excluded.every(({ text }) => /\w+ \w+/.test(text))).toBe(true);
	});
});
