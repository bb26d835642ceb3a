// Writes the numbers of the page of a User, and names the outcomes of Service Requests.
import type { Outcomes } from '#lib/domain/sender.ts';
import * as messages from '#messages/users.ts';

export const OUTCOME_WORDS: Record<keyof Outcomes, () => string> = {
	success: messages.outcome_success,
	failure: messages.outcome_failure,
	'no-answer': messages.outcome_no_answer,
	'never-sent': messages.outcome_never_sent
};

/** Writes a share in whole per cent; a share that is not zero is never written as 0 %. */
export function share(part: number, whole: number): string {
	if (whole === 0 || part === 0) return '0 %';
	const percent = Math.round((100 * part) / whole);
	if (percent === 0) return '< 1 %';
	return percent === 100 && part < whole ? '> 99 %' : `${percent} %`;
}
