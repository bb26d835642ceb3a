// Sends one HTTP request of a channel. Every channel that speaks HTTP uses this function, so that one place sets the
// limits: no redirects, a limit of time, and a limit for the answer.
import {
	Agent as HttpAgent,
	request as httpRequest,
	type IncomingMessage,
	type RequestOptions
} from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { connectionProblem } from './connection-problem.ts';
import type { Targets } from '#lib/server/process/targets.ts';

export interface PostRequest {
	url: string;
	headers?: Readonly<Record<string, string>>;
	body: string | Uint8Array;
}

/**
 * The answer of the receiver, or `problem`: why no answer came, in words without the address. `again`: whether a further
 * try can help. `text`: at most 64 KiB, for the channel alone; nobody else gets it, because it may repeat secrets.
 */
export type PostAnswer =
	| { status: number; retryAfterMs: number | null; text: string }
	| { status: null; problem: string; again: boolean };

export type HttpPost = (request: PostRequest) => Promise<PostAnswer>;

/** The longest time for a request with its answer. */
export const SEND_LIMIT_MS = 10_000;
const MOST_ANSWER_BYTES = 64 * 1024;
/** An idle connection is closed after this time. */
const IDLE_MS = 15_000;
const LONGEST_RETRY_AFTER_MS = 24 * 3_600_000;

interface PostOptions {
	targets: Targets;
	now?: () => Date;
	limitMs?: number;
}

/** Opens the connections of the channels. They stay open for a while, because TLS begins slowly. */
export function openHttpPost({ targets, now = () => new Date(), limitMs = SEND_LIMIT_MS }: PostOptions) {
	const connections = { keepAlive: true, maxSockets: 8, maxFreeSockets: 2, timeout: IDLE_MS };
	const agents = { 'http:': new HttpAgent(connections), 'https:': new HttpsAgent(connections) };

	async function post(request: PostRequest): Promise<PostAnswer> {
		const url = new URL(request.url);
		const refused = targets.whyNotLiteral(url.hostname.replace(/^\[|\]$/g, ''));
		if (refused) return { status: null, ...connectionProblem(refused) };
		const limit = AbortSignal.timeout(limitMs);
		const first = await send(url, request, limit, agents[url.protocol as 'http:' | 'https:']);
		// The receiver had closed the idle connection before it read the request, so this was no try.
		const answer = first === 'stale' ? await send(url, request, limit, false) : first;
		return answer === 'stale' ? { status: null, ...connectionProblem(new Error('socket hang up')) } : answer;
	}

	/** Sends the request once. `stale`: an idle connection was closed before the first byte of an answer. */
	function send(
		url: URL,
		{ headers, body }: PostRequest,
		signal: AbortSignal,
		agent: HttpAgent | false
	): Promise<PostAnswer | 'stale'> {
		const bytes = Buffer.from(body);
		const options: RequestOptions = {
			method: 'POST',
			agent,
			signal,
			lookup: targets.lookup,
			headers: { 'user-agent': 'Causeway', ...headers, 'content-length': bytes.length }
		};
		return new Promise((done) => {
			const request = url.protocol === 'https:' ? httpsRequest(url, options) : httpRequest(url, options);
			let hasAnswer = false;
			request.once('response', (response) => {
				hasAnswer = true;
				void readText(response).then((text) => {
					const retryAfterMs = retryAfterOf(response.headers['retry-after'], now());
					done({ status: response.statusCode!, retryAfterMs, text });
				});
			});
			request.on('error', (error: NodeJS.ErrnoException) => {
				if (hasAnswer) return; // The end of the answer is missing, and its status counts.
				const isStale = request.reusedSocket && ['ECONNRESET', 'EPIPE'].includes(error.code ?? '');
				if (isStale && agent !== false) done('stale');
				else if (signal.aborted)
					done({ status: null, problem: `no answer within ${limitMs / 1000} seconds`, again: true });
				else done({ status: null, ...connectionProblem(error) });
			});
			request.end(bytes);
		});
	}

	return {
		post: post satisfies HttpPost as HttpPost,
		close(): void {
			for (const agent of Object.values(agents)) agent.destroy();
		}
	};
}

/** Reads the beginning of an answer. The status counts even if the rest is too long, or never comes. */
async function readText(response: IncomingMessage): Promise<string> {
	const chunks: Buffer[] = [];
	let size = 0;
	try {
		// To leave this loop destroys the connection, so that nobody waits for the rest.
		for await (const chunk of response as AsyncIterable<Buffer>) {
			chunks.push(chunk);
			size += chunk.length;
			if (size >= MOST_ANSWER_BYTES) break;
		}
	} catch {
		// The receiver ended the answer early.
	}
	return Buffer.concat(chunks).toString('utf8').slice(0, MOST_ANSWER_BYTES);
}

/** Reads `Retry-After`: a number of seconds, or a date. */
function retryAfterOf(header: string | undefined, now: Date): number | null {
	if (header === undefined) return null;
	const ms = /^\d+$/.test(header.trim()) ? Number(header) * 1000 : Date.parse(header) - now.getTime();
	return Number.isNaN(ms) ? null : Math.min(Math.max(ms, 0), LONGEST_RETRY_AFTER_MS);
}
