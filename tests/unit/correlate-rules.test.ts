// The rules of correlation one by one, each with its exception: outcome, sender, and place.
import { describe, expect, it } from 'vitest';
import type { HomeDevice } from '#lib/domain/correlation/evidence.ts';
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
	naming,
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

	it.each([
		['8154', 'I0', 'E65', 'failed'],
		['8155', 'E65', 'I0', 'succeeded']
	])('%s, which tells how a command ended, fits one that ended so (%s)', (code, so, otherwise, reason) => {
		expect(explain([request(EDN, '4.10', 20, answer(5, so))], { code }).kind).toBe('likely');
		const { candidates, excluded } = explain([request(EDN, '4.10', 20, answer(5, otherwise))], { code });
		expect([candidates, excluded.map((e) => e.reason)]).toEqual([[], [reason]]);
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

	it.each([
		['ED', E1, 'ESME'],
		['GT', G1, 'GSME']
	])(
		'of role %s: the network operator of either fuel may have the wrong certificate',
		(role, deviceId, type) => {
			const one = request(EDN, '6.15.1', 20, { deviceId, userRole: role });
			expect(explain([one], { deviceId, deviceType: type }, { home: ourGas() }).kind).toBe('likely');
		}
	);

	it('is a weak link only, where its refused read went out under the identity of the DCC', () => {
		const { kind, candidates } = explain([request(FLD, '6.13', 1, answer(20, 'E21'))]);
		expect([kind, candidates.map((c) => c.tier)]).toEqual(['ambiguous', ['weak']]);
		expect(candidates[0]!.reasons.map((r) => r.code)).toContain('relayed');
	});

	it('is not suspected of a low balance for a top-up, which only adds to it', () => {
		for (const code of ['8F0F', '810D', '8119'])
			expect(explain([request(BRW, '2.2', 20, answer(-10, 'I0'))], { code }).kind).toBe('unexplained');
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
		const { kind, candidates } = explain([late()], {}, { home: changedAt(NOON + at, order) });
		expect([kind, candidates[0]!.tier]).toEqual(holds ? ['likely', 'strong'] : ['ambiguous', 'weak']);
		expect(candidates[0]!.reasons.some((r) => r.code === 'condition-not-met')).toBe(!holds);
	});

	it.each([
		[240, 'ambiguous', []],
		[241, 'unexplained', ['condition-not-met']]
	])(
		'8F30: without a change, a command of %i s before is worth a question or none',
		(before, kind, reasons) => {
			const explained = explain([request(HAL, '1.6', before)]);
			expect([explained.kind, explained.excluded.map((e) => e.reason)]).toEqual([kind, reasons]);
		}
	);

	it('8F3D: a key that the User itself replaced an hour ago may still sign its commands', () => {
		const replaced = request(BRW, '6.15.1', 3600, answer(-3590, 'I0'));
		const late = request(BRW, '1.1.1', 20);
		const { kind, candidates } = explain([replaced, late], { code: '8F3D' });
		expect([kind, ids(candidates)]).toEqual(['likely', [late.requestId]]);
		expect(explain([late], { code: '8F3D' }).kind).toBe('ambiguous');
	});

	it.each([
		[7 * DAY, true],
		[7 * DAY + 1, false]
	])('8F3D: credentials changed %i ms ago', (ago, holds) => {
		const { kind } = explain([request(EDN, '6.5', 20)], { code: '8F3D' }, { home: changedAt(NOON - ago) });
		expect(kind).toBe(holds ? 'likely' : 'ambiguous');
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

	it.each([
		['a success', { respondedAt: NOON - HOUR, responseCode: 'I0' }, []],
		['a time-out', { respondedAt: NOON, responseCode: 'E20' }, ['weak-or-strong']]
	])('819D, a command that the gas meter did not fetch: %s', (_what, answered, fits) => {
		const one = request(BRW, '6.7', 7200, { deviceId: G1, ...answered });
		expect(explain([one], { code: '819D' }, { home: ourGas() }).candidates).toHaveLength(fits.length);
	});

	it('prefers the Device itself to its hub, though the hub was a little nearer in time', () => {
		const toHub = request(HAL, '8.7.2', 10, { deviceId: C1 });
		const toMeter = request(HAL, '8.7.2', 20);
		const { candidates } = explain([toHub, toMeter], { code: '8F3E' });
		expect(candidates.map((c) => c.relation)).toEqual(['same-device', 'same-hub']);
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
			['condition-not-met', request(HAL, '1.6', 600)],
			['outside-window', request(EDN, '6.5', 2 * 3600)]
		];
		const { excluded } = explain(misses.map(([, one]) => one));
		expect(excluded.map((e) => [e.reason, e.requestId])).toEqual(
			misses.map(([reason, one]) => [reason, one.requestId])
		);
		expect(excluded.every(({ text }) => /\w+ \w+/.test(text))).toBe(true);
	});
});
