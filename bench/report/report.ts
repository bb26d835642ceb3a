// Defines the report of a run: its figures, and the ratios of Causeway to the baselines. The field names are a
// contract.
import type { Published } from '../baselines/published.ts';
import type { StageRecord } from '../stage-runner.ts';
import type { Component } from '../usage.ts';
import type { Wait } from '../workers/waits.ts';

export interface Latency {
	p50: number;
	p95: number;
	p99: number;
}

/** Throughput of Causeway. `null`: the value was not measured. */
export interface Ours {
	/** Alerts per second alone, as NDJSON with 1,000 Alerts a call: from the HTTP call to the connected clients. */
	alertsPerSecond: number | null;
	alertsBy50PerSecond: number | null;
	alertsBy1PerSecond: number | null;
	duisPerSecond: number | null;
	/** Alerts and Service Requests at the same time, in equal numbers. */
	mixed: { alertsPerSecond: number; serviceRequestsPerSecond: number } | null;
	/** Service Requests per second alone: from the HTTP call to the index. */
	serviceRequestsPerSecond: number | null;
}

export interface Baselines {
	bullmqNoopJobsPerSecond: number | null;
	postgresLookupAlertsPerSecond: number | null;
	postgresBatchedAlertsPerSecond: number | null;
	redisLookupsPerSecond: number | null;
	/** Alerts per second of `sec` and of Alertmanager. `null`: not measured, or not on this machine. */
	secAlertsPerSecond: number | null;
	alertmanagerAlertsPerSecond: number | null;
}

/** CPU use under a load. */
export interface Cost {
	/** The number of busy cores, by component. */
	cores: Record<Component, number>;
	/** The busy cores of all components, as a percentage of all cores of the machine. */
	percent: number;
}

/** Figures with a given number of requests in the index. */
export interface Growth {
	requests: number;
	alertsPerSecond: number;
	/** The p99 of the latency from the HTTP call to the connected client, at the national load. */
	p99Ms: number;
	/** Bytes of the index per Service Request. `null`: the index already had this number of requests. */
	bytesPerServiceRequest: number | null;
}

