// What a Supplier reads and decides: Alerts, timelines, the feed, exports.
import { z } from 'zod';
import { AlertFilters } from '#lib/domain/alert-filter.ts';
import { Alert } from '#lib/domain/alert.ts';
import { BulkDecisionIn, DecisionIn, DecisionResult } from '#lib/domain/decision.ts';
import { EpisodeDecisionIn } from '#lib/domain/episode.ts';
import { Eui64, Instant } from '#lib/domain/eui64.ts';
import { AlertPage, FeedPage } from '#lib/domain/live-events.ts';
import { Precedents } from '#lib/domain/precedent.ts';
import { Timeline } from '#lib/domain/timeline.ts';
import type { Call, Reply, Route } from './api.ts';
import { requireSupplier } from './caller.ts';
import { exportAlerts } from './export.ts';
import { Problem, jsonBody, parse, readJson, readQuery } from './http.ts';

const FeedQuery = z.object({
	after: z.coerce.number().int().min(0).max(Number.MAX_SAFE_INTEGER).default(0),
	limit: z.coerce.number().int().min(1).max(500).default(500)
});
const TimelineQuery = z.object({ from: Instant.optional(), to: Instant.optional() });
/** Ids of the record: positive 63-bit numbers as decimal strings. */
export const RecordId = z
	.string()
	.regex(/^\d{1,19}$/)
	.refine((id) => BigInt(id) < 2n ** 63n);

export const alertRoutes: readonly Route[] = [
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
			const alert = RecordId.safeParse(call.params['id']).success
				? await call.services.alerts.one(requireSupplier(call.caller), call.params['id']!)
				: null;
			if (!alert) throw new Problem(404, 'No such Alert');
			return { status: 200, body: alert };
		}
	},
	{
		method: 'GET',
		path: '/alerts/{id}/precedents',
		scope: 'read',
		summary: 'What people decided before on the same pattern, the rarer verdict first',
		gives: Precedents,
		async handle(call) {
			const precedents = RecordId.safeParse(call.params['id']).success
				? await call.services.precedents.of(requireSupplier(call.caller), call.params['id']!)
				: null;
			if (!precedents) throw new Problem(404, 'No such Alert');
			return { status: 200, body: precedents };
		}
	},
	{
		method: 'POST',
		path: '/alerts/{id}/decision',
		scope: 'decide',
		summary: 'Decide one Alert, or reopen it',
		takes: jsonBody(DecisionIn),
		gives: Alert,
		handle: decideOne
	},
	{
		method: 'POST',
		path: '/decisions',
		scope: 'decide',
		summary: 'Decide several Alerts at once',
		takes: jsonBody(BulkDecisionIn),
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
	}
];

async function decideOne(call: Call): Promise<Reply> {
	const supplierId = requireSupplier(call.caller);
	const input = parse(DecisionIn, readJson(call.body));
	const id = call.params['id']!;
	if (!RecordId.safeParse(id).success) throw new Problem(404, 'No such Alert');
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

/** Several Alerts by id and version, or the members of one episode. */
async function decideMany(call: Call): Promise<Reply> {
	const supplierId = requireSupplier(call.caller);
	const body = readJson(call.body);
	if (typeof body === 'object' && body !== null && 'episode' in body)
		return decideEpisode(call, supplierId, body);
	const { items, verdict, reason, note } = parse(BulkDecisionIn, body);
	const known = items.filter((item) => RecordId.safeParse(item.id).success);
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

async function decideEpisode(call: Call, supplierId: number, body: unknown): Promise<Reply> {
	const { reason, note, ...input } = parse(EpisodeDecisionIn, body);
	const outcome = await call.services.decisions.decideEpisode(supplierId, {
		...input,
		reason: reason ?? null,
		note: note ?? null,
		by: call.caller
	});
	if (!outcome) throw new Problem(404, 'No such episode');
	return { status: 200, body: { done: outcome.done.map((alert) => alert.id), conflicts: outcome.conflicts } };
}
