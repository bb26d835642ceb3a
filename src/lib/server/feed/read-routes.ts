// Serves the reads of a Supplier: Alerts, timelines of Devices, the feed and exports.
import { z } from 'zod';
import { AlertFilters } from '#lib/domain/alert-filter.ts';
import { Alert } from '#lib/domain/alert.ts';
import { Eui64, Instant } from '#lib/domain/eui64.ts';
import { AlertPage, FeedPage } from '#lib/domain/live-events.ts';
import { Timeline } from '#lib/domain/timeline.ts';
import { requireSupplier } from '#lib/server/access/caller.ts';
import { recordIdIn } from '#lib/server/http/path-params.ts';
import { Problem } from '#lib/server/http/problem.ts';
import { readQuery } from '#lib/server/http/query.ts';
import type { Call, Route } from '#lib/server/http/route.ts';
import type { AlertReader } from './alert-reader.ts';
import { exportAlerts } from './export.ts';
import { resolvedFor } from './resolved-filters.ts';
import type { Timelines } from './timeline.ts';

const FeedQuery = z.object({
	after: z.coerce.number().int().min(0).max(Number.MAX_SAFE_INTEGER).default(0),
	limit: z.coerce.number().int().min(1).max(500).default(500)
});
const DAY_MS = 86_400_000;
/**
 * The query of a timeline. Without `to`, the timeline ends now. Without `from`, the timeline begins one day before its
 * end.
 */
const TimelineQuery = z.object({ from: Instant.optional(), to: Instant.optional() });

export interface ReadServices {
	alerts: AlertReader;
	timeline: Timelines;
}

const filtersOf = ({ caller, query }: Pick<Call<ReadServices>, 'caller' | 'query'>): AlertFilters =>
	resolvedFor(caller, readQuery(AlertFilters, query));

export const alertRoutes: ReadonlyArray<Route<ReadServices>> = [
	{
		method: 'GET',
		path: '/alerts',
		scope: 'read',
		summary: 'List Alerts',
		query: AlertFilters,
		gives: AlertPage,
		handle: async (call) => ({
			status: 200,
			body: await call.services.alerts.page(requireSupplier(call.caller), filtersOf(call))
		})
	},
	{
		method: 'GET',
		path: '/alerts/{id}',
		scope: 'read',
		summary: 'Read one Alert',
		gives: Alert,
		async handle(call) {
			const id = recordIdIn(call.params, 'Alert');
			const alert = await call.services.alerts.one(requireSupplier(call.caller), id);
			if (!alert) throw new Problem(404, 'No such Alert');
			return { status: 200, body: alert };
		}
	},
	{
		method: 'GET',
		path: '/devices/{id}/timeline',
		scope: 'read',
		summary: 'Read the timeline of a Device: its Alerts, Service Requests and tenures',
		query: TimelineQuery,
		gives: Timeline,
		async handle(call) {
			const device = Eui64.safeParse(call.params['id']);
			const { from, to } = readQuery(TimelineQuery, call.query);
			const end = to ? new Date(to) : new Date();
			const begin = from ? new Date(from) : new Date(end.getTime() - DAY_MS);
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
		refuses: [410],
		summary: 'Read the entries of the feed after a feed number; the numbers have no gap',
		query: FeedQuery,
		gives: FeedPage,
		async handle(call) {
			const { after, limit } = readQuery(FeedQuery, call.query);
			const page = await call.services.alerts.feed(requireSupplier(call.caller), after, limit);
			if (!page)
				throw new Problem(
					410,
					'The feed no longer reaches back that far; read GET /api/v1/alerts and continue from its head'
				);
			return { status: 200, body: page };
		}
	},
	{
		method: 'GET',
		path: '/exports/alerts.csv',
		scope: 'read',
		givesText: 'text/csv',
		summary: 'Export Alerts as CSV',
		query: AlertFilters,
		handle: (call) => exportAlerts(call, filtersOf(call), 'csv')
	},
	{
		method: 'GET',
		path: '/exports/alerts.ndjson',
		scope: 'read',
		givesText: 'application/x-ndjson',
		summary: 'Export Alerts as NDJSON',
		query: AlertFilters,
		handle: (call) => exportAlerts(call, filtersOf(call), 'ndjson')
	}
];
