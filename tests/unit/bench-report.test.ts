import { describe, expect, it } from 'vitest';
import { plotsOf } from '../../bench/report-plots.ts';
import { barPlot, growthPlot, latencyPlot } from '../../bench/plot.ts';
import { ratiosOf, readable, targetsOf, type Report } from '../../bench/report.ts';

const ours = { alertsPerSecond: 12_000, serviceRequestsPerSecond: 30_000 };
const baselines = {
	bullmqNoopJobsPerSecond: 4000,
	postgresLookupAlertsPerSecond: 800,
	postgresBatchedAlertsPerSecond: 60_000,
	redisLookupsPerSecond: 240_000,
	secAlertsPerSecond: 6000
};
const grown = (requests: number, alertsPerSecond: number) => ({
	requests,
	alertsPerSecond,
	p99Ms: 40,
	bytesPerServiceRequest: 70
});
const report = (fields: Partial<Report> = {}): Report => ({
	cores: 2,
	node: '24.21.0',
	redis: '7.0.15',
	postgres: '18.4',
	quick: false,
	seed: 1,
	at: '2026-11-24T00:00:00.000Z',
	ours,
	baselines,
	ratios: ratiosOf(ours, baselines),
	latencyMs: { at1150: { p50: 6.4, p95: 12, p99: 25 }, at50pct: { p50: 14, p95: 31, p99: 80 } },
	memory: { bytesPerServiceRequest: 70.25, rssMiB: 412 },
	growth: { at100k: grown(1e5, 12_000), at1M: grown(1e6, 11_000), at10M: grown(1e7, 9000) },
	notes: [],
	...fields
});
const missed = (fields: Partial<Report>): string[] =>
	targetsOf(report(fields))
		.filter(({ met }) => met === false)
		.map(({ name }) => name);

describe('the ratios', () => {
	it('are our Alerts to the figure of each baseline', () => {
		expect(ratiosOf(ours, baselines)).toEqual({
			bullmqNoop: 3,
			postgresLookup: 15,
			postgresBatched: 0.2,
			redisLookups: 0.05,
			sec: 2
		});
	});

	it('leave out a baseline that could not run', () => {
		expect(ratiosOf(ours, { ...baselines, secAlertsPerSecond: null }).sec).toBeNull();
	});
});

describe('the targets of the benchmark', () => {
	it('are all met by these figures', () => {
		expect(targetsOf(report()).map(({ met }) => met)).toEqual(Array(7).fill(true));
	});

	it.each<[string, Partial<Report>]>([
		["the country's requests", { ours: { ...ours, serviceRequestsPerSecond: 799 } }],
		['faster than sec', { baselines: { ...baselines, secAlertsPerSecond: 12_001 } }],
		[
			'faster than PostgreSQL by hand',
			{ baselines: { ...baselines, postgresLookupAlertsPerSecond: 12_001 } }
		],
		[
			"p99 at the country's pace",
			{ latencyMs: { ...report().latencyMs, at1150: { p50: 1, p95: 2, p99: 2001 } } }
		],
		['pace kept from 100 k to 10 M', { growth: { ...report().growth, at10M: grown(1e7, 5999) } }]
	])('miss "%s" alone', (name, fields) => {
		expect(missed(fields)).toEqual([name]);
	});

	it('say nothing of what was not measured', () => {
		const targets = targetsOf(
			report({
				baselines: { ...baselines, secAlertsPerSecond: null },
				growth: { ...report().growth, at10M: null }
			})
		);
		expect(targets.map(({ name }) => name)).not.toContain('faster than sec');
		expect(targets.at(-1)).toMatchObject({ is: 'not measured', met: null });
	});
});

