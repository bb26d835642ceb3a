// Defines the report of a run: its figures, and the ratios of Causeway to the baselines. The field names are a
// contract.
import type { StageRecord } from '../stage-runner.ts';
import type { Component } from '../usage.ts';

export interface Latency {
	p50: number;
	p95: number;
	p99: number;
}

/** Throughput of Causeway. `null`: not measured. */
export interface Ours {
	/** Alerts only, NDJSON, 1,000 a call: from the HTTP call to the connected clients. */
	alertsPerSecond: number | null;
	alertsBy50PerSecond: number | null;
	alertsBy1PerSecond: number | null;
	duisPerSecond: number | null;
	/** Both at the same time, in equal numbers. */
	mixed: { alertsPerSecond: number; serviceRequestsPerSecond: number } | null;
	/** Service Requests only: from the HTTP call to the index. */
	serviceRequestsPerSecond: number | null;
}

export interface Baselines {
	bullmqNoopJobsPerSecond: number | null;
	postgresLookupAlertsPerSecond: number | null;
	postgresBatchedAlertsPerSecond: number | null;
	redisLookupsPerSecond: number | null;
	/** `null`: not measured, or `sec` is not installed. */
	secAlertsPerSecond: number | null;
}

/** CPU use under a load. */
export interface Cost {
	/** Busy cores, by component. */
	cores: Record<Component, number>;
	/** Their sum, as a percentage of all cores of the machine. */
	percent: number;
}

/** Figures with this many requests in the index. */
export interface Growth {
	requests: number;
	alertsPerSecond: number;
	/** Latency from the HTTP call to the connected client at the national load. */
	p99Ms: number;
	/** `null`: the index already had this size. */
	bytesPerServiceRequest: number | null;
}

export interface Backlog {
	/** Alerts that Causeway accepted while no worker ran. */
	alerts: number;
	takenInPerSecond: number;
	drainSeconds: number;
	drainedPerSecond: number;
	/** Share of Alerts with priority 1: of all, and of the tenth that reached a client first. */
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

/** In the order of the table and the plot. */
export const STEP_COMPONENTS = ['postgres', 'worker', 'web', 'redis'] as const satisfies readonly Component[];

/** CPU time of one processing step, in full batches and without other load. */
export interface StepCost {
	name: string;
	of: 'Alert' | 'Service Request';
	/** Microseconds of CPU per record, by component. */
	us: Record<Component, number>;
}

export interface BrowserFigures {
	/** Alerts in the live list. Only those on the screen are elements of the page. */
	inView: number;
	changesPerSecond: number;
	framesPerSecond: number;
	longestFrameMs: number;
	heapMiB: number;
}

export interface Memory {
	/** Memory of the index in Redis. */
	bytesPerServiceRequest: number | null;
	/** Resident memory of web and worker together, at the national load. */
	rssMiB: number | null;
	/** Growth of the database per Alert. */
	databaseBytesPerAlert: number | null;
	/** The same in bytes per Alert by table, with indexes. */
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
	/** From the moment a call was due to the moment a connected client received the row. */
	latencyMs: { at1150: Latency | null; at50pct: Latency | null };
	/** Alerts per second at half of the measured maximum. `null`: not measured. */
	halfPerSecond: number | null;
	cost: { at1150: Cost | null };
	memory: Memory;
	growth: { at100k: Growth | null; at1M: Growth | null; at10M: Growth | null; points: Growth[] };
	/** `null`: not measured, as for the next three. */
	steps: StepCost[] | null;
	backlog: Backlog | null;
	consoles: Consoles | null;
	browser: BrowserFigures | null;
	/** Alerts of all stages, counted by their final explanation. */
	explained: Record<string, number>;
	/** Every stage of every round. */
	stages: StageRecord[];
	/** Notes for the reader, such as a baseline that could not run. */
	notes: string[];
	/** Tasks that lost or doubled an Alert, or failed. If there are any, the exit code is 1. */
	failures: string[];
}

/** Alerts per second of Causeway, divided by the figure of the baseline. `null`: one of them was not measured. */
export type Ratios = Record<keyof typeof BASELINES, number | null>;

/** The names of the baselines in the table, the plot and the progress lines. */
export const BASELINES = {
	bullmqNoop: { figure: 'bullmqNoopJobsPerSecond', name: 'BullMQ, one empty job per Alert' },
	postgresLookup: {
		figure: 'postgresLookupAlertsPerSecond',
		name: 'PostgreSQL by hand, one Alert at a time'
	},
	postgresBatched: { figure: 'postgresBatchedAlertsPerSecond', name: 'PostgreSQL in batches, without push' },
	redisLookups: { figure: 'redisLookupsPerSecond', name: 'Redis, bare lookups of the index' },
	sec: { figure: 'secAlertsPerSecond', name: 'sec, one context per Device' }
} as const satisfies Record<string, { figure: keyof Baselines; name: string }>;

export function ratiosOf({ alertsPerSecond }: Ours, baselines: Baselines): Ratios {
	const ratio = (figure: number | null): number | null =>
		figure && alertsPerSecond ? alertsPerSecond / figure : null;
	return Object.fromEntries(
		Object.entries(BASELINES).map(([key, { figure }]) => [key, ratio(baselines[figure])])
	) as Ratios;
}
