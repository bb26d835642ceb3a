// Sends the demo feed to Causeway through its public HTTP API only. Waits and retries while the server does not answer.
import { setTimeout as pause } from 'node:timers/promises';

export type Send = (path: string, body: unknown, type?: string) => Promise<void>;

interface IngestAnswer {
	rejected?: Array<{ index: number; error: string }>;
	detail?: string;
}

/** Returns a function that sends a call and retries until the server answers. Calls `warn` with one line for each problem. */
export function createClient(url: string, key: string, warn: (line: string) => void): Send {
	return async (path, body, type = 'application/json') => {
		for (let attempt = 0; ; attempt++) {
			const answer = await call(path, body, type);
			if (answer && answer.status < 500 && answer.status !== 429)
				return report(path, answer.status, answer.body);
			if (attempt === 2) warn('demo: Causeway does not answer; trying again until it does');
			await pause(Math.min(250 * 2 ** attempt, 5000));
		}
	};

	async function call(
		path: string,
		body: unknown,
		type: string
	): Promise<{ status: number; body: IngestAnswer } | null> {
		try {
			const response = await fetch(`${url}/api/v1${path}`, {
				method: 'POST',
				headers: { authorization: `Bearer ${key}`, 'content-type': type },
				body: typeof body === 'string' ? body : JSON.stringify(body),
				signal: AbortSignal.timeout(20_000)
			});
			const text = await response.text();
			return { status: response.status, body: text ? (JSON.parse(text) as IngestAnswer) : {} };
		} catch {
			return null;
		}
	}

	function report(path: string, status: number, { rejected = [], detail }: IngestAnswer): void {
		if (status >= 400) warn(`demo: ${path} answered ${status}: ${detail ?? ''} ${rejected[0]?.error ?? ''}`);
		else if (rejected.length > 0)
			warn(`demo: ${path} refused ${rejected.length} records, the first with: ${rejected[0]!.error}`);
	}
}
