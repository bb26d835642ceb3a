// Tests correlation as a whole: the cause table, the guard, completeness marks and tenure.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { causeTable } from '#lib/domain/cause-table/cause-table.ts';
import type { ServiceRequest } from '#lib/domain/service-request.ts';
import {
	ourUser,
	hub,
	electricityMeter,
	networkOperator,
	gasMeter,
	gasSupplier,
	HOUR_MS,
	NOON,
	otherSupplierId,
	consumerService,
	ourSupplierId,
	SECOND_MS,
	explain,
	home,
	request
} from '../../support/evidence.ts';
import { propertyRuns } from '../../support/property-runs.ts';

describe('correlation by the cause table', () => {
	it('suspects the failed command of the network operator and gives its reasons', () => {
		const { kind, candidates, summary } = explain([
			request(networkOperator, '6.5', 27, { responseCode: 'E21', userName: 'North Grid' })
		]);
		expect(kind).toBe('likely');
		expect(candidates).toMatchObject([{ tier: 'strong', deltaSeconds: 27, anchor: 'requested', own: false }]);
		expect(candidates[0]!.reasons.map((r) => r.code)).toEqual(['cause-table', 'time', 'outcome']);
		expect(summary).toBe(
			'The suspect is North Grid (ED) 6.5 Update Device Configuration (Voltage), 27 s before the Alert, and the Device did not answer (E21).'
		);
	});

	it.each<[subject: string, request: ServiceRequest, reason: string]>([
		[
			'a command that succeeded',
			request(networkOperator, '6.5', 27, { respondedAt: NOON - 20 * SECOND_MS, responseCode: 'I0' }),
			'succeeded'
		],
		[
			'a command that the DCC refused',
			request(networkOperator, '6.5', 27, { responseCode: 'E4' }),
			'never-reached-device'
		],
		['an SRV that cannot cause this code', request(networkOperator, '8.4', 27), 'not-a-known-cause'],
		[
			'a command of a role that cannot cause this code',
			request(consumerService, '6.5', 27),
			'role-not-eligible'
		],
		[
			'a Supplier command far from any change of Supplier',
			request(gasSupplier, '1.6', 600),
			'condition-not-met'
		],
		['a command that precedes the window', request(networkOperator, '6.5', 3 * 3600), 'outside-window'],
		['a command that was sent after the Alert', request(networkOperator, '6.5', -7, {}), 'none']
	])('excludes %s', (_subject, sent, reason) => {
		const { kind, candidates, excluded } = explain([sent]);
		expect(candidates).toEqual([]);
		expect(kind).toBe('unexplained');
		expect(excluded.map((e) => e.reason)).toEqual(reason === 'none' ? [] : [reason]);
	});

	it('counts the delay of a timed-out command from the request, because the Device may act before the time-out', () => {
		const { candidates } = explain([
			request(networkOperator, '6.5', 27, { respondedAt: NOON + 24 * SECOND_MS, responseCode: 'E21' })
		]);
		expect(candidates).toMatchObject([{ anchor: 'requested', deltaSeconds: 27 }]);
	});

	it('counts the delay of an answered command from its response, which the Alert may precede', () => {
		const one = request(gasSupplier, '8.11', 40, {
			deviceId: hub,
			respondedAt: NOON + 10 * SECOND_MS,
			responseCode: 'I0'
		});
		expect(explain([one], { code: '8183' }).candidates).toMatchObject([
			{ anchor: 'responded', deltaSeconds: -10, relation: 'same-hub' }
		]);
	});

	it('counts the delay of a future-dated command from its execution, not from its sending', () => {
		const one = request(ourUser, '11.3', 9 * 24 * 3600, {
			mode: 'future-dated-device',
			executeAt: NOON - 300 * SECOND_MS,
			respondedAt: NOON - 9 * 24 * HOUR_MS,
			responseCode: 'I0'
		});
		expect(explain([one], { code: '8F1B' }).candidates).toMatchObject([
			{ anchor: 'executed', deltaSeconds: 300, own: true }
		]);
	});

	it('is ambiguous if the commands of two Users fit equally well', () => {
		const table = { ...causeTable };
		const one = request(networkOperator, '6.5', 27, { responseCode: 'E21' });
		const two = request('90-B3-D5-1F-30-02-00-09', '6.15.1', 20, {
			userRole: 'ED',
			responseCode: 'E21'
		} as Partial<ServiceRequest>);
		const { kind, candidates } = explain([one, { ...two, userRole: 'ED' }], {}, { table });
		expect(kind).toBe('ambiguous');
		expect(candidates).toHaveLength(2);
	});

	it('lowers the score of a command if another command of the same User succeeded at that time', () => {
		const refused = request(networkOperator, '6.15.1', 35);
		const done = request(networkOperator, '6.5', 15, {
			respondedAt: NOON - 9 * SECOND_MS,
			responseCode: 'I0'
		});
		const alone = explain([refused]).candidates[0]!;
		const beside = explain([refused, done]).candidates[0]!;
		expect(alone.reasons.map((r) => r.code)).not.toContain('user-succeeded');
		expect(beside.reasons.map((r) => r.code)).toContain('user-succeeded');
	});

	it('finds only a weak link if the table has no entry for the code', () => {
		const { kind, candidates } = explain([request(networkOperator, '6.5', 60, { responseCode: 'E21' })], {
			code: '8FFF'
		});
		expect(kind).toBe('ambiguous');
		expect(candidates).toMatchObject([{ tier: 'weak', reasons: [{ code: 'time-only' }, {}] }]);
	});
});

