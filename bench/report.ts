// The report of a run: its figures, how they compare, which targets they meet, and how it reads.

export interface Latency {
	p50: number;
	p95: number;
	p99: number;
}

/** At so many Service Requests in the index and the record. */
export interface Growth {
	requests: number;
	alertsPerSecond: number;
	/** From the request to the screen, ms, at half of that pace. */
	p99Ms: number;
	bytesPerServiceRequest: number;
}

export interface Baselines {
	bullmqNoopJobsPerSecond: number;
	postgresLookupAlertsPerSecond: number;
	postgresBatchedAlertsPerSecond: number;
	redisLookupsPerSecond: number;
	/** `null` where sec is not installed. */
	secAlertsPerSecond: number | null;
}

export interface Report {
	cores: number;
	node: string;
	redis: string;
	postgres: string;
	/** Shorter stages, smaller index. */
	quick: boolean;
	seed: number;
	at: string;
	ours: { alertsPerSecond: number; serviceRequestsPerSecond: number };
	baselines: Baselines;
	ratios: Ratios;
	/** From the moment before the HTTP call to the moment a Socket.IO client holds the row. */
	latencyMs: { at1150: Latency; at50pct: Latency };
	memory: { bytesPerServiceRequest: number; rssMiB: number };
	/** `null` for what a quick run leaves out. */
	growth: { at100k: Growth | null; at1M: Growth | null; at10M: Growth | null };
	/** What a reader should know, such as a baseline that could not run. */
	notes: string[];
}

/** How many times the baseline's figure ours is. */
export type Ratios = Record<keyof typeof BASELINES, number | null>;

/** The baselines as they are called in the table and the plot, and whether they do what the product does. */
export const BASELINES = {
	bullmqNoop: { figure: 'bullmqNoopJobsPerSecond', name: 'BullMQ, a job an Alert that does nothing' },
	postgresLookup: { figure: 'postgresLookupAlertsPerSecond', name: 'PostgreSQL by hand, Alert by Alert' },
	postgresBatched: { figure: 'postgresBatchedAlertsPerSecond', name: 'PostgreSQL in batches, no push' },
	redisLookups: { figure: 'redisLookupsPerSecond', name: 'Redis, bare lookups of the index' },
	sec: { figure: 'secAlertsPerSecond', name: 'sec, a context for each Device' }
} as const satisfies Record<string, { figure: keyof Baselines; name: string }>;

export function ratiosOf({ alertsPerSecond }: Report['ours'], baselines: Baselines): Ratios {
	const ratio = (figure: number | null): number | null => (figure ? alertsPerSecond / figure : null);
	return Object.fromEntries(
		Object.entries(BASELINES).map(([key, { figure }]) => [key, ratio(baselines[figure])])
	) as Ratios;
}

export interface Target {
	name: string;
	/** What it must be, and what it is, as text. */
	wanted: string;
	is: string;
	/** `null` where it was not measured. */
	met: boolean | null;
}

/** Estimated for Great Britain in 2026: Alerts and other messages a second. */
export const COUNTRY = { alertsPerSecond: 1150, serviceRequestsPerSecond: 800 };
const MOST_P99_MS = 2000;
/** Of the pace with 100 k requests, so much must be left with 10 M. */
const KEPT_WITH_GROWTH = 0.5;

