import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isFrequent, isSampled, sightingsOf, weighCounts, type Count } from '#lib/domain/learned-evidence.ts';
import {
	patternKey,
	formatFrequency,
	withFrequencies,
	type LearnedPattern
} from '#lib/domain/learned-pattern.ts';
import { causeFrom, tableKnows } from '#lib/domain/cause-table/learned-cause.ts';
import { mayRestOn } from '#lib/domain/correlation/learned-fit.ts';
import { causeTable, shippedFile, Cause } from '#lib/domain/cause-table/cause-table.ts';
import type { Alert } from '#lib/domain/alert.ts';
import { C1, E1, EDN, FLD, G1, HAL, NOON, SECOND, evidence, explain, request } from '../support/evidence.ts';

const PATTERN = {
	deviceType: 'ESME',
	code: '81AF',
	serviceReferenceVariant: '6.2.4',
	userRole: 'RSA',
	relation: 'same-device'
} as const;

const count = (fields: Partial<Count>): Count => ({ ...PATTERN, bucket: 0, n: 1, ...fields });
const alertsOf = (code: string, n: number): Count =>
	count({ code, serviceReferenceVariant: '', userRole: '', n });

const pattern = (fields: Partial<LearnedPattern> = {}): LearnedPattern => ({
	...PATTERN,
	withinSeconds: 600,
	seen: 412,
	of: 430,
	byChance: 3,
	lift: 137,
	low: 40,
	high: 400,
	devices: 300,
	offered: true,
	...fields
});

const learnedFrom = (...patterns: LearnedPattern[]) => ({
	learned: new Map(patterns.map((p) => [patternKey(p), p]))
});

describe('what is counted before an Alert', () => {
	const seen = (...requests: ReturnType<typeof request>[]) =>
		sightingsOf(evidence({ code: '81AF' }, { requests })).map(
			(s) => `${s.serviceReferenceVariant} ${s.userRole} ${s.relation} ${s.bucket}`
		);

	it.each([
		[
			'the nearest of each kind, by its bucket of delay',
			[request(FLD, '6.2.4', 20), request(FLD, '6.2.4', 500)],
			['6.2.4 RSA same-device 0']
		],
		[
			'a request to another Device of the home as such',
			[request(EDN, '8.11', 90, { deviceId: C1 })],
			['8.11 ED same-hub 1']
		],
		[
			'a future-dated one by its execution',
			[request(EDN, '6.5', 90_000, { executeAt: NOON - 3000 * SECOND })],
			['6.5 ED same-device 3']
		],
		['nothing that came after it', [request(FLD, '6.2.4', -60)], []],
		['nothing that is more than a day off', [request(FLD, '6.2.4', 86_500)], []],
		['nothing that the DCC refused', [request(FLD, '6.2.4', 20, { responseCode: 'E4' })], []],
		[
			'nothing of which the role or the SRV is not known',
			[request(FLD, '', 20), request(FLD, '6.2.4', 20, { userRole: '' })],
			[]
		],
		[
			'nothing that was sent to a meter of another Supplier',
			[request(HAL, '6.2.4', 20, { deviceId: G1 })],
			[]
		]
	])('%s', (_, requests, expected) => {
		expect(seen(...requests)).toEqual(expected);
	});

	it('a day and more of data counts the same in any order', () => {
		const some = fc.array(
			fc
				.record({
					user: fc.constantFrom(FLD, EDN, HAL),
					variant: fc.constantFrom('6.2.4', '6.5', '8.11'),
					before: fc.integer({ min: -100, max: 90_000 }),
					device: fc.constantFrom(E1, C1, G1)
				})
				.map((r) => request(r.user, r.variant, r.before, { deviceId: r.device })),
			{ maxLength: 8 }
		);
		fc.assert(
			fc.property(some, (requests) => {
				expect(seen(...requests.toReversed())).toEqual(seen(...requests));
			}),
			{ numRuns: 10_000 }
		);
	});
});

