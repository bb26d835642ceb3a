// Sends JSON answers over plain node:http, with the headers that every API answer carries.
import type { ServerResponse } from 'node:http';

/** Headers of every API answer: no cache stores it, and no browser guesses its media type. */
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
