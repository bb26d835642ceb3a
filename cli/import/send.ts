// Sends one call, and sends it again when the server asks for it, or when the network or the server fails.
import { setTimeout as pause } from 'node:timers/promises';
import type { Call } from './calls.ts';

const CALL_LIMIT_MS = 120_000;
const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 30_000;

export interface Target {
	url: string;
	key: string;
	/** The import gives up when no call succeeds for this time. */
	retryForMs: number;
}

export interface Outcome {
	accepted: number;
	duplicates: number;
	/** The refused records: their line, and the reason. `line` is `null`: the call as a whole was refused. */
	rejected: Array<{ line: number | null; error: string }>;
	/** The fields that the server dropped, with their count. */
	dropped: Array<{ field: string; count: number }>;
	/** Whether the server refused the call as a whole, for example because of its header row. */
	isRefused: boolean;
}

interface Answer {
	accepted?: number;
	duplicates?: number;
	rejected?: Array<{ index: number; error: string }>;
	dropped?: Array<{ field: string; count: number }>;
	detail?: string;
	errors?: Array<{ path: string; message: string }>;
}

/**
 * Sends a call until it has an answer about its records. `onWait` learns of each wait before a further try. Throws if
 * the key is refused, if the address is wrong, or if no try succeeds within the limit.
 */
export async function send(
	call: Call,
	target: Target,
	onWait: (seconds: number, why: string) => void
): Promise<Outcome> {
	const until = Date.now() + target.retryForMs;
	for (let tries = 0; ; tries++) {
		const tried = await attempt(call, target);
		if ('outcome' in tried) return tried.outcome;
		if ('split' in tried) {
			const middle = Math.ceil(call.records.length / 2);
			const halves = [part(call, 0, middle), part(call, middle, call.records.length)];
			const [one, two] = [await send(halves[0]!, target, onWait), await send(halves[1]!, target, onWait)];
			return {
				accepted: one.accepted + two.accepted,
				duplicates: one.duplicates + two.duplicates,
				rejected: [...one.rejected, ...two.rejected],
				dropped: [...one.dropped, ...two.dropped],
				isRefused: one.isRefused && two.isRefused
			};
		}
		const backoffMs = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** tries) * (0.75 + Math.random() / 2);
		const waitMs = tried.retryAfterMs ?? backoffMs;
		if (Date.now() + waitMs > until)
			throw new Error(
				`${tried.why}; no call succeeded for ${Math.round(target.retryForMs / 1000)} seconds (--retry-for)`
			);
		onWait(waitMs / 1000, tried.why);
		await pause(waitMs);
	}
}

const part = (call: Call, from: number, to: number): Call => ({
	...call,
	records: call.records.slice(from, to),
	lines: call.lines.slice(from, to)
});

type Tried = { outcome: Outcome } | { split: true } | { why: string; retryAfterMs?: number };

async function attempt(call: Call, { url, key }: Target): Promise<Tried> {
	let response: Response;
	let answer: Answer;
	try {
		response = await fetch(`${url}/api/v1${call.path}`, {
			method: 'POST',
			headers: { authorization: `Bearer ${key}`, 'content-type': call.type },
			body: call.head + call.records.join('\n'),
			signal: AbortSignal.timeout(CALL_LIMIT_MS)
		});
		answer = (await response.json().catch(() => ({}))) as Answer;
	} catch (error) {
		const { cause, message } = error as Error & { cause?: { code?: string } };
		return { why: `${url} cannot be reached (${cause?.code ?? message})` };
	}
	const { status } = response;
	const why = `${call.path} answered ${status}: ${answer.detail ?? 'no reason given'}`;
	if (answer.accepted !== undefined || answer.rejected) return { outcome: outcomeOf(call, answer) };
	if (status === 429 || status >= 500) {
		const wait = waitOf(response.headers.get('retry-after'));
		return { why, ...(wait === null ? {} : { retryAfterMs: wait }) };
	}
	if (status === 413 && call.records.length > 1) return { split: true };
	if ([401, 403, 404, 405].includes(status)) throw new Error(why);
	const reasons = (answer.errors ?? []).map((e) => (e.path ? `${e.path}: ${e.message}` : e.message));
	const error = reasons.length > 0 ? reasons.join('; ') : (answer.detail ?? `answered ${status}`);
	const isRefused = call.records.length > 1 || call.type === 'text/csv';
	const line = isRefused ? null : call.lines[0]!;
	return { outcome: { accepted: 0, duplicates: 0, rejected: [{ line, error }], dropped: [], isRefused } };
}

function outcomeOf(
	call: Call,
	{ accepted = 0, duplicates = 0, rejected = [], dropped = [] }: Answer
): Outcome {
	// The server counts the lines of a CSV in the body of the call.
	const shift = call.lines[0]! - call.head.split('\n').length;
	const inFile = (error: string): string =>
		error.replace(
			/\b(lines? )(\d+(?:(?:, | and )\d+)*)/g,
			(_, word: string, numbers: string) =>
				word + numbers.replace(/\d+/g, (number) => String(Number(number) + shift))
		);
	return {
		accepted,
		duplicates,
		rejected: rejected.map(({ index, error }) =>
			call.type === 'text/csv' && /\blines? \d/.test(error)
				? { line: null, error: inFile(error) }
				: { line: call.lines[index] ?? null, error }
		),
		dropped,
		isRefused: false
	};
}

/** Returns the wait of a Retry-After header in ms: a number of seconds, or a date. `null`: there is no such header. */
function waitOf(header: string | null): number | null {
	if (header === null) return null;
	const waitMs = /^\d+$/.test(header) ? Number(header) * 1000 : Date.parse(header) - Date.now();
	return Number.isNaN(waitMs) ? null : Math.max(0, waitMs);
}
