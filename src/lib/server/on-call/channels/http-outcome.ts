// Turns the answer of an HTTP receiver into the result of a try. All channels that speak HTTP share these rules.
import type { Outcome } from './channel.ts';
import type { PostAnswer } from './http-post.ts';

/** Refusals that a later try may not get: a timeout, an early request, and too many requests. */
const AGAIN: ReadonlySet<number> = new Set([408, 425, 429]);

/** What a person does about a status. */
const REMEDIES: Readonly<Record<number, string>> = {
	401: 'check the secret',
	403: 'check the secret and the rights',
	404: 'check the address',
	405: 'check the address',
	410: 'the receiver has ended this address; enter a new one'
};

/** `accepted`: the state of a message that the receiver accepted. */
export function outcomeOf(answer: PostAnswer, accepted: 'sent' | 'delivered' = 'delivered'): Outcome {
	if (answer.status === null)
		return { state: 'failed', status: null, error: answer.problem, again: answer.again };
	const { status, retryAfterMs } = answer;
	if (status >= 200 && status < 300) return { state: accepted, status };
	return {
		state: 'failed',
		status,
		error: wordsOf(status),
		again: status >= 500 || AGAIN.has(status),
		...(retryAfterMs === null ? {} : { afterMs: retryAfterMs })
	};
}

function wordsOf(code: number): string {
	if (code >= 300 && code < 400)
		return `the receiver answered ${code}, a redirect; enter the address to which it leads`;
	const remedy = REMEDIES[code];
	return `the receiver answered ${code}${remedy ? `; ${remedy}` : ''}`;
}
