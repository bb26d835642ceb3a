// Serves the preview of a route: what it would have paged in the last 30 days. Nothing is stored.
import { RoutePreview, RoutePreviewIn } from '#lib/domain/on-call/preview.ts';
import { requireSupplier } from '#lib/server/access/caller.ts';
import { jsonBody, parse, readJson } from '#lib/server/http/body.ts';
import type { Route } from '#lib/server/http/route.ts';
import type { RoutePreviews } from './preview.ts';

export const routePreviewRoutes: ReadonlyArray<Route<{ routePreviews: RoutePreviews }>> = [
	{
		method: 'POST',
		path: '/on-call/routes/preview',
		scope: 'read',
		summary: 'Count what a route would have paged in the last 30 days, without saving it',
		takes: jsonBody(RoutePreviewIn),
		gives: RoutePreview,
		async handle({ services, caller, body }) {
			const { name, ...route } = parse(RoutePreviewIn, readJson(body));
			return {
				status: 200,
				body: {
					wouldHavePaged: await services.routePreviews.of(requireSupplier(caller), route, name ?? null)
				}
			};
		}
	}
];
