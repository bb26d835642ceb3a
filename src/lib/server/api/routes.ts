// Every route of the API, by what it is for. The table serves the calls and describes them (openapi.ts).
import { alertRoutes } from '#lib/server/feed/read-routes.ts';
import { causeTableRoutes } from '#lib/server/cause-table/cause-table-routes.ts';
import { decisionRoutes } from '#lib/server/decisions/decision-routes.ts';
import { episodeRoutes } from '#lib/server/episodes/episode-routes.ts';
import { Problem } from '#lib/server/http/problem.ts';
import { ingestRoutes } from '#lib/server/ingest/ingest-routes.ts';
import { learnedRoutes } from '#lib/server/learning/learned-routes.ts';
import { registry } from '#lib/server/process/metrics.ts';
import { openApi } from './openapi.ts';
import type { Route } from '#lib/server/http/route.ts';
import type { WebServices } from '#lib/server/services.ts';

const operations: ReadonlyArray<Route<WebServices>> = [
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

export const routes: ReadonlyArray<Route<WebServices>> = [
	...ingestRoutes,
	...alertRoutes,
	...decisionRoutes,
	...episodeRoutes,
	...causeTableRoutes,
	...learnedRoutes,
	...operations
];
