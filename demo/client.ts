// Calls Causeway through its public HTTP API only, as the demo feed and as a person on call. Waits and retries while the
// server does not answer.
import { setTimeout as pause } from 'node:timers/promises';

export type Send = (path: string, body: unknown, type?: string) => Promise<void>;

interface IngestAnswer {
	rejected?: Array<{ index: number; error: string }>;
	detail?: string;
}

/** Returns a function that sends a call and retries until the server answers. Calls `warn` with one line for each problem. */
export function createClient(url: string, key: string, warn: (line: string) => void): Send {
	const call = createCaller(url, key);
	return async (path, body, type) => {
		for (let attempt = 0; ; attempt++) {
			const answer = await call<IngestAnswer>('POST', path, body, type);
			if (hasAnswered(answer)) return report(path, answer.status, answer.body);
			if (attempt === 2) warn('demo: Causeway does not answer; trying again until it does');
			await pause(Math.min(250 * 2 ** attempt, 5000));
		}
	};

	function report(path: string, status: number, { rejected = [], detail }: IngestAnswer): void {
		if (status >= 400) warn(`demo: ${path} answered ${status}: ${detail ?? ''} ${rejected[0]?.error ?? ''}`);
		else if (rejected.length > 0)
			warn(`demo: ${path} refused ${rejected.length} records, the first with: ${rejected[0]!.error}`);
	}
}

interface Reply<T> {
	status: number;
	body: T;
}

/** Calls the API. Returns `null` if no answer came. */
export type Call = <T>(
	method: 'GET' | 'POST' | 'PUT',
	path: string,
	body?: unknown,
	type?: string
) => Promise<Reply<T> | null>;

/** Returns whether the answer is final. `false`: the same call may succeed later. */
export const hasAnswered = <T>(reply: Reply<T> | null): reply is Reply<T> =>
	reply !== null && reply.status < 500 && reply.status !== 429;

export const createCaller =
	(url: string, key: string): Call =>
	async <T>(method: string, path: string, body?: unknown, type = 'application/json') => {
		try {
			const response = await fetch(`${url}/api/v1${path}`, {
				method,
				headers: {
					authorization: `Bearer ${key}`,
					...(body === undefined ? {} : { 'content-type': type })
				},
				...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
				signal: AbortSignal.timeout(20_000)
			});
			const text = await response.text();
			return { status: response.status, body: (text ? JSON.parse(text) : {}) as T };
		} catch {
			return null;
		}
	};
