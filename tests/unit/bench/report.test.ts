import { describe, expect, it } from 'vitest';
import { PUBLISHED } from '../../../bench/baselines/published.ts';
import { plotsOf } from '../../../bench/report/report-plots.ts';
import { BASELINES, ratiosOf, type Growth, type Ours, type Report } from '../../../bench/report/report.ts';
import { readable } from '../../../bench/report/table.ts';
import { targetsOf } from '../../../bench/report/targets.ts';

const ours: Ours = {
	alertsPerSecond: 12_000,
	alertsBy50PerSecond: 11_000,
	alertsBy1PerSecond: 5000,
	duisPerSecond: 3500,
	mixed: { alertsPerSecond: 10_500, serviceRequestsPerSecond: 10_600 },
	serviceRequestsPerSecond: 30_000
};
const baselines = {
	bullmqNoopJobsPerSecond: 4000,
	postgresLookupAlertsPerSecond: 800,
	postgresBatchedAlertsPerSecond: 60_000,
	redisLookupsPerSecond: 240_000,
	secAlertsPerSecond: 6000,
	alertmanagerAlertsPerSecond: 8000
};
const growthPoint = (requests: number, alertsPerSecond: number): Growth => ({
	requests,
	alertsPerSecond,
	p99Ms: 40,
	bytesPerServiceRequest: 70
});
const growthOf = (...points: Growth[]): Report['growth'] => {
	const at = (requests: number) => points.find((point) => point.requests === requests) ?? null;
	return { at100k: at(1e5), at1M: at(1e6), at10M: at(1e7), points };
};
const cost = { cores: { web: 0.2, worker: 0.2, postgres: 0.2, redis: 0.1 }, percent: 35 };
const report = (fields: Partial<Report> = {}): Report => ({
	cores: 2,
	node: '24.21.0',
	redis: '7.0.15',
	postgres: '18.4',
	quick: false,
	rounds: 3,
	seed: 1,
	at: '2026-11-24T00:00:00.000Z',
	seconds: 900,
	ours,
	baselines,
	notMeasured: {},
	alertmanagerCpuUs: 155,
	published: PUBLISHED,
	ratios: ratiosOf(fields.ours ?? ours, fields.baselines ?? baselines),
	latencyMs: { at1150: { p50: 6.4, p95: 12, p99: 25 }, at50pct: { p50: 14, p95: 31, p99: 80 } },
	halfPerSecond: 5250,
	cost: { at1150: cost },
	memory: { bytesPerServiceRequest: 70.25, rssMiB: 412, databaseBytesPerAlert: 1750, tables: {} },
	growth: growthOf(growthPoint(1e5, 12_000), growthPoint(1e6, 11_500), growthPoint(1e7, 11_000)),
	steps: null,
	workers: null,
	backlog: null,
	consoles: null,
	pages: { pages: 300, alertsPerSecond: 1150, latencyMs: { p50: 350, p95: 600, p99: 900 } },
	browser: {
		inView: 50_000,
		changesPerSecond: 50,
		framesPerSecond: 58,
		longestFrameMs: 150,
		keyToPaintMs: { p50: 24, p95: 56 },
		firstListMs: 420,
		heapMiB: 110
	},
	explained: { likely: 600, exact: 150, unexplained: 250 },
	stages: [],
	notes: [],
	failures: [],
	...fields
});
const missedTargets = (fields: Partial<Report>): string[] =>
	targetsOf(report(fields))
		.filter(({ met }) => met === false)
		.map(({ name }) => name);

describe('the ratios', () => {
	it('divide the Alerts per second of Causeway by the figure of each baseline', () => {
		expect(ratiosOf(ours, baselines)).toEqual({
			bullmqNoop: 3,
			postgresLookup: 15,
			postgresBatched: 0.2,
			redisLookups: 0.05,
			sec: 2,
			alertmanager: 1.5
		});
	});

	it('are null for a baseline that was not measured, and for all if Causeway was not measured', () => {
		expect(ratiosOf(ours, { ...baselines, secAlertsPerSecond: null }).sec).toBeNull();
		expect(ratiosOf({ ...ours, alertsPerSecond: null }, baselines).sec).toBeNull();
	});
});

