// Every route of the API: method, path, scope, shapes, and the handler behind it.
import { z } from 'zod';
import { AlertFilters } from '#lib/domain/alert-filter.ts';
import { Alert, AlertIn } from '#lib/domain/alert.ts';
import { BulkDecisionIn, DecisionIn, DecisionResult } from '#lib/domain/decision.ts';
import { DeviceIn } from '#lib/domain/device.ts';
import { Eui64, Instant } from '#lib/domain/eui64.ts';
import { AlertPage, FeedPage } from '#lib/domain/live-events.ts';
import { ServiceRequestIn } from '#lib/domain/service-request.ts';
import { Timeline } from '#lib/domain/timeline.ts';
import type { Call, Reply, Route } from './api.ts';
import { requireSupplier } from './caller.ts';
import { exportAlerts } from './export.ts';
import { Problem, parse } from './http.ts';
import {
	CompletenessIn,
	IngestResult,
	ingestAlerts,
	ingestDevices,
	ingestDevicesCsv,
	ingestDuis,
	ingestServiceRequests
} from './ingest.ts';
import { registry } from './metrics.ts';
import { openApi } from './openapi.ts';

const JSON_TYPES = ['application/json', 'application/x-ndjson', 'application/ndjson'];
const CSV_TYPES = [...JSON_TYPES, 'text/csv'];
const MEGABYTE = 1024 * 1024;
const batch = (types: readonly string[], schema: z.ZodType) => ({ types, bytes: 8 * MEGABYTE, schema });
const json = (schema: z.ZodType) => ({ types: ['application/json'], bytes: 256 * 1024, schema });

const FeedQuery = z.object({
	after: z.coerce.number().int().min(0).max(Number.MAX_SAFE_INTEGER).default(0),
	limit: z.coerce.number().int().min(1).max(500).default(500)
});
const TimelineQuery = z.object({ from: Instant.optional(), to: Instant.optional() });
const AlertId = z
	.string()
	.regex(/^\d{1,19}$/)
	.refine((id) => BigInt(id) < 2n ** 63n);

export const routes: readonly Route[] = [
	{
		method: 'POST',
		path: '/alerts',
		scope: 'ingest',
		summary: 'Keep Alerts: one, an array, or NDJSON',
		takes: batch(JSON_TYPES, AlertIn),
		gives: IngestResult,
		handle: ({ services, caller, body, type }) => ingestAlerts(services, caller, body, type)
	},
	{
		method: 'POST',
		path: '/service-requests',
		scope: 'ingest',
		summary: 'Keep Service Requests: one, an array, NDJSON or CSV',
		takes: batch(CSV_TYPES, ServiceRequestIn),
		gives: IngestResult,
		handle: ({ services, body, type }) => ingestServiceRequests(services, body, type)
	},
	{
		method: 'POST',
		path: '/service-requests/completeness',
		scope: 'ingest',
		summary: 'Say up to when the audit data of a source is complete',
		takes: json(CompletenessIn),
		async handle({ services, body }) {
			const { source, completeUntil } = parse(CompletenessIn, readJson(body));
			await services.completeness.mark(source, completeUntil);
			return { status: 204 };
		}
	},
	{
		method: 'POST',
		path: '/duis',
		scope: 'ingest',
		summary: 'Keep one DUIS Response or Request message',
		takes: { types: ['application/xml', 'text/xml'], bytes: MEGABYTE },
		handle: ({ services, caller, body }) => ingestDuis(services, caller, body)
	},
	{
		method: 'POST',
		path: '/devices',
		scope: 'ingest',
		summary: 'Keep Devices with hub and tenures: one, an array, NDJSON or CSV',
		takes: batch(CSV_TYPES, DeviceIn),
		gives: IngestResult,
		handle: ({ services, caller, body, type }) =>
			type === 'text/csv'
				? ingestDevicesCsv(services, caller, body)
				: ingestDevices(services, caller, body, type)
	},
	{
		method: 'GET',
		path: '/alerts',
		scope: 'read',
		summary: 'List Alerts',
		query: AlertFilters,
		gives: AlertPage,
		handle: async (call) => ({
			status: 200,
			body: await call.services.alerts.page(requireSupplier(call.caller), readQuery(AlertFilters, call.query))
		})
	},
	{
		method: 'GET',
		path: '/alerts/{id}',
		scope: 'read',
		summary: 'Read one Alert',
		gives: Alert,
		async handle(call) {
			const alert = AlertId.safeParse(call.params['id']).success
				? await call.services.alerts.one(requireSupplier(call.caller), call.params['id']!)
				: null;
			if (!alert) throw new Problem(404, 'No such Alert');
			return { status: 200, body: alert };
		}
	},
	{
		method: 'POST',
		path: '/alerts/{id}/decision',
		scope: 'decide',
		summary: 'Decide one Alert, or reopen it',
		takes: json(DecisionIn),
		gives: Alert,
		handle: decideOne
	},
	{
		method: 'POST',
		path: '/decisions',
		scope: 'decide',
		summary: 'Decide several Alerts at once',
		takes: json(BulkDecisionIn),
		gives: DecisionResult,
		handle: decideMany
	},
	{
		method: 'GET',
		path: '/devices/{id}/timeline',
		scope: 'read',
		summary: 'Alerts, Service Requests and tenures of a Device',
		query: TimelineQuery,
		gives: Timeline,
		async handle(call) {
			const device = Eui64.safeParse(call.params['id']);
			const { from, to } = readQuery(TimelineQuery, call.query);
			const end = to ? new Date(to) : new Date();
			const begin = from ? new Date(from) : new Date(end.getTime() - 24 * 3_600_000);
			const supplierId = requireSupplier(call.caller);
			const items = device.success
				? await call.services.timeline.of(supplierId, device.data, begin, end)
				: null;
			if (!items) throw new Problem(404, 'No such Device');
			return { status: 200, body: { items } };
		}
	},
	{
		method: 'GET',
		path: '/feed',
		scope: 'read',
		summary: 'What changed after a sequence number, gapless',
		query: FeedQuery,
		gives: FeedPage,
		async handle(call) {
			const { after, limit } = readQuery(FeedQuery, call.query);
			const page = await call.services.alerts.feed(requireSupplier(call.caller), after, limit);
			if (!page)
				throw new Problem(
					410,
					'The feed no longer reaches back that far; load GET /api/v1/alerts and go on from its head'
				);
			return { status: 200, body: page };
		}
	},
	{
		method: 'GET',
		path: '/exports/alerts.csv',
		scope: 'read',
		summary: 'Alerts as CSV',
		query: AlertFilters,
		handle: (call) => exportAlerts(call, readQuery(AlertFilters, call.query), 'csv')
	},
	{
		method: 'GET',
		path: '/exports/alerts.ndjson',
		scope: 'read',
		summary: 'Alerts as NDJSON',
		query: AlertFilters,
		handle: (call) => exportAlerts(call, readQuery(AlertFilters, call.query), 'ndjson')
	},
	{
		method: 'GET',
		path: '/openapi.json',
		scope: null,
		summary: 'This description',
		handle: async () => ({ status: 200, body: openApi(routes) })
	},
	{
		method: 'GET',
		path: '/livez',
		scope: null,
		summary: 'The process answers',
		handle: async () => ({ status: 200, body: { status: 'live' } })
	},
	{
		method: 'GET',
		path: '/readyz',
		scope: null,
		summary: 'The record answers',
		async handle({ services }) {
			const [record, push] = [await services.isReady(), services.redis.isReady];
			return {
				status: record ? 200 : 503,
				body: { status: record ? (push ? 'ready' : 'degraded') : 'not ready', record, redis: push }
			};
		}
	},
	{
		method: 'GET',
		path: '/metrics',
		scope: null,
		summary: 'Figures, from this machine only',
		async handle({ req }) {
			if (!/^(127\.|::1$|::ffff:127\.)/.test(req.socket.remoteAddress ?? ''))
				throw new Problem(404, 'There is nothing here');
			return { status: 200, text: await registry.metrics(), type: registry.contentType };
		}
	}
];