export interface Backlog {
	/** The number of Alerts that Causeway accepted while no worker ran. */
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

/** The components of a step, in the order of the table and the plot. */
export const STEP_COMPONENTS = ['postgres', 'worker', 'web', 'redis'] as const satisfies readonly Component[];

/** CPU time of one processing step, in full batches and without other load. */
export interface StepCost {
	name: string;
	of: 'Alert' | 'Service Request';
	/** Microseconds of CPU per record, by component. */
	us: Record<Component, number>;
}

/** Causeway at full speed with several processes on one machine. */
export interface Scaling {
	workers: number;
	/** The number of web processes. */
	webs: number;
	alertsPerSecond: number;
	/** Busy cores of all processes of a component. `null`: the operating system has no /proc. */
	cores: Record<Component, number> | null;
	/** Share of the machine's CPU time in use, with sender and clients. `null`: the operating system has no /proc. */
	machinePercent: number | null;
	/** What the busy sessions of PostgreSQL did, the most frequent first. */
	waits: Wait[];
	/** Mean number of busy sessions of PostgreSQL. */
	busySessions: number;
}

export interface BrowserFigures {
	/** The number of Alerts in the live list. Only the rows on the screen are elements of the page. */
	inView: number;
	changesPerSecond: number;
	framesPerSecond: number;
	longestFrameMs: number;
	/** From a key press to the next paint, while the changes arrive. */
	keyToPaintMs: { p50: number; p95: number };
	/** From the navigation to the first row on the screen, on loopback. */
	firstListMs: number;
	heapMiB: number;
}

export interface Memory {
	/** Bytes of the index in Redis per Service Request. */
	bytesPerServiceRequest: number | null;
	/** Resident memory of web and worker together, at the national load. */
	rssMiB: number | null;
	/** Growth of the database in bytes per Alert. */
	databaseBytesPerAlert: number | null;
	/** Growth of each table in bytes per Alert, including indexes. */
	tables: Record<string, number>;
}

/** Pages at the national load. */
export interface Pages {
	/** The number of pages that the receiver got. */
	pages: number;
	alertsPerSecond: number;
	/** Latency from the storing of an Alert until the webhook of its page was received. */
	latencyMs: Latency;
}

export interface Report {
	cores: number;
	node: string;
	redis: string;
	postgres: string;
	/** `true`: the run had shorter stages and fewer Devices (`--quick`). */
	quick: boolean;
	rounds: number;
	seed: number;
	at: string;
	seconds: number;
	ours: Ours;
	baselines: Baselines;
	/** Why a baseline was not measured, in one sentence. */
	notMeasured: Partial<Record<keyof Baselines, string>>;
	/** CPU of Alertmanager for each Alert, in µs. `null`: not measured. */
	alertmanagerCpuUs: number | null;
	/** Published figures of similar products, which the benchmark does not measure. */
	published: readonly Published[];
	ratios: Ratios;
	/** Latency from the due time of a call to the time when a connected client received the row. */
	latencyMs: { at1150: Latency | null; at50pct: Latency | null };
	/** Alerts per second at half of the measured maximum. `null`: the maximum was not measured. */
	halfPerSecond: number | null;
	cost: { at1150: Cost | null };
	memory: Memory;
	growth: { at100k: Growth | null; at1M: Growth | null; at10M: Growth | null; points: Growth[] };
	/** CPU of each step. `null` in this field and the next five fields: the part was not measured. */
	steps: StepCost[] | null;
	/** With ever more processes. */
	workers: Scaling[] | null;
	backlog: Backlog | null;
	consoles: Consoles | null;
	pages: Pages | null;
	browser: BrowserFigures | null;
	/** The number of Alerts of all stages, by final explanation. */
	explained: Record<string, number>;
	/** The results of every stage of every round. */
	stages: StageRecord[];
	/** Notes for the reader, such as a baseline that could not run. */
	notes: string[];
	/** Tasks that lost or doubled an Alert, or failed. If there are any, the exit code is 1. */
	failures: string[];
}

/** Alerts per second of Causeway, divided by the figure of the baseline. `null`: a figure was not measured. */
export type Ratios = Record<keyof typeof BASELINES, number | null>;

/** The baselines, with their name in the table, the plot and the progress lines, and what Causeway does beyond them. */
export const BASELINES = {
	bullmqNoop: {
		figure: 'bullmqNoopJobsPerSecond',
		name: 'BullMQ, one empty job per Alert',
		leavesOut: 'HTTP, storage, cause, feed, push'
	},
	postgresLookup: {
		figure: 'postgresLookupAlertsPerSecond',
		name: 'PostgreSQL by hand, one Alert at a time',
		leavesOut: 'HTTP, tenure, rules, grouping, feed, push'
	},
	postgresBatched: {
		figure: 'postgresBatchedAlertsPerSecond',
		name: 'PostgreSQL in batches, without push',
		leavesOut: 'HTTP, tenure, rules, grouping, feed, push'
	},
	redisLookups: {
		figure: 'redisLookupsPerSecond',
		name: 'Redis, bare lookups of the index',
		leavesOut: 'storage, and all after the lookup'
	},
	sec: {
		figure: 'secAlertsPerSecond',
		name: 'sec, one context per Device',
		leavesOut: 'HTTP, storage, tenure, time windows, feed, push'
	},
	alertmanager: {
		figure: 'alertmanagerAlertsPerSecond',
		name: 'Alertmanager, grouped, to a webhook',
		leavesOut: 'storage before the answer, tenure, cause, feed'
	}
} as const satisfies Record<string, { figure: keyof Baselines; name: string; leavesOut: string }>;

export function ratiosOf({ alertsPerSecond }: Ours, baselines: Baselines): Ratios {
	const ratio = (figure: number | null): number | null =>
		figure && alertsPerSecond ? alertsPerSecond / figure : null;
	return Object.fromEntries(
		Object.entries(BASELINES).map(([key, { figure }]) => [key, ratio(baselines[figure])])
	) as Ratios;
}