describe('the targets of the benchmark', () => {
	it('are all met by the figures of the fixture', () => {
		expect(targetsOf(report()).map(({ met }) => met)).toEqual(Array(15).fill(true));
	});

	it.each<[string, Partial<Report>]>([
		[
			'p95 from a key to the paint with a long list',
			{ browser: { ...report().browser!, keyToPaintMs: { p50: 40, p95: 104 } } }
		],
		['first list on loopback', { browser: { ...report().browser!, firstListMs: 1001 } }],
		[
			'p99 from an Alert to the webhook of its page',
			{ pages: { pages: 300, alertsPerSecond: 1150, latencyMs: { p50: 350, p95: 600, p99: 2001 } } }
		],
		['Alerts compared with BullMQ', { baselines: { ...baselines, bullmqNoopJobsPerSecond: 12_001 } }],
		[
			'Alerts compared with PostgreSQL by hand',
			{ baselines: { ...baselines, postgresLookupAlertsPerSecond: 3429 } }
		],
		[
			'Alerts with as many Service Requests',
			{ ours: { ...ours, mixed: { alertsPerSecond: 20_000, serviceRequestsPerSecond: 6199 } } }
		],
		['DUIS messages, one a call', { ours: { ...ours, duisPerSecond: 2199 } }],
		[
			'p50 latency at the national load',
			{ latencyMs: { at50pct: null, at1150: { p50: 45.5, p95: 60, p99: 100 } } }
		],
		[
			'p99 latency at the national load',
			{ latencyMs: { at50pct: null, at1150: { p50: 20, p95: 30, p99: 111 } } }
		],
		['CPU in use at the national load', { cost: { at1150: { ...cost, percent: 39 } } }],
		[
			'10 M requests in the index against 100 k',
			{ growth: growthOf(growthPoint(1e5, 12_000), growthPoint(1e7, 10_799)) }
		],
		['PostgreSQL database, per Alert', { memory: { ...report().memory, databaseBytesPerAlert: 1801 } }],
		['Redis index, per Service Request', { memory: { ...report().memory, bytesPerServiceRequest: 81 } }],
		['tasks that lost or doubled Alerts, or failed', { failures: ['a stage: 3 Alerts are missing'] }]
	])('report "%s" as the only missed target when only its figure is too bad', (name, fields) => {
		expect(missedTargets(fields)).toEqual([name]);
	});

	it('are neither met nor missed if nothing was measured', () => {
		const targets = targetsOf(report({ growth: growthOf(growthPoint(1e5, 12_000)) }));
		expect(targets.find(({ name }) => name.startsWith('10 M requests'))).toMatchObject({
			is: 'not measured',
			met: null
		});
	});
});

