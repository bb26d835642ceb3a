// Makes docs/reference/api.md from the table of routes, its OpenAPI document and the scopes.
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { SCOPES, type Scope } from '#lib/domain/access.ts';
import { openApi } from '#lib/server/api/openapi.ts';
import { routes } from '#lib/server/api/routes.ts';
import { CONTENT_ENCODINGS } from '#lib/server/http/content-encoding.ts';
import type { RouteDescription } from '#lib/server/http/route.ts';
import { code, codes, head, page, table } from './markdown.ts';
import { acceptedBy, fieldsOf, type Schema } from './json-schema.ts';

const SCOPE_PURPOSES: Record<Scope, { title: string; allows: string }> = {
	ingest: { title: 'Deliver records', allows: 'deliver Alerts, Service Requests and Devices' },
	read: { title: 'Read', allows: 'read the Alerts, episodes and cause tables of one Supplier' },
	decide: { title: 'Decide', allows: 'decide Alerts; people in some roles also change the cause table' }
};

/** Every status code that the server answers. `apiPage` fails if the code uses a status that is not here. */
const STATUSES: Record<number, { meaning: string; calls: string }> = {
	200: { meaning: 'The answer is in the body.', calls: 'reads and decisions' },
	201: {
		meaning: 'A new draft was saved, or a source was registered.',
		calls: '`POST /cause-table`, `PUT /service-requests/completeness/{source}`'
	},
	202: {
		meaning: 'The records are stored, or the replay is queued.',
		calls: 'delivery of records, `POST /cause-table/{version}/what-if`'
	},
	204: {
		meaning: 'Done. The answer has no body.',
		calls: 'completeness marks and sources, reviews of learned patterns'
	},
	400: { meaning: 'The body or a parameter is wrong. `errors` names the fields.', calls: 'all with input' },
	401: { meaning: 'The key or session is missing or unknown.', calls: 'all with a scope' },
	403: {
		meaning: 'The scope, the role or the origin of the page is not allowed.',
		calls: 'all with a scope'
	},
	404: { meaning: 'There is no such path or object, or another Supplier owns it.', calls: 'all' },
	405: { meaning: 'The path does not accept this method. `Allow` names the right ones.', calls: 'all' },
	409: {
		meaning: 'The object has changed, or a message with this id and other content is stored.',
		calls: 'decisions, cause table, delivery of records'
	},
	410: {
		meaning: 'The feed no longer reaches back to this number. Load `GET /alerts` instead.',
		calls: '`GET /feed`'
	},
	413: { meaning: 'The body is too large. Send it in several calls.', calls: 'all with a body' },
	415: { meaning: 'The Content-Type or Content-Encoding is not accepted.', calls: 'all with a body' },
	429: {
		meaning: 'More of your records are waiting than your share. Wait for `Retry-After`.',
		calls: 'Alerts, Service Requests, DUIS'
	},
	500: { meaning: 'The server failed. The log has the details.', calls: 'all' },
	503: {
		meaning: 'The database does not answer, or too many records are waiting. Wait for `Retry-After`.',
		calls: 'all'
	}
};

const MEDIA_NAMES: Record<string, string> = {
	'application/json': 'JSON',
	'application/x-ndjson': 'NDJSON',
	'application/ndjson': 'NDJSON',
	'text/csv': 'CSV',
	'application/xml': 'XML',
	'text/xml': 'XML',
	'application/zip': 'zip'
};

interface Operation {
	parameters?: ReadonlyArray<{ in: string; name: string; required?: boolean; schema: Schema }>;
	requestBody?: { content: Record<string, { schema: Schema }> };
	responses: { '2XX': { content?: Record<string, { schema: Schema }> } };
}

const document = openApi(routes) as unknown as {
	paths: Record<string, Record<string, Operation>>;
	components: { schemas: Record<string, Schema> };
};

const callOf = (route: RouteDescription): string => `${route.method} ${route.path}`;
const operationOf = (route: RouteDescription): Operation =>
	document.paths[route.path]![route.method.toLowerCase()]!;
const bodyOf = (route: RouteDescription): Schema | undefined =>
	Object.values(operationOf(route).requestBody?.content ?? {})[0]?.schema;
const queryOf = (route: RouteDescription) =>
	(operationOf(route).parameters ?? []).filter((parameter) => parameter.in === 'query');

