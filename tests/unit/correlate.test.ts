import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { causeTable } from '#lib/domain/cause-table/cause-table.ts';
import type { ServiceRequest } from '#lib/domain/service-request.ts';
import {
	BRW,
	C1,
	E1,
	EDN,
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

describe('the cause table', () => {
	it('suspects the failed command of the network operator and says why', () => {
		const { kind, candidates, summary } = explain([
			request(EDN, '6.5', 27, { responseCode: 'E21', userName: 'North Grid' })
		]);
		expect(kind).toBe('likely');
		expect(candidates).toMatchObject([{ tier: 'strong', deltaSeconds: 27, anchor: 'requested', own: false }]);
		expect(candidates[0]!.reasons.map((r) => r.code)).toEqual(['cause-table', 'time', 'outcome']);
		expect(summary).toBe(
			'Suspect: North Grid (ED) 6.5 Update Device Configuration (Voltage), 27 s before the Alert; the Device did not answer (E21).'
		);
	});

	it.each<[what: string, request: ServiceRequest, reason: string]>([
		[
			'a command that succeeded',
			request(EDN, '6.5', 27, { respondedAt: NOON - 20 * SECOND, responseCode: 'I0' }),
			'succeeded'
		],
		[
			'a command that the DCC refused',
			request(EDN, '6.5', 27, { responseCode: 'E4' }),
			'never-reached-device'
		],
		['an SRV that cannot cause this code', request(EDN, '8.4', 27), 'not-a-known-cause'],
		['a role that cannot cause it', request(OUC, '6.5', 27), 'role-not-eligible'],
		['a Supplier command far from any change of Supplier', request(HAL, '1.6', 600), 'condition-not-met'],
		['a command long before', request(EDN, '6.5', 3 * 3600), 'outside-window'],
		['a command after the Alert', request(EDN, '6.5', -7, {}), 'none']
	])('excludes %s', (_what, one, reason) => {
		const { kind, candidates, excluded } = explain([one]);
		expect(candidates).toEqual([]);
		expect(kind).toBe('unexplained');
		expect(excluded.map((e) => e.reason)).toEqual(reason === 'none' ? [] : [reason]);
	});

	it('counts a time-out from the request, because the DCC gives up after the Device has acted', () => {
		const { candidates } = explain([
			request(EDN, '6.5', 27, { respondedAt: NOON + 24 * SECOND, responseCode: 'E21' })
		]);
		expect(candidates).toMatchObject([{ anchor: 'requested', deltaSeconds: 27 }]);
	});

	it('counts an answered command from its response, which the Alert may precede', () => {
		const one = request(HAL, '8.11', 40, {
			deviceId: C1,
			respondedAt: NOON + 10 * SECOND,
			responseCode: 'I0'
		});
		expect(explain([one], { code: '8183' }).candidates).toMatchObject([
			{ anchor: 'responded', deltaSeconds: -10, relation: 'same-hub' }
		]);
	});

	it('counts a future-dated command from its execution, not from the day it was sent', () => {
		const one = request(BRW, '11.3', 9 * 24 * 3600, {
			mode: 'future-dated-device',
			executeAt: NOON - 300 * SECOND,
			respondedAt: NOON - 9 * 24 * HOUR,
			responseCode: 'I0'
		});
		expect(explain([one], { code: '8F1B' }).candidates).toMatchObject([
			{ anchor: 'executed', deltaSeconds: 300, own: true }
		]);
	});

	it('is ambiguous between two Users whose commands fit alike', () => {
		const table = { ...causeTable };
		const one = request(EDN, '6.5', 27, { responseCode: 'E21' });
		const two = request('90-B3-D5-1F-30-02-00-09', '6.15.1', 20, {
			userRole: 'ED',
			responseCode: 'E21'
		} as Partial<ServiceRequest>);
		const { kind, candidates } = explain([one, { ...two, userRole: 'ED' }], {}, { table });
		expect(kind).toBe('ambiguous');
		expect(candidates).toHaveLength(2);
	});

	it('weakens a command where another of the same User succeeded just then', () => {
		const refused = request(EDN, '6.15.1', 35);
		const done = request(EDN, '6.5', 15, { respondedAt: NOON - 9 * SECOND, responseCode: 'I0' });
		const alone = explain([refused]).candidates[0]!;
		const beside = explain([refused, done]).candidates[0]!;
		expect(alone.reasons.map((r) => r.code)).not.toContain('user-succeeded');
		expect(beside.reasons.map((r) => r.code)).toContain('user-succeeded');
	});

	it('is only a weak link where the table knows nothing of the code but the time', () => {
		const { kind, candidates } = explain([request(EDN, '6.5', 60, { responseCode: 'E21' })], {
			code: '8FFF'
		});
		expect(kind).toBe('ambiguous');
		expect(candidates).toMatchObject([{ tier: 'weak', reasons: [{ code: 'time-only' }, {}] }]);
	});
});

describe('the guard', () => {
	it.each(['8F35', '8F36', '8F57', '8F1F', '81B8'])('%s is not-command, whatever is near', (code) => {
		const { kind, candidates, excluded } = explain([request(EDN, '6.5', 4), request(HAL, '6.5', 5)], {
			code
		});
		expect(kind).toBe('not-command');
		expect(candidates).toEqual([]);
		expect(excluded).toHaveLength(2);
	});

	it.each(['8F3F', '8F73', '8F76', '81C3'])(
		'%s, a physical event, is at most a weak link and never likely',
		(code) => {
			const visit = request(HAL, '8.14.3', -3600, {
				deviceId: C1,
				respondedAt: NOON + HOUR,
				responseCode: 'I0'
			});
			const { kind, candidates } = explain([visit], { code });
			expect(kind).toBe('ambiguous');
			expect(candidates.every((c) => c.tier === 'weak')).toBe(true);
			expect(explain([], { code }).kind).toBe('unexplained');
		}
	);
});

describe('completeness and tenure', () => {
	it('is pending until the mark has passed the window, then unexplained', () => {
		expect(explain([], {}, { completeUntil: null })).toMatchObject({
			kind: 'pending',
			settlesAt: NOON + 5000
		});
		expect(explain([], {}, { completeUntil: NOON + 4999 }).kind).toBe('pending');
		expect(explain([], {}, { completeUntil: NOON + 5000 })).toMatchObject({
			kind: 'unexplained',
			settlesAt: null
		});
	});

	it('waits longer where the cause may come after the Alert', () => {
		expect(explain([], { code: '8F76' }, { completeUntil: NOON + HOUR })).toMatchObject({
			kind: 'pending',
			settlesAt: NOON + 8 * HOUR + 5000
		});
	});

	it("shows requests to another Supplier's meter to nobody but it", () => {
		const toTheirMeter = request(HAL, '8.11', 60, { deviceId: G1 });
		expect(explain([toTheirMeter], { code: '8183' })).toMatchObject({
			kind: 'unexplained',
			candidates: [],
			excluded: []
		});
	});

	it('is out of scope for a Supplier that is not responsible, and gives away nothing', () => {
		const { kind, candidates, excluded, notes } = explain(
			[request(EDN, '6.5', 27)],
			{},
			{ viewer: { supplierId: OTHER, userIds: new Set([HAL]) } }
		);
		expect({ kind, candidates, excluded, notes }).toEqual({
			kind: 'out-of-scope',
			candidates: [],
			excluded: [],
			notes: []
		});
	});

	it('moves an Alert between Suppliers by one millisecond, never to both or neither', () => {
		fc.assert(
			fc.property(fc.integer({ min: -5, max: 5 }), (ms) => {
				const devices = home();
				devices.set(E1, {
					deviceType: 'ESME',
					tenures: [
						{ supplierId: OTHER, from: 0, to: NOON },
						{ supplierId: OURS, from: NOON, to: null }
					]
				});
				const inScope = [OURS, OTHER].filter(
					(supplierId) =>
						explain(
							[],
							{ effectiveAt: NOON + ms },
							{ home: devices, viewer: { supplierId, userIds: new Set() } }
						).kind !== 'out-of-scope'
				);
				expect(inScope).toEqual([ms < 0 ? OTHER : OURS]);
			})
		);
	});
});
