// Sends JSON answers over plain node:http, with the headers that every API answer carries.
import type { ServerResponse } from 'node:http';

/**
 * The headers of every API answer. These headers stop caches from storing the answer, and browsers from guessing its
 * media type.
 */
export const API_HEADERS = { 'cache-control': 'no-store', 'x-content-type-options': 'nosniff' };

export function sendJson(res: ServerResponse, status: number, body: unknown): void {
	const text = JSON.stringify(body);
	res.writeHead(status, {
		'content-type': 'application/json; charset=utf-8',
		'content-length': Buffer.byteLength(text),
		...API_HEADERS
	});
	res.end(text);
}
