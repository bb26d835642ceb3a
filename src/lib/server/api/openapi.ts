// Builds the OpenAPI document of GET /api/v1/openapi.json from the table of routes and its zod schemas. `npm run
// docs:reference` writes docs/reference/api.md from the same table.
import { z } from 'zod';
import { createDocument, type ZodOpenApiOperationObject, type ZodOpenApiPathsObject } from 'zod-openapi';
import type { RouteDescription } from '#lib/server/http/route.ts';

const Problem = z
	.object({
		type: z.string(),
		title: z.string(),
		status: z.number(),
		detail: z.string(),
		errors: z.array(z.object({ path: z.string(), message: z.string() })).optional()
	})
	.meta({ id: 'Problem' });

const METHODS = { GET: 'get', POST: 'post', PUT: 'put', DELETE: 'delete' } as const;

export function openApi(routes: readonly RouteDescription[]) {
	const paths: ZodOpenApiPathsObject = {};
	for (const route of routes) (paths[route.path] ??= {})[METHODS[route.method]] = operation(route);
	return createDocument({
		openapi: '3.1.0',
		info: {
			title: 'Causeway',
			version: '1',
			description:
				'Alerts of smart meters, the Service Requests that may have caused them, and how sure the link is.'
		},
		servers: [{ url: '/api/v1' }],
		components: { securitySchemes: { key: { type: 'http', scheme: 'bearer' } } },
		paths
	});
}

function operation(route: RouteDescription): ZodOpenApiOperationObject {
	const names = [...route.path.matchAll(/\{(\w+)\}/g)].map((match) => match[1]!);
	const takes = route.takes?.schema ?? z.string();
	return {
		summary: route.summary,
		...(route.scope ? { security: [{ key: [] }], description: `Scope: ${route.scope}` } : { security: [] }),
		requestParams: {
			...(names.length > 0
				? { path: z.object(Object.fromEntries(names.map((name) => [name, z.string()]))) }
				: {}),
			...(route.query ? { query: route.query as z.ZodObject } : {})
		},
		...(route.takes
			? {
					requestBody: {
						required: true,
						content: Object.fromEntries(route.takes.types.map((type) => [type, { schema: takes }]))
					}
				}
			: {}),
		responses: {
			'2XX': {
				description: 'The call succeeded',
				...(route.gives ? { content: { 'application/json': { schema: route.gives } } } : {})
			},
			default: {
				description: 'The call failed; `detail` says why',
				content: { 'application/problem+json': { schema: Problem } }
			}
		}
	};
}
