// Defines the calls of the API that list, store and delete routes.
import { z } from 'zod';
import { OnCallName } from '#lib/domain/on-call/name.ts';
import { RoutePreview } from '#lib/domain/on-call/preview.ts';
import { Route, RouteIn } from '#lib/domain/on-call/route.ts';
import { requireSupplier } from '#lib/server/access/caller.ts';
import { jsonBody, parse, readJson } from '#lib/server/http/body.ts';
import { Problem } from '#lib/server/http/problem.ts';
import type { Route as ApiRoute } from '#lib/server/http/route.ts';
import type { RoutePreviews } from './preview.ts';
import type { Missing, Routes } from './routes.ts';

interface RouteServices {
	onCallRoutes: Routes;
	routePreviews: RoutePreviews;
}

const SavedRoute = Route.extend(RoutePreview.shape).meta({ id: 'SavedRoute' });

export const onCallRouteRoutes: ReadonlyArray<ApiRoute<RouteServices>> = [
	{
		method: 'GET',
		path: '/on-call/routes',
		scope: 'read',
		summary: 'List the routes in their order',
		gives: z.object({ items: z.array(Route) }),
		handle: async ({ services, caller }) => ({
			status: 200,
			body: { items: await services.onCallRoutes.list(requireSupplier(caller)) }
		})
	},
	{
		method: 'PUT',
		path: '/on-call/routes/{name}',
		scope: 'manage',
		refuses: [422],
		summary:
			'Store a route: which Alerts page whom. The answer says what it would have paged in the last 30 days',
		takes: jsonBody(RouteIn),
		gives: SavedRoute,
		async handle({ services, caller, params, body }) {
			const supplierId = requireSupplier(caller);
			const name = parse(OnCallName, params['name']);
			const route = parse(RouteIn, readJson(body));
			refuseMissing(await services.onCallRoutes.put(supplierId, name, route, caller.name));
			const stored = (await services.onCallRoutes.list(supplierId)).find((route) => route.name === name);
			if (!stored) throw new Problem(404, 'Somebody has deleted the route');
			return {
				status: 200,
				body: { ...stored, wouldHavePaged: await services.routePreviews.of(supplierId, route, name) }
			};
		}
	},
	{
		method: 'DELETE',
		path: '/on-call/routes/{name}',
		scope: 'manage',
		succeeds: [204],
		refuses: [404],
		summary: 'Delete a route; its open pages go on',
		async handle({ services, caller, params }) {
			// A text that is no name is the name of no route.
			const name = OnCallName.safeParse(params['name']);
			if (!name.success || !(await services.onCallRoutes.remove(requireSupplier(caller), name.data)))
				throw new Problem(404, 'No such route');
			return { status: 204 };
		}
	}
];

function refuseMissing({ rotas, channels, needsRota }: Missing): void {
	const errors = [
		...rotas.map((name) => ({ path: 'rota', message: `there is no rota "${name}"; add it first` })),
		...channels.map((name) => ({ path: 'channels', message: `there is no channel "${name}"; add it first` })),
		...(needsRota
			? [
					{
						path: 'rota',
						message: 'is missing: the channels reach the person on call, and only a rota says who that is'
					}
				]
			: [])
	];
	if (errors.length > 0) throw new Problem(422, 'The route would reach nobody; see errors', { errors });
}
