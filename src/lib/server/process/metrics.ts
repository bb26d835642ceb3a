// Defines the metrics of GET /api/v1/metrics. `npm run docs:reference` lists them in docs/reference/metrics.md.
import { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } from 'prom-client';

export const registry = new Registry();
collectDefaultMetrics({ register: registry });

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

const backlog = new Gauge({
	name: 'causeway_backlog_records',
	help: 'Stored records that wait for processing, by kind (alert, service-request)',
	labelNames: ['kind'],
	registers: [registry]
});

export const setBacklog = (kind: string, records: number): void => backlog.set({ kind }, records);

export function countIngested(kind: string, accepted: number, duplicates: number, rejected: number): void {
	ingested.inc({ kind, result: 'accepted' }, accepted);
	ingested.inc({ kind, result: 'duplicate' }, duplicates);
	ingested.inc({ kind, result: 'rejected' }, rejected);
}

export const countDropped = (kind: string, fields: number): void => dropped.inc({ kind }, fields);

export const observeAnswerTime = (route: string, status: number, seconds: number): void =>
	answered.observe({ route, status }, seconds);
