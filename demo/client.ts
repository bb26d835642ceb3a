// How the demo feed speaks to Causeway: its public HTTP API and nothing else. It waits while the server is away.
import { setTimeout as pause } from 'node:timers/promises';

export type Send = (path: string, body: unknown, type?: string) => Promise<void>;

interface IngestAnswer {
	rejected?: Array<{ index: number; error: string }>;
	detail?: string;
}

/** Returns a sender that tries again until the call is answered; `tell` gets one plain line for each trouble. */
export function createClient(url: string, key: string, tell: (line: string) => void): Send {
	return async (path, body, type = 'application/json') => {
		for (let attempt = 0; ; attempt++) {
			const answer = await call(path, body, type);
			if (answer && answer.status < 500 && answer.status !== 429)
				return report(path, answer.status, answer.body);
			if (attempt === 2) tell('demo: Causeway does not answer; waiting for it');
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
		if (status >= 400) tell(`demo: ${path} answers ${status}: ${detail ?? ''} ${rejected[0]?.error ?? ''}`);
		else if (rejected.length > 0) tell(`demo: ${path} refused ${rejected.length}: ${rejected[0]!.error}`);
	}
}