async function decideOne(call: Call): Promise<Reply> {
	const supplierId = requireSupplier(call.caller);
	const input = parse(DecisionIn, readJson(call.body));
	const id = call.params['id']!;
	if (!AlertId.safeParse(id).success) throw new Problem(404, 'No such Alert');
	const { verdict, reason, note, version } = input;
	const { done, conflicts } = await call.services.decisions.decide(supplierId, {
		items: [{ id, version }],
		verdict,
		reason: reason ?? null,
		note: note ?? null,
		by: call.caller
	});
	if (done[0]) return { status: 200, body: done[0] };
	if (conflicts[0]?.version == null) throw new Problem(404, 'No such Alert');
	throw new Problem(409, 'The Alert has changed since you read it; look again and decide', {
		version: conflicts[0].version
	});
}

async function decideMany(call: Call): Promise<Reply> {
	const supplierId = requireSupplier(call.caller);
	const { items, verdict, reason, note } = parse(BulkDecisionIn, readJson(call.body));
	const known = items.filter((item) => AlertId.safeParse(item.id).success);
	const unknown = items
		.filter((item) => !known.includes(item))
		.map((item) => ({ id: item.id, version: null }));
	const { done, conflicts } = await call.services.decisions.decide(supplierId, {
		items: known,
		verdict,
		reason: reason ?? null,
		note: note ?? null,
		by: call.caller
	});
	return {
		status: 200,
		body: { done: done.map((alert) => alert.id), conflicts: [...conflicts, ...unknown] }
	};
}

function readJson(body: Buffer): unknown {
	try {
		return JSON.parse(body.toString('utf8'));
	} catch {
		throw new Problem(400, 'The body is not JSON');
	}
}

/** A query as an object; a repeated name becomes a list. */
function readQuery<T>(schema: z.ZodType<T>, query: URLSearchParams): T {
	const values: Record<string, string | string[]> = Object.create(null) as Record<string, string | string[]>;
	for (const name of new Set(query.keys())) {
		const all = query.getAll(name);
		values[name] = all.length === 1 ? all[0]! : all;
	}
	return parse(schema, { ...values });
}