describe('the table of the benchmark', () => {
	const cells = (name: string, fields: Partial<Report> = {}): string[] =>
		readable(report(fields))
			.split('\n')
			.find((line) => line.trim().startsWith(name))!
			.trim()
			.slice(name.length)
			.trim()
			.split(/\s{2,}/);

	it('sets each baseline beside ours with the ratio', () => {
		expect(cells('Causeway: Alerts, HTTP to screen')).toEqual(['12,000']);
		expect(cells('PostgreSQL by hand, Alert by Alert')).toEqual(['800', '15 x']);
		expect(cells('PostgreSQL in batches, no push')).toEqual(['60,000', '0.20 x']);
		expect(cells('Redis, bare lookups of the index')).toEqual(['240,000', '0.050 x']);
		const without = { baselines: { ...baselines, secAlertsPerSecond: null } };
		expect(cells('sec, a context for each Device', without)).toEqual(['not measured']);
	});

	it('has latency, growth, memory, and whether each target is met', () => {
		expect(cells('at 1,150 Alerts a second')).toEqual(['6.4 ms', '12 ms', '25 ms']);
		expect(cells('10 M')).toEqual(['9,000 /s', '40 ms', '70 B']);
		expect(cells('10 M', { growth: { at100k: null, at1M: null, at10M: null } })).toEqual(['not measured']);
		expect(cells("the country's Alerts")).toEqual(['>= 1,150 /s', '12,000 /s', 'met']);
		const slow = { latencyMs: { ...report().latencyMs, at50pct: { p50: 1, p95: 2, p99: 3000 } } };
		expect(cells('p99 at half of the most', slow)).toEqual(['<= 2,000 ms', '3,000 ms', 'MISSED']);
	});

	it('ends with what a reader should know', () => {
		expect(
			readable(report({ notes: ['sec is not installed'] }))
				.split('\n')
				.at(-1)
		).toBe('  sec is not installed');
	});
});

describe('the plots', () => {
	const widths = (svg: string, fill: string): number[] =>
		[...svg.matchAll(/<rect [^>]*width="([\d.]+)" [^>]*fill="(#\w+)"/g)]
			.filter(([, , colour]) => colour === fill)
			.map(([, width]) => Number(width));

	it('draw a longer bar for more, each with its figure, ours in its own colour', () => {
		const svg = barPlot('Pace', 'a second', [
			{ label: 'ours', value: 12_345, ours: true },
			{ label: 'a <part> & more', value: 800 },
			{ label: 'absent', value: null }
		]);
		expect(widths(svg, '#0b62c4')[0]).toBeGreaterThan(widths(svg, '#9aa5b1')[0]!);
		expect(svg).toContain('>12,345</text>');
		expect(svg).toContain('>not measured</text>');
		expect(svg).toContain('a second (logarithmic scale)');
		expect(svg).not.toContain('<part>');
	});

	it('draw one bar for each percentile of each load, on an axis in milliseconds', () => {
		const svg = latencyPlot('Latency', [
			{ label: 'low', p50: 6.44, p95: 12, p99: 25 },
			{ label: 'high', p50: 14, p95: 31, p99: 1234 }
		]);
		expect(widths(svg, '#123f78')).toHaveLength(3); // two loads and the legend
		expect(svg).toContain('latency, ms');
		expect(svg).toContain('>6.4</text>');
		expect(svg).toContain('>1,234</text>');
	});

	it('draw two lines as the number of requests grows', () => {
		const svg = growthPlot('Growth', [
			{ label: '100 k', alertsPerSecond: 12_000, p99Ms: 30 },
			{ label: '1 M', alertsPerSecond: 11_000, p99Ms: 35 }
		]);
		expect(svg.match(/<path /g)).toHaveLength(2);
		expect(svg).toContain('Service Requests kept');
		expect(svg).not.toContain('NaN');
	});

	it('are made of a report; growth only where there is some', () => {
		expect(Object.keys(plotsOf(report()))).toEqual(['throughput.svg', 'latency.svg', 'growth.svg']);
		const quick = plotsOf(report({ growth: { at100k: grown(1e5, 12_000), at1M: null, at10M: null } }));
		expect(Object.keys(quick)).toEqual(['throughput.svg', 'latency.svg']);
		expect(Object.values(quick).join()).not.toContain('NaN');
	});
});