/** What the product promises, and whether these figures keep it. */
export function targetsOf({ ours, baselines, latencyMs, growth }: Report): Target[] {
	const atLeast = (name: string, is: number | null, wanted: number, unit: string): Target => ({
		name,
		wanted: `>= ${whole(wanted)} ${unit}`,
		is: is === null ? 'not measured' : `${whole(is)} ${unit}`,
		met: is === null ? null : is >= wanted
	});
	const within = (name: string, is: number): Target => ({
		name,
		wanted: `<= ${whole(MOST_P99_MS)} ms`,
		is: `${milliseconds(is)}`,
		met: is <= MOST_P99_MS
	});
	const kept =
		growth.at100k && growth.at10M
			? (100 * growth.at10M.alertsPerSecond) / growth.at100k.alertsPerSecond
			: null;
	return [
		atLeast("the country's Alerts", ours.alertsPerSecond, COUNTRY.alertsPerSecond, '/s'),
		atLeast("the country's requests", ours.serviceRequestsPerSecond, COUNTRY.serviceRequestsPerSecond, '/s'),
		atLeast(
			'faster than PostgreSQL by hand',
			ours.alertsPerSecond,
			baselines.postgresLookupAlertsPerSecond,
			'/s'
		),
		atLeast('faster than sec', ours.alertsPerSecond, baselines.secAlertsPerSecond ?? 0, '/s'),
		within("p99 at the country's pace", latencyMs.at1150.p99),
		within('p99 at half of the most', latencyMs.at50pct.p99),
		atLeast('pace kept from 100 k to 10 M', kept, 100 * KEPT_WITH_GROWTH, '%')
	].filter(({ name }) => name !== 'faster than sec' || baselines.secAlertsPerSecond !== null);
}

/** The report as a table for the terminal. */
export function readable(report: Report): string {
	const { ours, baselines, ratios, latencyMs, memory, growth } = report;
	const line = (name: string, ...cells: string[]): string =>
		`  ${name.padEnd(42)}${cells.map((cell) => cell.padStart(14)).join('')}`.trimEnd();
	const latency = (name: string, { p50, p95, p99 }: Latency): string =>
		line(name, ...[p50, p95, p99].map(milliseconds));
	const grown = (name: string, at: Growth | null): string =>
		at
			? line(
					name,
					`${whole(at.alertsPerSecond)} /s`,
					milliseconds(at.p99Ms),
					`${at.bytesPerServiceRequest.toFixed(0)} B`
				)
			: line(name, 'not measured');
	const verdict = (met: boolean | null): string => (met === null ? '-' : met ? 'met' : 'MISSED');
	return [
		`Causeway on ${report.cores} cores, Node ${report.node}, Redis ${report.redis}, PostgreSQL ${report.postgres}${report.quick ? ', quick' : ''}`,
		'',
		line('', 'a second', 'ours is'),
		line('Causeway: Alerts, HTTP to screen', whole(ours.alertsPerSecond)),
		line('Causeway: Service Requests', whole(ours.serviceRequestsPerSecond)),
		...(Object.keys(BASELINES) as Array<keyof Ratios>).map((key) => {
			const figure = baselines[BASELINES[key].figure];
			const cells = figure === null ? ['not measured'] : [whole(figure), times(ratios[key])];
			return line(BASELINES[key].name, ...cells);
		}),
		'',
		line('HTTP call to Socket.IO client', 'p50', 'p95', 'p99'),
		latency(`at ${whole(COUNTRY.alertsPerSecond)} Alerts a second`, latencyMs.at1150),
		latency('at half of the most', latencyMs.at50pct),
		'',
		line('Service Requests in the index', 'Alerts', 'p99', 'a request'),
		grown('100 k', growth.at100k),
		grown('1 M', growth.at1M),
		grown('10 M', growth.at10M),
		line('memory, of web and worker together', `${whole(memory.rssMiB)} MiB`),
		line('memory of the index', `${memory.bytesPerServiceRequest.toFixed(1)} B`, 'a request'),
		'',
		line('targets', 'wanted', 'is'),
		...targetsOf(report).map(({ name, wanted, is, met }) => line(name, wanted, is, verdict(met))),
		...(report.notes.length > 0 ? ['', ...report.notes.map((note) => `  ${note}`)] : [])
	].join('\n');
}

const whole = (figure: number): string => Math.round(figure).toLocaleString('en-GB');
const milliseconds = (ms: number): string => `${ms < 10 ? ms.toFixed(1) : whole(ms)} ms`;
const times = (ratio: number | null): string =>
	ratio === null
		? '-'
		: `${ratio >= 10 ? ratio.toFixed(0) : ratio.toFixed(ratio < 0.1 ? 3 : ratio < 1 ? 2 : 1)} x`;