export function apiPage(project: string): string {
	requireKnownStatuses(project);
	return page(
		head('API'),
		`All paths begin with ${code('/api/v1')}. A running instance describes every call and every field at ${code('GET /api/v1/openapi.json')} (OpenAPI 3.1).`,
		`A program sends ${code('Authorization: Bearer KEY')}. [${code('apikey create')}](cli.md#apikey-create) makes the key. A browser sends the session of a signed-in person, who may read and decide for one Supplier.`,
		`Errors are ${code('application/problem+json')} (RFC 9457): ${code('detail')} says what happened and what to do.`,
		'The column Answer names the schema or the fields of the JSON answer. It is empty where the OpenAPI document describes none.',
		'## Scopes',
		table(
			['Scope', 'A key with this scope can'],
			SCOPES.map((scope) => [code(scope), SCOPE_PURPOSES[scope].allows])
		),
		...SCOPES.flatMap((scope) => [
			`## ${SCOPE_PURPOSES[scope].title}`,
			`These calls need the scope ${code(scope)}.`,
			callTable(routes.filter((route) => route.scope === scope))
		]),
		'## Observe',
		'These calls need no key.',
		callTable(routes.filter((route) => route.scope === null)),
		'## Status codes',
		table(
			['Status', 'Meaning', 'Calls'],
			Object.entries(STATUSES).map(([status, { meaning, calls }]) => [status, meaning, calls])
		),
		'## Rules for bodies',
		`A body is UTF-8, and may be compressed with Content-Encoding ${codes(CONTENT_ENCODINGS)}. The limits hold for the bytes that arrive and for the bytes after decompression. A text must not have a NUL character or half of a surrogate pair.`,
		'## Ids',
		'An EUI-64 may be written with dashes, with colons or without separators, in upper or lower case. The server stores and answers upper case with dashes. A RequestID is `originator:target:counter`. Its EUI-64 may have colons too, because an EUI-64 has a fixed number of hex pairs.',
		'## Query parameters',
		'A parameter that the call does not know is refused with 400, and so is a parameter without a value. A list has commas between its values.',
		...fieldTables(
			routes.flatMap((route) => {
				const parameters = queryOf(route);
				return parameters.length === 0
					? []
					: [
							{
								route,
								rows: parameters.map(({ name, required, schema }) => [
									code(name),
									acceptedBy(schema),
									required ? 'yes' : ''
								])
							}
						];
			}),
			'Parameter'
		),
		'## Bodies',
		'The server stores no field that is not listed here. It drops other fields, and the answer of a delivery counts them under `dropped`. A field that is not required may be absent. [csv.md](csv.md) describes the same fields as columns of a CSV.',
		...fieldTables(
			routes.flatMap((route) => {
				const schema = bodyOf(route);
				const fields = schema && fieldsOf(schema, document.components.schemas);
				return fields
					? [
							{
								route,
								rows: fields.map(({ name, isRequired, accepts }) => [
									code(name),
									accepts,
									isRequired ? 'yes' : ''
								])
							}
						]
					: [];
			}),
			'Field'
		)
	);
}

function callTable(shown: readonly RouteDescription[]): string {
	const hasBodies = shown.some((route) => route.takes);
	const hasQueries = shown.some((route) => route.query);
	return table(
		['Call', 'Purpose', ...(hasBodies ? ['Body'] : []), ...(hasQueries ? ['Query'] : []), 'Answer'],
		shown.map((route) => [
			code(callOf(route)),
			route.summary,
			...(hasBodies ? [bodyText(route)] : []),
			...(hasQueries ? [queryOf(route).length > 0 ? 'yes' : ''] : []),
			answerText(route)
		])
	);
}

function bodyText({ takes }: RouteDescription): string {
	if (!takes) return '';
	const limits = Map.groupBy(takes.types, (type) => takes.bytesOf?.[type] ?? takes.bytes);
	return [...limits]
		.map(([bytes, types]) => {
			const names = [...new Set(types.map((type) => MEDIA_NAMES[type] ?? type))];
			const size = bytes >= 1024 * 1024 ? `${bytes / (1024 * 1024)} MiB` : `${bytes / 1024} KiB`;
			return `${names.join(', ')}; at most ${size}`;
		})
		.join('; ');
}

function answerText(route: RouteDescription): string {
	const schema = operationOf(route).responses['2XX'].content?.['application/json']?.schema;
	if (!schema) return '';
	if (schema.$ref) return acceptedBy(schema);
	const fields = Object.keys(schema.properties ?? {});
	return fields.length > 3 ? `${codes(fields.slice(0, 3))} and more` : codes(fields);
}

/** One table for all calls that have the same fields. */
function fieldTables(
	described: ReadonlyArray<{ route: RouteDescription; rows: string[][] }>,
	column: string
): string[] {
	const byFields = Map.groupBy(described, ({ rows }) => JSON.stringify(rows));
	return [...byFields.values()].flatMap((group) => [
		`### ${group.map(({ route }) => code(callOf(route))).join(', ')}`,
		table([column, 'Accepts', 'Required'], group[0]!.rows)
	]);
}

/** Throws if the server code answers a status that `STATUSES` does not explain, or if it no longer uses one of them. */
function requireKnownStatuses(project: string): void {
	const used = new Set<number>();
	for (const file of globSync('src/lib/server/**/*.ts', { cwd: project })) {
		const source = readFileSync(join(project, file), 'utf8');
		for (const [, condition] of source.matchAll(/(?:new Problem\(|\bstatus: |\brefused: )([^,;}]*)/g))
			for (const [status] of condition!.matchAll(/\b[2-5]\d\d\b/g)) used.add(Number(status));
	}
	const unknown = [...used].filter((status) => !STATUSES[status]);
	const unused = Object.keys(STATUSES).filter((status) => !used.has(Number(status)));
	if (unknown.length + unused.length > 0)
		throw new Error(
			`STATUSES in docs/reference/pages/api.ts must gain ${unknown.join(', ') || 'nothing'} and lose ${unused.join(', ') || 'nothing'}`
		);
}
