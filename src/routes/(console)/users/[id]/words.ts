// Writes the numbers of the page of a User, and names the outcomes of Service Requests.
import type { Outcomes } from '#lib/domain/sender.ts';

export const OUTCOME_WORDS: Record<keyof Outcomes, string> = {
	success: 'succeeded',
	failure: 'failed',
	'no-answer': 'no answer',
	'never-sent': 'refused by the DCC'
};

/** Writes a number with its noun: `1 Device`, `1,204 Devices`. */
export const count = (number: number, noun: string): string =>
	`${number.toLocaleString('en-GB')} ${noun}${number === 1 ? '' : 's'}`;

/** Writes a share in whole per cent; a share that is not zero is never written as 0 %. */
export function share(part: number, whole: number): string {
	if (whole === 0 || part === 0) return '0 %';
	const percent = Math.round((100 * part) / whole);
	if (percent === 0) return '< 1 %';
	return percent === 100 && part < whole ? '> 99 %' : `${percent} %`;
}