describe('what the counts say', () => {
	it('holds a share against that of all other codes on the same type of Device', () => {
		const [found] = weighCounts([
			alertsOf('81AF', 100),
			alertsOf('8F3E', 1000),
			count({ n: 80 }),
			count({ code: '8F3E', n: 10 })
		]);
		// 80 of 100 against 10 of 1,000: by chance one in a hundred.
		expect(found).toMatchObject({ withinSeconds: 30, seen: 80, of: 100, byChance: 1 });
		expect(found!.lift).toBeGreaterThan(70);
		expect(found!.low).toBeLessThan(found!.lift);
		expect(found!.high).toBeGreaterThan(found!.lift);
	});

	it('knows the interval of a ratio as statistics books give it', () => {
		// 40 of 80 against 20 of 200, half a case added to each: ratio 4.90, log method at 95 %.
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

	it('takes the window that tells most, not the widest', () => {
		const [found] = weighCounts([
			alertsOf('81AF', 100),
			alertsOf('8F3E', 1000),
			count({ bucket: 1, n: 60 }),
			count({ bucket: 5, n: 30 }),
			count({ code: '8F3E', bucket: 5, n: 800 })
		]);
		expect(found).toMatchObject({ withinSeconds: 120, seen: 60 });
	});

	it('reaches as far as sightings beyond chance do, while they are sure', () => {
		const [found] = weighCounts([
			alertsOf('81AF', 100),
			alertsOf('8F3E', 1000),
			count({ bucket: 0, n: 60 }),
			count({ bucket: 2, n: 35 }),
			count({ code: '8F3E', bucket: 2, n: 20 })
		]);
		expect(found).toMatchObject({ withinSeconds: 600, seen: 95, byChance: 2 });
	});

	it('compares Devices of one type only', () => {
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

	it('is silent on fewer than ten sightings', () => {
		expect(weighCounts([alertsOf('81AF', 9), alertsOf('8F3E', 500), count({ n: 9 })])).toEqual([]);
	});

	it.each([
		['seldom seen', { seen: 19, low: 40 }, false],
		['often seen', { seen: 20, low: 5 }, true],
		['often seen, and often by chance', { seen: 400, low: 4.9 }, false]
	])('%s: enough to offer is %s', (_, fields, expected) => {
		expect(isFrequent(pattern(fields))).toBe(expected);
	});

	it.each([
		[
			{},
			'seen before 412 of 430 such Alerts within 10 min; by chance 3 (137 times as often, 95 % interval 40 to 400)'
		],
		[
			{ byChance: 0.2 },
			'seen before 412 of 430 such Alerts within 10 min; by chance less than 1 (137 times as often, 95 % interval 40 to 400)'
		],
		[
			{ seen: 12, byChance: 11, lift: 1.1, low: 0.6, high: 1.9 },
			'seen before 12 of 430 such Alerts within 10 min; by chance 11: no more than by chance'
		]
	])('%o reads: %s', (fields, text) => {
		expect(formatFrequency(pattern(fields))).toBe(text);
	});

	it('learns from a fixed share of many homes, and from every home of few', () => {
		const homes = Array.from({ length: 4000 }, (_, i) => `00-00-00-00-00-00-${i}`);
		expect(homes.every((home) => isSampled(home, 1))).toBe(true);
		const tenth = homes.filter((home) => isSampled(home, 10)).length;
		expect(tenth).toBeGreaterThan(320);
		expect(tenth).toBeLessThan(480);
	});
});

describe('a learned pattern in an explanation', () => {
	const read = () => request(FLD, '6.2.4', 60, { responseCode: 'I0', respondedAt: NOON - 55 * SECOND });

	it('makes a request that the table does not know a weak candidate', () => {
		const { kind, candidates } = explain([read()], { code: '81AF' }, learnedFrom(pattern()));
		expect(kind).toBe('ambiguous');
		expect(candidates).toMatchObject([{ serviceReferenceVariant: '6.2.4', tier: 'weak', deltaSeconds: 60 }]);
		expect(candidates[0]!.reasons.map((r) => r.code)).toContain('learned');
	});

	it.each([
		['it is not offered', pattern({ offered: false })],
		['it was learned on another type of Device', pattern({ deviceType: 'GSME' })],
		['it was learned of another role', pattern({ userRole: 'OU' })],
		['the request is older than the learned window', pattern({ withinSeconds: 30 })]
	])('does not where %s', (_, learned) => {
		expect(explain([read()], { code: '81AF' }, learnedFrom(learned)).candidates).toEqual([]);
	});

	it('never explains a physical event, nor one that no command can cause', () => {
		for (const code of ['8F76', '8F35', '81B8']) {
			const { kind, candidates } = explain([read()], { code }, learnedFrom(pattern({ code })));
			expect(['unexplained', 'not-command']).toContain(kind);
			expect(candidates).toEqual([]);
		}
	});

	it.each([
		[
			'the table lists the SRV as a cause of the code',
			pattern({ code: '8F30', serviceReferenceVariant: '6.5' }),
			false
		],
		['a command cannot be the cause', pattern({ code: '8F35' }), false],
		['the event is physical', pattern({ code: '8F76' }), false],
		['the table does not know the SRV', pattern(), true],
		['a DCC Alert may have the row of its child element', pattern({ code: 'N24' }), true]
	])('bears on an explanation or not: %s', (_, learned, bears) => {
		expect(mayRestOn(learned, causeTable)).toBe(bears);
	});

	it('stands behind what the table calls likely', () => {
		const refused = request(EDN, '6.5', 27, { responseCode: 'E21', respondedAt: NOON - SECOND });
		const { kind, candidates } = explain(
			[read(), refused],
			{ code: '8F30' },
			learnedFrom(pattern({ code: '8F30', serviceReferenceVariant: '6.2.4' }))
		);
		expect(kind).toBe('likely');
		expect(candidates.map((c) => c.serviceReferenceVariant)[0]).toBe('6.5');
	});

	it('shows its figures beside a candidate as they are now, but not beside one that the Alert names', () => {
		const alert = (tier: string) =>
			({
				deviceType: 'ESME',
				code: '81AF',
				candidates: [{ ...PATTERN, tier, reasons: [] }]
			}) as unknown as Alert;
		const { learned } = learnedFrom(pattern());
		expect(withFrequencies(alert('weak'), learned).candidates[0]!.reasons).toMatchObject([
			{ code: 'frequency' }
		]);
		expect(withFrequencies(alert('exact'), learned).candidates[0]!.reasons).toEqual([]);
	});

	it('becomes a row that the cause table accepts, once', () => {
		expect(tableKnows(shippedFile, pattern())).toBe(false);
		const cause = { id: '81AF/9', ...causeFrom(pattern()) };
		expect(Cause.parse(cause)).toMatchObject({ variants: ['6.2.4'], roles: ['RSA'], confidence: 'strong' });
		const entries = shippedFile.entries.map((e) =>
			e.alert === '81AF' ? { ...e, causes: [...e.causes, cause] } : e
		);
		expect(tableKnows({ ...shippedFile, entries }, pattern())).toBe(true);
	});
});
