// Serves the API under /api/v1: finds the route of a call, checks the caller, and turns errors into problems.
import type { IncomingMessage, ServerResponse } from 'node:http';
import { requireCaller } from '#lib/server/access/caller.ts';
import { loggedPath } from '#lib/server/http/logged-path.ts';
import { acceptedType } from '#lib/server/http/media-type.ts';
import { Problem, sendProblem } from '#lib/server/http/problem.ts';
import { checkQuery } from '#lib/server/http/query.ts';
import { readBody } from '#lib/server/http/read-body.ts';
import type { Caller, Reply, Route } from '#lib/server/http/route.ts';
import { API_HEADERS, sendJson } from '#lib/server/http/send.ts';
import { NoIdsError } from '#lib/server/postgres/id-leases.ts';
import { observeAnswerTime } from '#lib/server/process/metrics.ts';
import type { WebServices } from '#lib/server/services.ts';
import { routes } from './routes.ts';

const PREFIX = '/api/v1';
/** The caller of a route that is open to everybody. */
const ANONYMOUS: Caller = {
	supplierId: null,
	scopes: [],
	role: null,
	keyId: null,
	id: 'nobody',
	name: 'nobody'
};

interface Matcher {
	route: Route<WebServices>;
	pattern: RegExp;
	names: string[];
}

const matchers: Matcher[] = routes.map((route) => {
	const names = [...route.path.matchAll(/\{(\w+)\}/g)].map((match) => match[1]!);
	return {
		route,
		names,
		pattern: new RegExp(`^${route.path.replaceAll('.', '\\.').replace(/\{\w+\}/g, '([^/]+)')}$`)
	};
});

/** Serves a call under /api/v1. Returns `false` for any other path. */
export function serveApi(services: WebServices, req: IncomingMessage, res: ServerResponse): boolean {
	const url = req.url ?? '/';
	if (!url.startsWith(`${PREFIX}/`)) return false;
	void answer(services, req, res, url).catch((error: unknown) => {
		services.log.error(
			{ error: error instanceof Error ? error.stack : String(error), path: loggedPath(url) },
			'an API call failed'
		);
		sendProblem(
			res,
			new Problem(
				500,
				'The server could not answer this call; its log has the details. Treat the call as not stored, and send it again'
			)
		);
	});
	return true;
}

async function answer(
	services: WebServices,
	req: IncomingMessage,
	res: ServerResponse,
	url: string
): Promise<void> {
	const begin = performance.now();
	let name = 'unknown';
	try {
		const [path, search] = split(url);
		const { route, params } = find(req.method ?? 'GET', path);
		name = route.path;
		const caller =
			route.scope === null ? ANONYMOUS : await requireCaller(services, req, route.action ?? route.scope);
		const query = new URLSearchParams(search);
		checkQuery(route.query, query);
		const { body, type } = await bodyOf(req, route);
		const reply = await route.handle({
			services,
			caller,
			params,
			query,
			body,
			type,
			req,
			res
		});
		if (reply) send(res, reply);
	} catch (error) {
		const problem = error instanceof Problem ? error : asOutage(error);
		if (!problem) throw error;
		sendProblem(res, problem);
	} finally {
		observeAnswerTime(name, res.statusCode, (performance.now() - begin) / 1000);
	}
}

/** Reads the body of a call. A route without a body ignores it. */
async function bodyOf(
	req: IncomingMessage,
	{ takes }: Route<WebServices>
): Promise<{ body: Buffer; type: string }> {
	if (!takes) return { body: Buffer.alloc(0), type: '' };
	const type = acceptedType(req, takes.types);
	const body = await readBody(req, takes.bytesOf?.[type] ?? takes.bytes);
	if (body.length === 0) throw new Problem(400, 'The body is empty; send the call again with its body');
	return { body, type };
}

function send(res: ServerResponse, reply: NonNullable<Reply>): void {
	if ('text' in reply)
		res.writeHead(reply.status, { 'content-type': reply.type, ...API_HEADERS }).end(reply.text);
	else if (reply.body === undefined) res.writeHead(reply.status, API_HEADERS).end();
	else sendJson(res, reply.status, reply.body);
}

function find(method: string, path: string): { route: Route<WebServices>; params: Record<string, string> } {
	const allowed: string[] = [];
	for (const { route, pattern, names } of matchers) {
		const match = pattern.exec(path);
		if (!match) continue;
		if (route.method === method || (method === 'HEAD' && route.method === 'GET'))
			return { route, params: Object.fromEntries(names.map((name, i) => [name, decode(match[i + 1]!)])) };
		allowed.push(route.method);
	}
	if (allowed.length > 0)
		throw new Problem(405, `This path accepts only ${allowed.join(', ')}`, { allow: allowed.join(', ') });
	throw new Problem(404, 'This path does not exist; GET /api/v1/openapi.json lists all paths');
}

function split(url: string): [path: string, search: string] {
	const at = url.indexOf('?');
	return at < 0 ? [url.slice(PREFIX.length), ''] : [url.slice(PREFIX.length, at), url.slice(at + 1)];
}

function decode(part: string): string {
	try {
		return decodeURIComponent(part);
	} catch {
		throw new Problem(404, 'This path does not exist: its percent-encoding is not valid');
	}
}

/**
 * Returns a 503 problem if PostgreSQL cannot be reached, is starting or stopping, or lacks resources. Returns `null` if
 * the error has another cause.
 */
function asOutage(error: unknown): Problem | null {
	const code = (error as { code?: string } | null)?.code ?? '';
	const isOutage =
		error instanceof NoIdsError ||
		/^(ECONN|EPIPE|ETIMEDOUT|ENOTFOUND)/.test(code) ||
		/^(57P0|08|53)/.test(code) ||
		/Connection terminated|timeout exceeded when trying to connect/.test(String(error));
	return isOutage
		? new Problem(
				503,
				'The database cannot be reached. Treat the call as not stored, and send it again in 2 seconds',
				{ retryAfter: 2 }
			)
		: null;
}
