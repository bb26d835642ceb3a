// Lists every route of the API. api.ts serves calls by this list, and openapi.ts describes the routes.
import { z } from 'zod';
import { causeTableRoutes } from '#lib/server/cause-table/cause-table-routes.ts';
import { termRoutes } from '#lib/server/cause-table/terms.ts';
import { decisionRoutes } from '#lib/server/decisions/decision-routes.ts';
import { commentRoutes } from '#lib/server/desk/comment-routes.ts';
import { deskRoutes } from '#lib/server/desk/desk-routes.ts';
import { viewRoutes } from '#lib/server/desk/view-routes.ts';
import { disagreementRoutes } from '#lib/server/desk/disagreement-routes.ts';
import { historyRoutes } from '#lib/server/desk/history-routes.ts';
import { episodeRoutes } from '#lib/server/episodes/episode-routes.ts';
import { deviceRoutes } from '#lib/server/feed/device-routes.ts';
import { alertRoutes } from '#lib/server/feed/read-routes.ts';
import { facetRoutes } from '#lib/server/feed/facet-routes.ts';
import { senderRoutes } from '#lib/server/feed/sender-routes.ts';
import { Problem } from '#lib/server/http/problem.ts';
import type { Route } from '#lib/server/http/route.ts';
import { completenessRoutes } from '#lib/server/ingest/completeness-routes.ts';
import { feedRoutes } from '#lib/server/ingest/feed-routes.ts';
import { ingestRoutes } from '#lib/server/ingest/ingest-routes.ts';
import { refusedWriteRoutes } from '#lib/server/ingest/refused-write-routes.ts';
import { installationRoutes } from '#lib/server/installation/installation-routes.ts';
import { learnedRoutes } from '#lib/server/learning/learned-routes.ts';
import { onCallApi } from '#lib/server/on-call/on-call.ts';
import { standingRoutes } from '#lib/server/standing-decisions/standing-routes.ts';
import { refuseMetrics } from '#lib/server/process/metrics-access.ts';
import { registry, writeMetrics } from '#lib/server/process/metrics.ts';
import { bulkRoutes } from '#lib/server/selections/bulk-routes.ts';
import { selectionRoutes } from '#lib/server/selections/selection-routes.ts';
import type { WebServices } from '#lib/server/services.ts';
import { openApi } from './openapi.ts';

const operations: ReadonlyArray<Route<WebServices>> = [
	{
		method: 'GET',
		path: '/openapi.json',
		scope: null,
		gives: z.looseObject({ openapi: z.string() }),
		summary: 'Describe the API as an OpenAPI document',
		handle: async () => ({ status: 200, body: openApi(routes) })
	},
	{
		method: 'GET',
		path: '/livez',
		scope: null,
		gives: z.object({ status: z.literal('live') }),
		summary: 'Check that the process answers',
		handle: async () => ({ status: 200, body: { status: 'live' } })
	},
	{
		method: 'GET',
		path: '/readyz',
		scope: null,
		gives: z.object({
			status: z.enum(['ready', 'degraded', 'not ready']),
			record: z.boolean(),
			redis: z.boolean()
		}),
		summary: 'Check that the database answers',
		async handle({ services }) {
			const [database, redis] = [await services.isReady(), services.redis.isReady];
			return {
				status: database ? 200 : 503,
				body: { status: database ? (redis ? 'ready' : 'degraded') : 'not ready', record: database, redis }
			};
		}
	},
	{
		method: 'GET',
		path: '/metrics',
		scope: null,
		givesText: 'text/plain',
		refuses: [401, 403],
		summary: 'Read the metrics in the text format of Prometheus; with METRICS_TOKEN, or from this machine',
		async handle({ services, req }) {
			const refusal = refuseMetrics(req, services.config);
			if (refusal) throw new Problem(refusal.status, refusal.reason);
			return { status: 200, ...(await writeMetrics(registry)) };
		}
	}
];

export const routes: ReadonlyArray<Route<WebServices>> = [
	...ingestRoutes,
	...completenessRoutes,
	...feedRoutes,
	...refusedWriteRoutes,
	// Before the Alerts, because `facets` also fits the place of an id.
	...facetRoutes,
	...alertRoutes,
	...deviceRoutes,
	...senderRoutes,
	...decisionRoutes,
	...deskRoutes,
	...commentRoutes,
	...disagreementRoutes,
	...viewRoutes,
	...historyRoutes,
	...bulkRoutes,
	...selectionRoutes,
	...standingRoutes,
	...episodeRoutes,
	...causeTableRoutes,
	...termRoutes,
	...learnedRoutes,
	...installationRoutes,
	...onCallApi,
	...operations
];
