// Answers errors as RFC 9457 problems (`application/problem+json`), without a stack trace.
import type { ServerResponse } from 'node:http';
import { API_HEADERS } from './send.ts';

/** An error answer. Handlers throw a problem, and the dispatcher of the API sends the problem as the answer. */
export class Problem extends Error {
	readonly status: number;
	/** Further members of the answer. `retryAfter` (seconds), `allow` and `acceptEncoding` become headers. */
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
	410: 'Gone',
	413: 'Too large',
	415: 'Unsupported media type',
	422: 'Cannot be processed',
	429: 'Too many requests',
	500: 'Internal error',
	503: 'Not available'
};

/** Sends the problem as the answer. If an answer has already begun, the connection is ended instead. */
export function sendProblem(res: ServerResponse, problem: Problem): void {
	if (res.headersSent) return void res.destroy();
	const { retryAfter, allow, acceptEncoding, ...extra } = problem.extra;
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
		...(acceptEncoding ? { 'accept-encoding': String(acceptEncoding) } : {}),
		...API_HEADERS
	});
	res.end(text);
}
