// Builds the OpenAPI document of GET /api/v1/openapi.json from the table of routes and its zod schemas. `npm run
// docs:reference` writes docs/reference/api.md from the same table.
import { z } from 'zod';
import { createDocument, type ZodOpenApiOperationObject, type ZodOpenApiPathsObject } from 'zod-openapi';
import { CONTENT_ENCODINGS } from '#lib/server/http/content-encoding.ts';
import type { RouteDescription } from '#lib/server/http/route.ts';
import { MAX_RECORDS_PER_CALL } from '#lib/server/ingest/records.ts';
import type { Example } from './example-values.ts';
import { EXAMPLES } from './examples.ts';
import { REFUSALS, SUCCESSES, refusalsOf, successesOf } from './statuses.ts';

/** Some problems have more members, such as the `version` of a conflict. */
const Problem = z
	.looseObject({
		type: z.string(),
		title: z.string(),
		status: z.number().int(),
		detail: z.string(),
		errors: z.array(z.object({ path: z.string(), message: z.string() })).optional()
	})
	.meta({ id: 'Problem' });

const TAGS = {
	Deliver: 'Deliver Alerts, Service Requests, Devices and completeness marks',
	Read: 'Read Alerts, episodes, the feed and the cause table',
	Decide: 'Decide Alerts, and change the cause table',
	Observe: 'Observe the process'
};

const tagOf = ({ scope }: RouteDescription): keyof typeof TAGS =>
	scope === null ? 'Observe' : scope === 'ingest' ? 'Deliver' : scope === 'read' ? 'Read' : 'Decide';

/** Returns the name of a call in generated clients, such as `getAlertsById`. */
export const operationIdOf = ({ method, path }: Pick<RouteDescription, 'method' | 'path'>): string =>
	method.toLowerCase() +
	path
		.split(/[^\w{}]+/)
		.map((part) => part.replace(/^\{(\w+)\}$/, 'by-$1'))
		.join('-')
		.replace(/-+(\w)/g, (_dash, letter: string) => letter.toUpperCase());

export function openApi(routes: readonly RouteDescription[]) {
	const paths: ZodOpenApiPathsObject = {};
	for (const route of routes)
		(paths[route.path] ??= {})[route.method.toLowerCase() as 'get'] = operation(route);
	return createDocument({
		openapi: '3.1.0',
		info: {
			title: 'Causeway',
			version: '1',
			description:
				'Alerts of smart meters, the Service Requests that may have caused them, and how sure the link is.',
			license: { name: 'Apache-2.0', identifier: 'Apache-2.0' }
		},
		servers: [{ url: '/api/v1', description: 'This installation' }],
		tags: Object.entries(TAGS).map(([name, description]) => ({ name, description })),
		components: {
			securitySchemes: {
				key: { type: 'http', scheme: 'bearer', description: 'A key made with `causeway apikey create`' },
				session: {
					type: 'apiKey',
					in: 'cookie',
					name: 'better-auth.session_token',
					description: 'The session of a signed-in person; over HTTPS, the name begins with `__Secure-`'
				}
			}
		},
		paths
	});
}

function operation(route: RouteDescription): ZodOpenApiOperationObject {
	const names = [...route.path.matchAll(/\{(\w+)\}/g)].map((match) => match[1]!);
	const example = EXAMPLES[`${route.method} ${route.path}`];
	// The scope `ingest` belongs to keys only.
	const security = route.scope === 'ingest' ? [{ key: [] }] : [{ key: [] }, { session: [] }];
	return {
		operationId: operationIdOf(route),
		tags: [tagOf(route)],
		summary: route.summary,
		...(route.scope ? { security, description: `Scope: ${route.scope}` } : { security: [] }),
		requestParams: {
			...(names.length > 0
				? { path: z.object(Object.fromEntries(names.map((name) => [name, z.string()]))) }
				: {}),
			...(route.query ? { query: route.query } : {})
		},
		...(route.takes ? { requestBody: bodyOf(route.takes, example) } : {}),
		responses: { ...successes(route, example), ...refusals(route) }
	};
}

function bodyOf(takes: NonNullable<RouteDescription['takes']>, example: Example | undefined) {
	const record = takes.schema ?? z.string();
	const limits = takes.types.map((type) => `${type} ${takes.bytesOf?.[type] ?? takes.bytes} bytes`);
	return {
		required: true,
		description: `The greatest size before and after decompression: ${limits.join(', ')}. Content-Encoding may be ${CONTENT_ENCODINGS.join(', ')}.`,
		content: Object.fromEntries(
			takes.types.map((type) => {
				const text = example?.texts?.[type];
				if (type !== 'application/json')
					return [type, { schema: textBody(type), ...(text === undefined ? {} : { example: text }) }];
				const schema = takes.isList ? z.union([record, z.array(record).max(MAX_RECORDS_PER_CALL)]) : record;
				return [type, { schema, ...(example?.body === undefined ? {} : { example: example.body }) }];
			})
		)
	};
}

/** Describes a body that is text or bytes for JSON Schema. */
function textBody(type: string): z.ZodType {
	if (/ndjson$/.test(type))
		return z.string().meta({ description: `One JSON value a line, at most ${MAX_RECORDS_PER_CALL} lines` });
	if (type === 'text/csv')
		return z
			.string()
			.meta({ description: `A line of column names and at most ${MAX_RECORDS_PER_CALL} lines of records` });
	if (type === 'application/zip')
		return z
			.string()
			.meta({ description: 'A zip archive of .xml files, one DUIS message each', format: 'binary' });
	return z.string().meta({ description: 'One DUIS Response or Request message' });
}

function successes(route: RouteDescription, example: Example | undefined) {
	const answers = successesOf(route).map((status) => {
		const description = SUCCESSES[status]!;
		if (status === 204 || !(route.gives || route.givesText)) return [status, { description }];
		if (route.givesText) {
			const content = { schema: z.string(), ...(example ? { example: example.answer } : {}) };
			return [status, { description, content: { [route.givesText]: content } }];
		}
		return [status, { description, ...json(route.gives!, example?.answer) }];
	});
	return Object.fromEntries(answers) as Record<`${1 | 2 | 3 | 4 | 5}${string}`, { description: string }>;
}

const json = (schema: z.ZodType, example?: unknown) => ({
	content: { 'application/json': { schema, ...(example === undefined ? {} : { example }) } }
});

function refusals(route: RouteDescription) {
	const answers = refusalsOf(route).map((status) => [
		status,
		{
			description: REFUSALS[status]!,
			...(status === 429 || status === 503
				? {
						headers: {
							'Retry-After': {
								description: 'The seconds to wait before the next attempt',
								schema: { type: 'integer' as const }
							}
						}
					}
				: {}),
			content: { 'application/problem+json': { schema: Problem } }
		}
	]);
	return Object.fromEntries(answers) as Record<`${1 | 2 | 3 | 4 | 5}${string}`, { description: string }>;
}
