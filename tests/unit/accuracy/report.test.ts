import { describe, expect, it } from 'vitest';
import { byCode, missedTargets, targetsOf } from '#lib/domain/accuracy-report.ts';
import { readable, type Report } from '../../../accuracy/report.ts';

const tier = { precision: 0.96, recall: 0.7, n: 100 };
const baseline = { precision: 0.8, recall: 0.6, named: 200, wrongExplanations: 40 };
const report = (fields: Partial<Report> = {}): Report => ({
	alerts: 300,
	tiers: { exact: { ...tier, precision: 1 }, strong: tier, weak: tier },
	topOne: { precision: 0.9, recall: 0.95 },
	guardViolations: 0,
	spontaneousExplained: 0.01,
	likely: { precision: 0.97, n: 100 },
	wrongExplanations: 8,
	confusion: {
		'8F30': { 'caused / likely / right': 9, 'caused / unexplained / wrong': 1 },
		'8F3E': { 'spontaneous / likely / wrong': 2, 'spontaneous / unexplained / right': 5 }
	},
	pendingResolved: 1,
	baselines: { nearest15min: { ...baseline, wrongExplanations: 90 }, tableOnly: baseline },
	lateToUpgradedMs: { p50: 60, p95: 90, max: 120 },
	worlds: [],
	mechanisms: {},
	examples: [],
	shuffledRunIdentical: true,
	seed: 1,
	quick: false,
	tableVersion: '2026-11-24',
	at: '2026-11-24T00:00:00.000Z',
	missed: [],
	...fields
});

describe('the accuracy targets', () => {
	it('are all met by the figures of the fixture', () => {
		expect(missedTargets(report())).toEqual([]);
	});

	it.each<[keyof Report, Partial<Report>]>([
		['tiers', { tiers: { exact: { ...tier, precision: 0.999 }, strong: tier, weak: tier } }],
		['likely', { likely: { precision: 0.949, n: 100 } }],
		['topOne', { topOne: { precision: 1, recall: 0.899 } }],
		['spontaneousExplained', { spontaneousExplained: 0.0201 }],
		['guardViolations', { guardViolations: 1 }],
		['shuffledRunIdentical', { shuffledRunIdentical: false }],
		['wrongExplanations', { wrongExplanations: 21 }],
		['lateToUpgradedMs', { lateToUpgradedMs: { p50: 60, p95: 2000, max: 2100 } }]
	])('report one missed target if only %s is too bad', (_figure, fields) => {
		expect(missedTargets(report(fields))).toHaveLength(1);
	});

	it('require learned candidates for half of the Alerts of an unknown cause that happened fifty times', () => {
		const quirk = (n: number, learned: number) =>
			report({
				mechanisms: { quirk: { kind: 'unknown-cause', n, right: 0, wrongExplanations: 0, learned } }
			});
		expect(missedTargets(quirk(49, 0))).toEqual([]);
		expect(missedTargets(quirk(50, 25))).toEqual([]);
		expect(missedTargets(quirk(50, 24))).toEqual([
			'quirk: a learned candidate for 24 of 50 Alerts, fewer than half'
		]);
	});

	it('have texts for the required and the measured figure', () => {
		expect(targetsOf(report())[1]).toMatchObject({
			asked: 'at least 95 %',
			found: '97.00 %',
			met: true,
			drawn: { share: 0.97, least: 0.95 }
		});
	});
});

describe('the list of Alert codes', () => {
	it('starts with the code with the most wrong answers, and counts the answers', () => {
		expect(byCode(report())).toEqual([
			{ code: '8F3E', alerts: 7, right: 5, wrong: [{ truth: 'spontaneous', explanation: 'likely', n: 2 }] },
			{ code: '8F30', alerts: 10, right: 9, wrong: [{ truth: 'caused', explanation: 'unexplained', n: 1 }] }
		]);
	});
});

describe('the table for the terminal', () => {
	const lines = readable(report()).split('\n');
	/** Returns the cells of the first line that starts with `name`. */
	const cells = (name: string): string[] =>
		lines
			.find((line) => line.trim().startsWith(name))!
			.trim()
			.slice(name.length)
			.trim()
			.split(/\s{2,}/);

	it('shows precision and recall of each tier and of the best candidate', () => {
		expect(cells('tier exact')).toEqual(['100.00 %', '70.00 %', '100']);
		expect(cells('tier strong')).toEqual(['96.00 %', '70.00 %', '100']);
		expect(cells('tier weak')).toEqual(['96.00 %', '70.00 %', '100']);
		expect(cells('best candidate')).toEqual(['90.00 %', '95.00 %']);
	});

	it('shows the wrong explanations of Causeway and of both baselines, and their ratio', () => {
		expect(cells('baseline: nearest in 15 min').at(-1)).toBe('90');
		expect(cells('baseline: table alone').at(-1)).toBe('40');
		expect(cells('explained as exact or likely').at(-1)).toBe('8');
		expect(cells('wrong: better baseline to Causeway')).toEqual(['5.0 to 1']);
	});

	it('shows the guard violations, and the right answers of each code', () => {
		expect(cells('guard violations')).toEqual(['0']);
		const heading = lines.findIndex((line) => line.includes('by code'));
		const rows = lines.slice(heading + 2).map((line) => line.trim().split(/\s+/));
		expect(rows).toEqual([
			['8F30', '9/10'],
			['8F3E', '5/7']
		]);
	});
});
