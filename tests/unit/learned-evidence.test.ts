// Tests learned evidence: how sightings before an Alert are counted, and how the counts are weighed.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isFrequent, isSampled, sightingsOf, weighCounts, type Count } from '#lib/domain/learned-evidence.ts';
import { formatFrequency } from '#lib/domain/learned-pattern.ts';
import type { ServiceRequest } from '#lib/domain/service-request.ts';
import {
	hub,
	electricityMeter,
	networkOperator,
	supplierAgent,
	gasMeter,
	gasSupplier,
	NOON,
	SECOND_MS,
	evidence,
	request
} from '../support/evidence.ts';
import { aPattern, readOfIdentity } from '../support/learned-pattern.ts';
import { propertyRuns } from '../support/property-runs.ts';

/** Makes a read by the supplier agent, some seconds before the Alert. */
const readBefore = (seconds: number, fields: Partial<ServiceRequest> = {}) =>
	request(supplierAgent, '6.2.4', seconds, fields);

const count = (fields: Partial<Count>): Count => ({ ...readOfIdentity, bucket: 0, n: 1, ...fields });
const alertsOf = (code: string, n: number): Count =>
	count({ code, serviceReferenceVariant: '', userRole: '', n });

describe('the requests counted before an Alert', () => {
	const sightings = (...requests: ReturnType<typeof request>[]) =>
		sightingsOf(evidence({ code: '81AF' }, { requests })).map(
			(s) => `${s.serviceReferenceVariant} ${s.userRole} ${s.relation} ${s.bucket}`
		);

	it.each([
		[
			'include the nearest of each kind, with the bucket of its delay',
			[readBefore(20), readBefore(500)],
			['6.2.4 RSA same-device 0']
		],
		[
			'include a request to another Device of the home, with that relation',
			[request(networkOperator, '8.11', 90, { deviceId: hub })],
			['8.11 ED same-hub 1']
		],
		[
			'include a future-dated request, with the delay from its execution',
			[request(networkOperator, '6.5', 90_000, { executeAt: NOON - 3000 * SECOND_MS })],
			['6.5 ED same-device 3']
		],
		['exclude a request after the Alert', [readBefore(-60)], []],
		['exclude a request more than a day before the Alert', [readBefore(86_500)], []],
		['exclude a request that the DCC refused', [readBefore(20, { responseCode: 'E4' })], []],
		[
			'exclude a request of unknown role or SRV',
			[request(supplierAgent, '', 20), readBefore(20, { userRole: '' })],
			[]
		],
		[
			'exclude a request to a meter of another Supplier',
			[request(gasSupplier, '6.2.4', 20, { deviceId: gasMeter })],
			[]
		]
	])('%s', (_, requests, expected) => {
		expect(sightings(...requests)).toEqual(expected);
	});

	it('are the same in any order of arrival', () => {
		const anyRequests = fc.array(
			fc
				.record({
					user: fc.constantFrom(supplierAgent, networkOperator, gasSupplier),
					variant: fc.constantFrom('6.2.4', '6.5', '8.11'),
					before: fc.integer({ min: -100, max: 90_000 }),
					device: fc.constantFrom(electricityMeter, hub, gasMeter)
				})
				.map((r) => request(r.user, r.variant, r.before, { deviceId: r.device })),
			{ maxLength: 8 }
		);
		fc.assert(
			fc.property(anyRequests, (requests) => {
				expect(sightings(...requests.toReversed())).toEqual(sightings(...requests));
			}),
			{ numRuns: propertyRuns }
		);
	});
});

