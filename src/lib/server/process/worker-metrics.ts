// Defines the metrics of the worker. Some describe the work of this worker alone. The others describe the installation,
// and every worker shows them alike.
import { Counter, Gauge, Histogram, Registry } from 'prom-client';

/** The metrics of the worker. */
export const workerRegistry = new Registry();
const registers = [workerRegistry];

const explained = new Histogram({
	name: 'causeway_correlation_delay_seconds',
	help: 'Seconds from the storing of an Alert until its first explanation is committed',
	buckets: [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300],
	registers
});

const failed = new Counter({
	name: 'causeway_jobs_failed_total',
	help: 'Attempts of jobs that failed, by queue; BullMQ and the sweeper try again',
	labelNames: ['queue'],
	registers
});

const swept = new Counter({
	name: 'causeway_doorbells_overdue_total',
	help: 'Doorbells that waited five seconds, so that the sweeper enqueued a job again, by queue',
	labelNames: ['queue'],
	registers
});

const deliveries = new Counter({
	name: 'causeway_page_tries_total',
	help: 'Tries to send an event of a page, by kind of channel and outcome (sent, delivered, failed)',
	labelNames: ['kind', 'outcome'],
	registers
});

const pageDelay = new Histogram({
	name: 'causeway_page_delay_seconds',
	help: 'Seconds from an event of a page until its receiver accepted it, by kind of channel',
	labelNames: ['kind'],
	buckets: [0.1, 0.25, 0.5, 1, 2, 5, 10, 30, 60, 300, 1200],
	registers
});

const gauge = <Label extends string = never>(name: string, help: string, labelNames: Label[] = []) =>
	new Gauge<Label>({ name, help, labelNames, registers });

const evicted = new Counter({
	name: 'causeway_redis_evicted_keys_total',
	help: 'Installation: keys that Redis has evicted since its start; any eviction loses jobs',
	registers
});

const standingMatches = new Counter({
	name: 'causeway_standing_matches_total',
	help: 'Installation: Alerts that standing decisions decided',
	registers
});

const FIGURES = {
	databaseUp: gauge(
		'causeway_figures_up',
		'1: the figures of the installation below were read just now; 0: PostgreSQL or Redis could not be reached'
	),
	pendingAge: gauge(
		'causeway_pending_age_seconds',
		'Installation: seconds since the oldest pending Alert was stored; 0: no Alert is pending'
	),
	pending: gauge('causeway_pending_alerts', 'Installation: pending Alerts, counted up to 20,000'),
	completenessLag: gauge(
		'causeway_completeness_lag_seconds',
		'Installation: seconds since the completeness mark of a source, by source and owner; without a mark, since its registration',
		['source', 'owner']
	),
	queueAge: gauge(
		'causeway_queue_age_seconds',
		'Installation: seconds since the oldest waiting work of a job was stored; 0: no work waits',
		['queue']
	),
	queueDepth: gauge(
		'causeway_queue_records',
		'Installation: Alerts, Service Requests or Devices that wait for a job',
		['queue']
	),
	openPages: gauge('causeway_open_pages', 'Installation: pages that nobody has acknowledged'),
	pageAlarms: gauge(
		'causeway_page_alarms',
		'Installation: pages that reached nobody, or whose last step ended without an answer'
	),
	deadLetters: gauge(
		'causeway_dead_letters',
		'Installation: deliveries of pages of the last 30 days that failed for good'
	),
	standing: gauge(
		'causeway_standing_decisions',
		'Installation: standing decisions, by state (proposed, active, paused, ended, expired)',
		['state']
	),
	redisMemory: gauge('causeway_redis_memory_bytes', 'Installation: memory that Redis uses'),
	indexComplete: gauge(
		'causeway_index_complete',
		'Installation: 1: correlation reads the index; 0: Redis lost the index, and correlation reads PostgreSQL'
	)
};

/** Figures of the whole installation. */
export interface InstallationFigures {
	pendingAgeSeconds: number;
	pendingAlerts: number;
	/** `owner`: the Supplier of the source; `*`: the source serves the whole installation. */
	completeness: ReadonlyArray<{ source: string; owner: string; lagSeconds: number }>;
	queues: ReadonlyArray<{ job: string; ageSeconds: number; records: number }>;
	openPages: number;
	pageAlarms: number;
	deadLetters: number;
	standing: ReadonlyArray<{ state: string; count: number }>;
	standingMatches: number;
	redisBytes: number;
	redisEvictedKeys: number;
	isIndexComplete: boolean;
}

/** Shows these figures; `null`: they could not be read, so that no old figure stays. */
export function setFigures(figures: InstallationFigures | null): void {
	for (const one of Object.values(FIGURES)) one.reset();
	FIGURES.databaseUp.set(figures ? 1 : 0);
	if (!figures) {
		for (const one of UNLABELLED) one.set(NaN);
		return;
	}
	FIGURES.pendingAge.set(figures.pendingAgeSeconds);
	FIGURES.pending.set(figures.pendingAlerts);
	for (const { source, owner, lagSeconds } of figures.completeness)
		FIGURES.completenessLag.set({ source, owner }, lagSeconds);
	for (const { job, ageSeconds, records } of figures.queues) {
		FIGURES.queueAge.set({ queue: job }, ageSeconds);
		FIGURES.queueDepth.set({ queue: job }, records);
	}
	FIGURES.openPages.set(figures.openPages);
	FIGURES.pageAlarms.set(figures.pageAlarms);
	FIGURES.deadLetters.set(figures.deadLetters);
	for (const { state, count } of figures.standing) FIGURES.standing.set({ state }, count);
	standingMatches.reset(); // The database counts, and this process only shows the count.
	standingMatches.inc(figures.standingMatches);
	FIGURES.redisMemory.set(figures.redisBytes);
	evicted.reset(); // Redis counts, and this process only shows the count.
	evicted.inc(figures.redisEvictedKeys);
	FIGURES.indexComplete.set(figures.isIndexComplete ? 1 : 0);
}

const UNLABELLED = [
	FIGURES.pendingAge,
	FIGURES.pending,
	FIGURES.openPages,
	FIGURES.pageAlarms,
	FIGURES.deadLetters,
	FIGURES.redisMemory,
	FIGURES.indexComplete
];

export const observeCorrelationDelay = (seconds: number): void => explained.observe(Math.max(0, seconds));
export const countFailedJob = (job: string): void => failed.inc({ queue: job });
export const countOverdue = (job: string): void => swept.inc({ queue: job });
/** `seconds`: the time from the event to its first success; `null`: the try failed. */
export function observeDelivery(kind: string, outcome: string, seconds: number | null): void {
	deliveries.inc({ kind, outcome });
	if (seconds !== null) pageDelay.observe({ kind }, Math.max(0, seconds));
}
