// Plain node:http for the API: bodies read with limits, answers as JSON, errors as RFC 9457 problems without a trace.
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { z } from 'zod';

export interface FieldError {
	path: string;
	message: string;
}

/** An answer that is not a success; thrown by handlers, turned into `application/problem+json` in one place. */
export class Problem extends Error {
	readonly status: number;
	readonly extra: Record<string, unknown>;
	constructor(status: number, detail: string, extra: Record<string, unknown> = {}) {
		super(detail);
		this.status = status;
		this.extra = extra;
	}
}

const TITLES: Record<number, string> = {
	400: 'Bad input',
	401: 'Not signed in',
	403: 'Not allowed',
	404: 'Not found',
	405: 'Method not allowed',
	409: 'Conflict',
	413: 'Too large',
	415: 'Unsupported media type',
	422: 'Cannot be processed',
	429: 'Too many requests',
	500: 'Internal error',
	503: 'Not available'
};

export function sendJson(res: ServerResponse, status: number, body: unknown): void {
	const text = JSON.stringify(body);
	res.writeHead(status, {
		'content-type': 'application/json; charset=utf-8',
		'content-length': Buffer.byteLength(text),
		...SAFE
	});
	res.end(text);
}

export function sendProblem(res: ServerResponse, problem: Problem): void {
	if (res.headersSent) return void res.destroy();
	const { retryAfter, allow, ...extra } = problem.extra;
	const text = JSON.stringify({
		type: 'about:blank',
		title: TITLES[problem.status] ?? 'Error',
		status: problem.status,
		detail: problem.message,
		...extra
	});
	res.writeHead(problem.status, {
		'content-type': 'application/problem+json; charset=utf-8',
		'content-length': Buffer.byteLength(text),
		...(retryAfter ? { 'retry-after': String(retryAfter) } : {}),
		...(allow ? { allow: String(allow) } : {}),
		...(problem.status === 401 ? { 'www-authenticate': 'Bearer' } : {}),
		...(problem.status === 413 ? { connection: 'close' } : {}),
		...SAFE
	});
	res.end(text);
}

/** Headers of every API answer: nothing is cached, sniffed or framed. */
export const SAFE = { 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' };

export const fieldErrors = (error: z.ZodError, prefix = ''): FieldError[] =>
	error.issues.map((issue) => ({
		path: [...(prefix ? [prefix] : []), ...issue.path].join('.'),
		message: issue.message
	}));

/** Parses with a schema; throws a 400 that names every bad field. */
export function parse<T>(schema: z.ZodType<T>, value: unknown): T {
	const result = schema.safeParse(value);
	if (result.success) return result.data;
	throw new Problem(400, 'Some fields do not fit', { errors: fieldErrors(result.error) });
}

/** The media type in lower case, without parameters. */
export const mediaType = (req: IncomingMessage): string =>
	(req.headers['content-type'] ?? '').split(';')[0]!.trim().toLowerCase();

/** Reads the whole body, at most `limit` bytes, whatever Content-Length says. */
export async function readBody(req: IncomingMessage, limit: number): Promise<Buffer> {
	const encoding = req.headers['content-encoding'];
	if (encoding && encoding !== 'identity')
		throw new Problem(415, `Content-Encoding ${encoding} is not taken; send the body as it is`);
	const tooLarge = () => new Problem(413, `The body is larger than ${limit} bytes; send it in several calls`);
	if (Number(req.headers['content-length'] ?? 0) > limit) throw tooLarge();
	const chunks: Buffer[] = [];
	let size = 0;
	for await (const chunk of req as AsyncIterable<Buffer>) {
		size += chunk.length;
		if (size > limit) throw tooLarge();
		chunks.push(chunk);
	}
	return Buffer.concat(chunks);
}

/** A route that takes one JSON object. */
export const jsonBody = (schema: z.ZodType) => ({ types: ['application/json'], bytes: 256 * 1024, schema });

/** The body as JSON; a Problem (400) where it is none. */
export function readJson(body: Buffer): unknown {
	try {
		return JSON.parse(body.toString('utf8'));
	} catch {
		throw new Problem(400, 'The body is not JSON');
	}
}

/** A query as an object; a repeated name becomes a list. */
export function readQuery<T>(schema: z.ZodType<T>, query: URLSearchParams): T {
	const values: Record<string, string | string[]> = Object.create(null) as Record<string, string | string[]>;
	for (const name of new Set(query.keys())) {
		const all = query.getAll(name);
		values[name] = all.length === 1 ? all[0]! : all;
	}
	return parse(schema, { ...values });
}