describe('the guard', () => {
	it.each(['8F35', '8F36', '8F57', '8F1F', '81B8'])(
		'explains %s as not-command, whatever was sent',
		(code) => {
			const { kind, candidates, excluded } = explain(
				[request(networkOperator, '6.5', 4), request(gasSupplier, '6.5', 5)],
				{
					code
				}
			);
			expect(kind).toBe('not-command');
			expect(candidates).toEqual([]);
			expect(excluded).toHaveLength(2);
		}
	);

	it.each(['8F3F', '8F73', '8F76', '81C3'])(
		'gives %s, a physical event, weak candidates only and never calls it likely',
		(code) => {
			const visit = request(gasSupplier, '8.14.3', -3600, {
				deviceId: hub,
				respondedAt: NOON + HOUR_MS,
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
	it('an Alert is pending until the completeness mark passes its window, then unexplained', () => {
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

	it('an Alert is pending for longer if its cause may follow the Alert', () => {
		expect(explain([], { code: '8F76' }, { completeUntil: NOON + HOUR_MS })).toMatchObject({
			kind: 'pending',
			settlesAt: NOON + 8 * HOUR_MS + 5000
		});
	});

	it("a request to another Supplier's meter is not visible to us", () => {
		const toTheirMeter = request(gasSupplier, '8.11', 60, { deviceId: gasMeter });
		expect(explain([toTheirMeter], { code: '8183' })).toMatchObject({
			kind: 'unexplained',
			candidates: [],
			excluded: []
		});
	});

	it('an Alert is out of scope for a Supplier that is not responsible, and the explanation reveals nothing', () => {
		const { kind, candidates, excluded, notes } = explain(
			[request(networkOperator, '6.5', 27)],
			{},
			{ viewer: { supplierId: otherSupplierId, userIds: new Set([gasSupplier]) } }
		);
		expect({ kind, candidates, excluded, notes }).toEqual({
			kind: 'out-of-scope',
			candidates: [],
			excluded: [],
			notes: []
		});
	});

	it('at each millisecond around a change of Supplier, an Alert is in scope for exactly one Supplier', () => {
		fc.assert(
			fc.property(fc.integer({ min: -5, max: 5 }), (ms) => {
				const devices = home();
				devices.set(electricityMeter, {
					deviceType: 'ESME',
					tenures: [
						{ supplierId: otherSupplierId, from: 0, to: NOON },
						{ supplierId: ourSupplierId, from: NOON, to: null }
					]
				});
				const inScope = [ourSupplierId, otherSupplierId].filter(
					(supplierId) =>
						explain(
							[],
							{ effectiveAt: NOON + ms },
							{ home: devices, viewer: { supplierId, userIds: new Set() } }
						).kind !== 'out-of-scope'
				);
				expect(inScope).toEqual([ms < 0 ? otherSupplierId : ourSupplierId]);
			}),
			{ numRuns: propertyRuns }
		);
	});
});