describe('the table of the benchmark', () => {
	/** Returns the cells of the first line that starts with `name`. */
	const cells = (name: string, fields: Partial<Report> = {}): string[] =>
		readable(report(fields))
			.split('\n')
			.find((line) => line.trim().startsWith(name))!
			.trim()
			.slice(name.length)
			.trim()
			.split(/\s{2,}/);

	it('shows each baseline with the ratio of Causeway to it, and what the baseline leaves out', () => {
		expect(cells('Causeway: Alerts, HTTP to client')).toEqual(['12,000']);
		const byHand = 'HTTP, tenure, rules, grouping, feed, push';
		expect(cells('PostgreSQL by hand, one Alert at a time')).toEqual(['800', '15 x', byHand]);
		expect(cells('PostgreSQL in batches, without push')).toEqual(['60,000', '0.20 x', byHand]);
		expect(cells('Redis, bare lookups of the index').slice(0, 2)).toEqual(['240,000', '0.050 x']);
		expect(cells('Alertmanager, grouped, to a webhook').slice(0, 2)).toEqual(['8,000', '1.5 x']);
		expect(cells('CPU of Alertmanager, per Alert')).toEqual(['155 µs']);
		for (const { name } of Object.values(BASELINES)) expect(cells(name)[2]).toMatch(/^\w/);
	});

	it('says why a baseline was not measured', () => {
		const without = {
			baselines: { ...baselines, secAlertsPerSecond: null },
			notMeasured: { secAlertsPerSecond: 'the machine has no sec' }
		};
		expect(cells('sec, one context per Device', without)).toEqual(['not measured: the machine has no sec']);
		expect(cells('sec, one context per Device', { ...without, notMeasured: {} })).toEqual(['not measured']);
	});

	it('shows published figures with their sources, apart from the measured figures', () => {
		const lines = readable(report()).split('\n');
		expect(lines.some((line) => line.startsWith('  published, not measured here'))).toBe(true);
		expect(cells('Keep, 16 vCPUs and 32 GB')[0]).toBe('16.7');
		expect(cells('Alerta, POST /alert by wrk')[0]).toBe('61.5');
		for (const { name, source } of PUBLISHED) expect(cells(name).join(' ')).toContain(source);
	});

	it('shows latency, CPU, growth, memory, and whether each target is met', () => {
		expect(cells('national load: 1,150 Alerts, 800 requests/s')).toEqual([
			'6.4 ms',
			'12 ms',
			'25 ms',
			'35 %'
		]);
		expect(cells('with 10,000,000 requests in the index')).toEqual([
			'11,000 /s',
			'p99 40 ms',
			'70 B/request'
		]);
		const alreadyThisSize = {
			growth: growthOf({ ...growthPoint(1e5, 12_000), bytesPerServiceRequest: null })
		};
		expect(cells('with 100,000 requests in the index', alreadyThisSize)).toEqual(['12,000 /s', 'p99 40 ms']);
		expect(cells('DUIS messages, one a call')).toEqual(['>= 2,200 /s', '3,500 /s', 'met']);
		const slow = { latencyMs: { at50pct: null, at1150: { p50: 1, p95: 2, p99: 3000 } } };
		expect(cells('p99 latency at the national load', slow)).toEqual(['<= 110 ms', '3,000 ms', 'MISSED']);
		expect(cells('half of the maximum', slow)).toEqual([': 5,250 Alerts/s', 'not measured']);
	});

	it('shows the CPU time of each step by component, and its sum', () => {
		const steps: Report['steps'] = [
			{ name: 'stored', of: 'Alert', us: { web: 30, worker: 0, postgres: 27, redis: 1 } }
		];
		expect(cells('Alert: stored', { steps })).toEqual(['27', '0', '30', '1', '58']);
		expect(Object.keys(plotsOf(report({ steps })))).toContain('steps.svg');
	});

	it('shows throughput, CPU and waits by the number of processes, and where Causeway stops scaling', () => {
		const waits = [
			{ name: 'on CPU', share: 0.6 },
			{ name: 'IO WalSync', share: 0.1 }
		];
		const one = { workers: 1, webs: 1, alertsPerSecond: 5000, cores: cost.cores, machinePercent: 98 };
		const workers: Report['workers'] = [
			{ ...one, waits, busySessions: 1.94 },
			{
				...one,
				workers: 4,
				webs: 2,
				alertsPerSecond: 4000,
				cores: null,
				machinePercent: null,
				waits,
				busySessions: 4
			}
		];
		const busy = '60 % on CPU, 10 % IO WalSync';
		expect(cells('1 worker', { workers })).toEqual(['5,000', '1.0 x', '98 %', '0.70', `1.9: ${busy}`]);
		expect(cells('4 workers, 2 web processes', { workers })).toEqual([
			'4,000',
			'0.80 x',
			'-',
			'-',
			`4.0: ${busy}`
		]);
		expect(readable(report({ workers }))).toContain(
			'stops scaling at 1 worker: 4 workers, 2 web processes make 0.80 x'
		);
		const svg = plotsOf(report({ workers }))['workers.svg']!;
		expect(svg).toContain('>4, 2 web</text>');
		expect(svg).not.toContain('NaN');
	});

	it('shows the share of each explanation, as proof that Causeway did explain the Alerts', () => {
		expect(cells('Alerts by explanation')).toEqual(['likely 60 %, exact 15 %, unexplained 25 %']);
	});

	it('ends with the notes and the failures', () => {
		const lines = readable(report({ notes: ['sec is not installed'], failures: ['a stage: lost'] })).split(
			'\n'
		);
		expect(lines.slice(-3)).toEqual(['  sec is not installed', '', '  FAILED: a stage: lost']);
	});
});

describe('the plots of a report', () => {
	it('are drawn only for the figures that the report has', () => {
		expect(Object.keys(plotsOf(report()))).toEqual(['throughput.svg', 'latency.svg', 'growth.svg']);
		const quick = plotsOf(report({ growth: growthOf(growthPoint(1e5, 12_000)) }));
		expect(Object.keys(quick)).toEqual(['throughput.svg', 'latency.svg']);
		expect(Object.values(quick).join()).not.toContain('NaN');
		const nothing = { ours: { ...ours, alertsPerSecond: null }, growth: growthOf() };
		expect(plotsOf(report({ ...nothing, latencyMs: { at1150: null, at50pct: null } }))).toEqual({});
	});
});
