// Makes docs/reference/api.md from the table of routes, its OpenAPI document and the scopes.
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { SCOPES, type Scope } from '#lib/domain/access.ts';
import { EXAMPLES } from '#lib/server/api/examples.ts';
import { openApi } from '#lib/server/api/openapi.ts';
import { routes } from '#lib/server/api/routes.ts';
import { REFUSALS, SUCCESSES, refusalsOf, successesOf } from '#lib/server/api/statuses.ts';
import { CONTENT_ENCODINGS } from '#lib/server/http/content-encoding.ts';
import type { RouteDescription } from '#lib/server/http/route.ts';
import { code, codes, head, page, table } from './markdown.ts';
import { acceptedBy, fieldsOf, type Schema } from './json-schema.ts';

const SCOPE_PURPOSES: Record<Scope, { title: string; allows: string }> = {
	ingest: { title: 'Deliver records', allows: 'deliver Alerts, Service Requests and Devices' },
	read: { title: 'Read', allows: 'read the Alerts, episodes and cause tables of one Supplier' },
	decide: { title: 'Decide', allows: 'decide Alerts; people in some roles also change the cause table' },
	manage: {
		title: 'Set up on call and standing decisions',
		allows:
			'change the channels, rotas and routes of on call, propose, activate and end standing decisions, and change the hours of shifts'
	}
};

/** Every status code that the server answers. `apiPage` fails if the code uses a status that is not here. */
const STATUSES: Record<number, string> = { ...SUCCESSES, ...REFUSALS };

/** A status that more calls than this have is not listed call by call. */
const MAX_LISTED_CALLS = 6;

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
	responses: Record<string, { content?: Record<string, { schema: Schema }> }>;
}

const document = openApi(routes) as unknown as {
	paths: Record<string, Record<string, Operation>>;
	components: { schemas: Record<string, Schema> };
};

const callOf = (route: RouteDescription): string => `${route.method} ${route.path}`;
const operationOf = (route: RouteDescription): Operation =>
	document.paths[route.path]![route.method.toLowerCase()]!;
/** The schemas of the objects that a JSON body may be. */
const bodiesOf = (route: RouteDescription): Schema[] => {
	const schema = operationOf(route).requestBody?.content['application/json']?.schema;
	return schema ? [...(schema.anyOf ?? [schema])].filter(({ type }) => type !== 'array') : [];
};
const queryOf = (route: RouteDescription) =>
	(operationOf(route).parameters ?? []).filter((parameter) => parameter.in === 'query');

export function apiPage(project: string): string {
	requireKnownStatuses(project);
	return page(
		head('API'),
		`All paths begin with ${code('/api/v1')}. A running instance describes every call and every field at ${code('GET /api/v1/openapi.json')} (OpenAPI 3.1).`,
		`Tools make a client from this document, such as ${code('npx openapi-typescript openapi.json --default-non-nullable false')}. This option lets a body leave out a field that has a default.`,
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
			Object.entries(STATUSES).map(([status, meaning]) => [status, meaning, callsWith(Number(status))])
		),
		'## Rules for bodies',
		`A body is UTF-8, and may be compressed with Content-Encoding ${codes(CONTENT_ENCODINGS)}. The limits hold for the bytes that arrive and for the bytes after decompression. A text must not have a NUL character or half of a surrogate pair.`,
		'## Ids',
		'An EUI-64 may be written with dashes, with colons or without separators, in upper or lower case. The server stores and answers upper case with dashes. A RequestID is `originator:target:counter`. Its EUI-64 may have colons too, because an EUI-64 has a fixed number of hex pairs.',
		'## Query parameters',
		'A parameter that the call does not know is refused with 400, and so is a parameter without a value. A list has commas between its values; a list of models, of firmware or of areas repeats its parameter.',
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
		'The server stores no field that is not listed here. It drops other fields, and the answer of a delivery counts them under `dropped`. For DUIS, a dropped field is an XML element whose text the server does not read, or an element of another namespace, such as a signature. The answer gives names, and never a value. A field that is not required may be absent. [csv.md](csv.md) describes the same fields as columns of a CSV.',
		...fieldTables(
			routes.flatMap((route) => {
				return bodiesOf(route).flatMap((schema) => {
					const fields = fieldsOf(schema, document.components.schemas);
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
				});
			}),
			'Field'
		),
		'## Examples',
		...examples()
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

function callsWith(status: number): string {
	const calls = routes.filter((route) => [...successesOf(route), ...refusalsOf(route)].includes(status));
	if (calls.length === 0 || calls.length === routes.length) return 'all';
	return calls.length > MAX_LISTED_CALLS ? `${calls.length} calls` : codes(calls.map(callOf));
}

/** The examples of the calls, as JSON blocks. */
function examples(): string[] {
	return routes.flatMap((route) => {
		const example = EXAMPLES[callOf(route)];
		if (!example) return [];
		const block = (value: unknown) =>
			typeof value === 'string'
				? `\`\`\`text\n${value.trimEnd()}\n\`\`\``
				: `\`\`\`json\n${JSON.stringify(value, null, 2)}\n\`\`\``;
		return [
			`### ${code(callOf(route))}`,
			...(example.body === undefined ? [] : ['Body:', block(example.body)]),
			...Object.entries(example.texts ?? {}).flatMap(([type, text]) => [`Body as ${type}:`, block(text)]),
			...(example.answer === undefined ? [] : [`Answer ${successesOf(route)[0]}:`, block(example.answer)])
		];
	});
}

function answerText(route: RouteDescription): string {
	const schema = operationOf(route).responses[successesOf(route)[0]!]!.content?.['application/json']?.schema;
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
