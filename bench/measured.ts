// Collects the measurements of a run, round by round, and composes the report from them.
import { availableParallelism } from 'node:os';
import { PUBLISHED } from './baselines/published.ts';
import type { IndexMemory } from './baselines/redis.ts';
import { median, medians, sum, sumByName } from './figures.ts';
import {
	ratiosOf,
	type Backlog,
	type Baselines,
	type BrowserFigures,
	type Consoles,
	type Cost,
	type Growth,
	type Latency,
	type Ours,
	type Pages,
	type Report,
	type Scaling,
	type StepCost
} from './report/report.ts';
import type { LoadName, StageRecord } from './stage-runner.ts';
import type { StageResult } from './stage.ts';

export type Measured = ReturnType<typeof createMeasured>;

export function createMeasured() {
	return {
		saturated: new Map<LoadName, StageRecord[]>(),
		at1150: [] as StageRecord[],
		at50pct: [] as StageRecord[],
		baselines: new Map<keyof Baselines, number[]>(),
		/** Why a baseline was not measured. */
		notMeasured: {} as Report['notMeasured'],
		alertmanagerCpuUs: [] as number[],
		index: null as IndexMemory | null,
		/** Bytes that stages with Alerts only added to the database. */
		databaseGrowth: [] as Array<{ alerts: number; bytes: number; tables: Record<string, number> }>,
		growth: [] as Growth[],
		steps: null as StepCost[] | null,
		workers: null as Scaling[] | null,
		backlog: null as Backlog | null,
		consoles: null as Consoles | null,
		pages: null as Pages | null,
		browser: null as BrowserFigures | null,
		stages: [] as StageRecord[],
		notes: new Set<string>(),
		failures: [] as string[]
	};
}

/** Appends a value to the list of `key` in the map. */
export function appendTo<K, V>(to: Map<K, V[]>, key: K, value: V): void {
	to.set(key, [...(to.get(key) ?? []), value]);
}

export function costOf({ cores }: Pick<StageResult, 'cores'>): Cost | null {
	if (!cores) return null;
	return { cores, percent: (100 * sum(Object.values(cores))) / availableParallelism() };
}

export const latencyOf = ({ latencyMs }: StageResult): Latency => {
	const { p50, p95, p99 } = latencyMs!;
	return { p50, p95, p99 };
};

type RunDetails = Pick<
	Report,
	'cores' | 'node' | 'redis' | 'postgres' | 'quick' | 'rounds' | 'seed' | 'at' | 'seconds'
>;

export function composeReport(measured: Measured, details: RunDetails): Report {
	const ours = oursOf(measured);
	const baseline = (name: keyof Baselines): number | null => median(measured.baselines.get(name) ?? []);
	const baselines: Baselines = {
		bullmqNoopJobsPerSecond: baseline('bullmqNoopJobsPerSecond'),
		postgresLookupAlertsPerSecond: baseline('postgresLookupAlertsPerSecond'),
		postgresBatchedAlertsPerSecond: baseline('postgresBatchedAlertsPerSecond'),
		redisLookupsPerSecond: baseline('redisLookupsPerSecond'),
		secAlertsPerSecond: baseline('secAlertsPerSecond'),
		alertmanagerAlertsPerSecond: baseline('alertmanagerAlertsPerSecond')
	};
	const grown = (requests: number): Growth | null =>
		measured.growth.find((point) => point.requests === requests) ?? null;
	const { steps, workers, backlog, consoles, pages, browser, stages, notes, failures } = measured;
	return {
		...details,
		ours,
		baselines,
		notMeasured: measured.notMeasured,
		alertmanagerCpuUs: median(measured.alertmanagerCpuUs),
		published: PUBLISHED,
		ratios: ratiosOf(ours, baselines),
		latencyMs: {
			at1150: medians(measured.at1150.map(latencyOf)),
			at50pct: medians(measured.at50pct.map(latencyOf))
		},
		halfPerSecond: median(measured.at50pct.map(({ offeredPerSecond }) => offeredPerSecond ?? 0)),
		cost: { at1150: medianCost(measured.at1150) },
		memory: memoryOf(measured),
		growth: { at100k: grown(1e5), at1M: grown(1e6), at10M: grown(1e7), points: measured.growth },
		steps,
		workers,
		backlog,
		consoles,
		pages,
		browser,
		explained: sumByName(stages.map((stage) => stage.explained)),
		stages,
		notes: [...notes],
		failures
	};
}

function oursOf({ saturated }: Measured): Ours {
	const of = (load: LoadName, figure: 'alertsPerSecond' | 'serviceRequestsPerSecond'): number | null =>
		median((saturated.get(load) ?? []).map((stage) => stage[figure]));
	const mixed = medians(
		(saturated.get('mixed') ?? []).map(({ alertsPerSecond, serviceRequestsPerSecond }) => ({
			alertsPerSecond,
			serviceRequestsPerSecond
		}))
	);
	return {
		alertsPerSecond: of('alertsBy1000', 'alertsPerSecond'),
		alertsBy50PerSecond: of('alertsBy50', 'alertsPerSecond'),
		alertsBy1PerSecond: of('alertsBy1', 'alertsPerSecond'),
		duisPerSecond: of('duis', 'alertsPerSecond'),
		mixed,
		serviceRequestsPerSecond: of('requests', 'serviceRequestsPerSecond')
	};
}

function medianCost(stages: readonly StageRecord[]): Cost | null {
	const cores = medians(stages.flatMap((stage) => stage.cores ?? []));
	return cores && costOf({ cores });
}

function memoryOf({ index, databaseGrowth, at1150 }: Measured): Report['memory'] {
	const alerts = sum(databaseGrowth.map((stage) => stage.alerts));
	const bytes = sum(databaseGrowth.map((stage) => stage.bytes));
	const rss = at1150.flatMap((stage) => (stage.rssMiB ? stage.rssMiB.web + stage.rssMiB.worker : []));
	const tables = sumByName(databaseGrowth.map((stage) => stage.tables));
	return {
		bytesPerServiceRequest: index && index.bytesPerRequest,
		rssMiB: median(rss),
		databaseBytesPerAlert: alerts === 0 ? null : bytes / alerts,
		tables: Object.fromEntries(
			Object.entries(tables)
				.map(([name, bytes]) => [name, Math.round(bytes / alerts)] as const)
				.filter(([, bytes]) => bytes > 0)
				.sort(([, a], [, b]) => b - a)
		)
	};
}
