// Defines the metrics of the web process, and the metrics that every process has. `npm run docs:reference` lists them in
// docs/reference/metrics.md. The metrics of the worker are in worker-metrics.ts.
import { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } from 'prom-client';
import type pg from 'pg';

/** The metrics that the web process and the worker both have. */
export const commonRegistry = new Registry();
collectDefaultMetrics({ register: commonRegistry });

/** The metrics of the web process. */
export const registry = new Registry();

/** The sessions of PostgreSQL that this process has opened, by name of the pool. */
const pools = new Map<string, pg.Pool>();

new Gauge({
	name: 'causeway_postgres_sessions',
	help: 'Sessions of PostgreSQL that the process has open, by pool and state (busy, idle)',
	labelNames: ['pool', 'state'],
	registers: [commonRegistry],
	collect() {
		for (const [pool, { totalCount, idleCount }] of pools) {
			this.set({ pool, state: 'busy' }, totalCount - idleCount);
			this.set({ pool, state: 'idle' }, idleCount);
		}
	}
});

new Gauge({
	name: 'causeway_postgres_waiting',
	help: 'Pieces of work that wait for a session of PostgreSQL, by pool',
	labelNames: ['pool'],
	registers: [commonRegistry],
	collect() {
		for (const [pool, { waitingCount }] of pools) this.set({ pool }, waitingCount);
	}
});

/** Shows the sessions of a pool in the metrics. */
export const watchPool = (name: string, pool: pg.Pool): void => void pools.set(name, pool);

const pages = new Counter({
	name: 'causeway_pages_opened_total',
	help: 'Pages that the process opened, by subject (alert, episode, feed, test); the web process opens the pages of people',
	labelNames: ['subject'],
	registers: [commonRegistry]
});

export const countOpenedPage = (subject: string): void => pages.inc({ subject });

const ingested = new Counter({
	name: 'causeway_ingested_total',
	help: 'Records that arrived, by kind (alert, service-request, device; duis: a message that cannot be read) and result (accepted, duplicate, rejected)',
	labelNames: ['kind', 'result'],
	registers: [registry]
});

const dropped = new Counter({
	name: 'causeway_dropped_fields_total',
	help: 'Fields that were dropped because the allow-list does not name them, by kind of record',
	labelNames: ['kind'],
	registers: [registry]
});

const answered = new Histogram({
	name: 'causeway_http_seconds',
	help: 'Seconds to answer an API call, by route and HTTP status',
	labelNames: ['route', 'status'],
	buckets: [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2, 5],
	registers: [registry]
});

const answers = new Histogram({
	name: 'causeway_page_answer_seconds',
	help: 'Seconds from the opening of a page to the answer of a person, by answer (acknowledge, decide) and way',
	labelNames: ['answer', 'channel'],
	buckets: [15, 30, 60, 120, 300, 600, 1800, 3600, 14_400],
	registers: [registry]
});

/** Counts an answer of a person to a page. */
export const countAnswer = (answer: 'acknowledge' | 'decide', channel: string, seconds: number): void =>
	answers.observe({ answer, channel }, Math.max(0, seconds));

const backlog = new Gauge({
	name: 'causeway_backlog_records',
	help: 'Stored records that wait for processing, by kind (alert, service-request)',
	labelNames: ['kind'],
	registers: [registry]
});

/** Returns the number of connected sockets; 0 while the process serves no sockets. */
let countSockets = (): number => 0;

new Gauge({
	name: 'causeway_live_sockets',
	help: 'Live connections of consoles and of other clients',
	registers: [registry],
	collect() {
		this.set(countSockets());
	}
});

const pushed = new Histogram({
	name: 'causeway_push_delay_seconds',
	help: 'Seconds from the commit of a change until the web process pushes the change to its live connections',
	buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
	registers: [registry]
});

/** Shows the number of connected sockets in the metrics. */
export function watchSockets(count: () => number): void {
	countSockets = count;
}

export const observePushDelay = (seconds: number): void => pushed.observe(Math.max(0, seconds));

export const setBacklog = (kind: string, records: number): void => backlog.set({ kind }, records);

export function countIngested(kind: string, accepted: number, duplicates: number, rejected: number): void {
	ingested.inc({ kind, result: 'accepted' }, accepted);
	ingested.inc({ kind, result: 'duplicate' }, duplicates);
	ingested.inc({ kind, result: 'rejected' }, rejected);
}

const refusedWrites = new Counter({
	name: 'causeway_refused_writes_total',
	help: 'Records that the key of a Supplier may not feed, by kind and reason',
	labelNames: ['kind', 'reason'],
	registers: [registry]
});

/** Counts records that the key of a Supplier may not feed. */
export const countRefusedWrites = (kind: string, reason: string, records: number): void =>
	refusedWrites.inc({ kind, reason }, records);

export const countDropped = (kind: string, fields: number): void => dropped.inc({ kind }, fields);

export const observeAnswerTime = (route: string, status: number, seconds: number): void =>
	answered.observe({ route, status }, seconds);

/** Writes the metrics of a process in the text format of Prometheus. `own`: the metrics of this kind of process. */
export async function writeMetrics(own: Registry): Promise<{ text: string; type: string }> {
	const all = Registry.merge([commonRegistry, own]);
	return { text: await all.metrics(), type: all.contentType };
}

let countUnseen: (() => Promise<number>) | null = null;

/** Sets the function that counts the Alerts that no Supplier sees, whenever the metrics are read. */
export function watchUnseenAlerts(count: () => Promise<number>): void {
	countUnseen = count;
}

new Gauge({
	name: 'causeway_unseen_alerts',
	help: 'Alerts that no Supplier sees, because their Device is in no inventory or no tenure; counted up to 100000',
	registers: [registry],
	async collect() {
		// While the database cannot be reached, the gauge keeps its last value.
		const count = await countUnseen?.().catch(() => null);
		if (count != null) this.set(count);
	}
});
