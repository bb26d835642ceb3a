// The report of a run: its figures and how they compare.
import type { StageRecord } from './trial.ts';
import type { Part } from './usage.ts';

export interface Latency {
	p50: number;
	p95: number;
	p99: number;
}

/** What the product does in a second; `null` for what was not measured. */
export interface Ours {
	/** Alerts alone, NDJSON of 1,000 a call: from the HTTP call to the consoles. */
	alertsPerSecond: number | null;
	alertsBy50PerSecond: number | null;
	alertsBy1PerSecond: number | null;
	duisPerSecond: number | null;
	/** Side by side, in equal numbers. */
	mixed: { alertsPerSecond: number; serviceRequestsPerSecond: number } | null;
	/** Service Requests alone, until they stand in the index. */
	serviceRequestsPerSecond: number | null;
}

export interface Baselines {
	bullmqNoopJobsPerSecond: number | null;
	postgresLookupAlertsPerSecond: number | null;
	postgresBatchedAlertsPerSecond: number | null;
	redisLookupsPerSecond: number | null;
	/** `null` where sec is not installed. */
	secAlertsPerSecond: number | null;
}

/** What a load costs. */
export interface Cost {
	/** Cores kept busy by each part of the product. */
	cores: Record<Part, number>;
	/** All of it, of all cores of the machine. */
	percent: number;
}

/** With so many requests in the index. */
export interface Growth {
	requests: number;
	alertsPerSecond: number;
	/** From the call to the console at the pace of the country, ms. */
	p99Ms: number;
	/** `null`: nothing had to be put into the index for it. */
	bytesPerServiceRequest: number | null;
}

export interface Backlog {
	/** Alerts that were taken in while no worker ran. */
	alerts: number;
	takenInPerSecond: number;
	drainSeconds: number;
	drainedPerSecond: number;
	/** Share of priority 1 among all of them, and among the tenth that came to a console first. */
	urgentShare: number;
	urgentShareOfFirstTenth: number;
}

export interface Consoles {
	connections: number;
	alertsPerSecond: number;
	latencyMs: Latency;
	cost: Cost | null;
	webRssMiB: number | null;
}

/** In the order in which they are told. */
export const STEP_PARTS = ['postgres', 'worker', 'web', 'redis'] as const satisfies readonly Part[];

/** What one step takes of the processors, with nothing beside and in full batches. */
export interface StepCost {
	name: string;
	of: 'Alert' | 'Service Request';
	/** Microseconds of CPU a record, by part. */
	us: Record<Part, number>;
}

export interface BrowserFigures {
	/** Alerts that the console held and its list showed, of which only those on the screen are elements of the page. */
	inView: number;
	changesPerSecond: number;
	framesPerSecond: number;
	longestFrameMs: number;
	heapMiB: number;
}

export interface Memory {
	/** Of the index in Redis. */
	bytesPerServiceRequest: number | null;
	/** Web and worker together, at the pace of the country. */
	rssMiB: number | null;
	/** Growth of the record, by an Alert: all of it, and its tables with their indexes. */
	databaseBytesPerAlert: number | null;
	tables: Record<string, number>;
}

export interface Report {
	cores: number;
	node: string;
	redis: string;
	postgres: string;
	/** Shorter stages, fewer Devices. */
	quick: boolean;
	rounds: number;
	seed: number;
	at: string;
	seconds: number;
	ours: Ours;
	baselines: Baselines;
	ratios: Ratios;
	/** From the moment that a call was due to the moment a Socket.IO client held the row. */
	latencyMs: { at1150: Latency | null; at50pct: Latency | null };
	/** Alerts a second at half of the measured most. */
	halfPerSecond: number | null;
	cost: { at1150: Cost | null };
	memory: Memory;
	growth: { at100k: Growth | null; at1M: Growth | null; at10M: Growth | null; points: Growth[] };
	/** `null` where it was not measured. */
	steps: StepCost[] | null;
	backlog: Backlog | null;
	consoles: Consoles | null;
	browser: BrowserFigures | null;
	/** How many Alerts of all stages had each explanation in the end. */
	explained: Record<string, number>;
	/** Every stage of every round. */
	stages: StageRecord[];
	/** What a reader should know, such as a baseline that could not run. */
	notes: string[];
	/** What was lost, doubled or could not be measured; the command then ends with 1. */
	failures: string[];
}

/** How many times the baseline's figure ours is. */
export type Ratios = Record<keyof typeof BASELINES, number | null>;

/** The baselines as they are called in the table and the plot. */
export const BASELINES = {
	bullmqNoop: { figure: 'bullmqNoopJobsPerSecond', name: 'BullMQ, a job an Alert that does nothing' },
	postgresLookup: { figure: 'postgresLookupAlertsPerSecond', name: 'PostgreSQL by hand, Alert by Alert' },
	postgresBatched: { figure: 'postgresBatchedAlertsPerSecond', name: 'PostgreSQL in batches, no push' },
	redisLookups: { figure: 'redisLookupsPerSecond', name: 'Redis, bare lookups of the index' },
	sec: { figure: 'secAlertsPerSecond', name: 'sec, a context for each Device' }
} as const satisfies Record<string, { figure: keyof Baselines; name: string }>;

export function ratiosOf({ alertsPerSecond }: Ours, baselines: Baselines): Ratios {
	const ratio = (figure: number | null): number | null =>
		figure && alertsPerSecond ? alertsPerSecond / figure : null;
	return Object.fromEntries(
		Object.entries(BASELINES).map(([key, { figure }]) => [key, ratio(baselines[figure])])
	) as Ratios;
}

/** Estimated for Great Britain in 2026: Alerts and Service Requests a second. */
export const COUNTRY = { alertsPerSecond: 1150, serviceRequestsPerSecond: 800 };