describe('the figures of a pattern', () => {
	it('compare the share of one code with the share of all other codes on the same type of Device', () => {
		const [found] = weighCounts([
			alertsOf('81AF', 100),
			alertsOf('8F3E', 1000),
			count({ n: 80 }),
			count({ code: '8F3E', n: 10 })
		]);
		// The read came before 80 of 100 Alerts, and before 10 of 1,000 others: by chance before 1 of 100.
		expect(found).toMatchObject({ withinSeconds: 30, seen: 80, of: 100, byChance: 1 });
		expect(found!.lift).toBeGreaterThan(70);
		expect(found!.low).toBeLessThan(found!.lift);
		expect(found!.high).toBeGreaterThan(found!.lift);
	});

	it('have the 95 % interval of a ratio by the log method', () => {
		// 40 of 80 against 20 of 200, half a case added to each: the ratio is 4.90.
		const [found] = weighCounts([
			alertsOf('81AF', 80),
			alertsOf('8F3E', 200),
			count({ n: 40 }),
			count({ code: '8F3E', n: 20 })
		]);
		expect(found!.lift).toBeCloseTo(4.9, 1);
		expect(found!.low).toBeCloseTo(3.08, 2);
		expect(found!.high).toBeCloseTo(7.8, 2);
	});

	it('use the window with the surest lift, not the widest window', () => {
		const [found] = weighCounts([
			alertsOf('81AF', 100),
			alertsOf('8F3E', 1000),
			count({ bucket: 1, n: 60 }),
			count({ bucket: 5, n: 30 }),
			count({ code: '8F3E', bucket: 5, n: 800 })
		]);
		expect(found).toMatchObject({ withinSeconds: 120, seen: 60 });
	});

	it('use the window with the most sightings beyond chance, while the lift is sure enough', () => {
		const [found] = weighCounts([
			alertsOf('81AF', 100),
			alertsOf('8F3E', 1000),
			count({ bucket: 0, n: 60 }),
			count({ bucket: 2, n: 35 }),
			count({ code: '8F3E', bucket: 2, n: 20 })
		]);
		expect(found).toMatchObject({ withinSeconds: 600, seen: 95, byChance: 2 });
	});

	it('compare Devices of one type only', () => {
		const gas = { deviceType: 'GSME' };
		expect(
			weighCounts([
				alertsOf('81AF', 100),
				count({ n: 50 }),
				{ ...alertsOf('8F3E', 100), ...gas },
				count({ ...gas, code: '8F3E', n: 1 })
			])[0]
		).toMatchObject({ of: 100, byChance: 100 });
	});

	it('are not given for fewer than ten sightings', () => {
		expect(weighCounts([alertsOf('81AF', 9), alertsOf('8F3E', 500), count({ n: 9 })])).toEqual([]);
	});

	it.each([
		['are not enough to offer a pattern seen 19 times', { seen: 19, low: 40 }, false],
		['are enough to offer a pattern seen 20 times with a lift of 5', { seen: 20, low: 5 }, true],
		['are not enough to offer a pattern that is frequent by chance', { seen: 400, low: 4.9 }, false]
	])('%s', (_behaviour, fields, expected) => {
		expect(isFrequent(aPattern(fields))).toBe(expected);
	});

	it.each([
		[
			{},
			'It was seen before 412 of 430 such Alerts within 10 min. By chance, it would be seen before 3. It is 137 times as often as by chance (95 % interval 40 to 400).'
		],
		[
			{ byChance: 0.2 },
			'It was seen before 412 of 430 such Alerts within 10 min. By chance, it would be seen before less than 1. It is 137 times as often as by chance (95 % interval 40 to 400).'
		],
		[
			{ seen: 12, byChance: 11, lift: 1.1, low: 0.6, high: 1.9 },
			'It was seen before 12 of 430 such Alerts within 10 min. By chance, it would be seen before 11. It is no more often than by chance.'
		]
	])('%o are formatted as "%s"', (fields, text) => {
		expect(formatFrequency(aPattern(fields))).toBe(text);
	});

	it('come from every home, or from a fixed share of many homes', () => {
		const homes = Array.from({ length: 4000 }, (_, i) => `00-00-00-00-00-00-${i}`);
		expect(homes.every((home) => isSampled(home, 1))).toBe(true);
		const tenth = homes.filter((home) => isSampled(home, 10)).length;
		expect(tenth).toBeGreaterThan(320);
		expect(tenth).toBeLessThan(480);
	});
});
