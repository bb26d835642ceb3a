// What a Response Code says about the Device: did the command reach it, and how did it end.
// DUIS response codes: I0 success, I99 acknowledged, E1..E13 and E19 refused by the DCC, E20/E21/E30 time-outs.

export type Outcome =
	| 'success'
	/** Failed at the Device, or after it was reached. */
	| 'failure'
	/** No answer: the DCC gave up, or nothing has come yet. The Device may have acted. */
	| 'no-answer'
	/** Refused at the DCC: the Device never saw it, so it can have caused nothing. */
	| 'never-sent';

const TIMED_OUT = new Set(['E20', 'E21', 'E30']);
const REFUSED = new Set([...Array.from({ length: 13 }, (_, i) => `E${i + 1}`), 'E19']);

export function outcomeOf(responseCode: string | null): Outcome {
	const code = responseCode?.toUpperCase().replace(/^E0+(?=\d{1,2}$)/, 'E');
	if (!code || code === 'I99' || TIMED_OUT.has(code)) return 'no-answer';
	if (REFUSED.has(code)) return 'never-sent';
	return code.startsWith('E') ? 'failure' : 'success';
}

/** How an outcome reads in a sentence about the Service Request. */
export function outcomeText(responseCode: string | null): string {
	if (responseCode === null) return 'no response yet';
	switch (outcomeOf(responseCode)) {
		case 'success':
			return `it succeeded (${responseCode})`;
		case 'failure':
			return `it failed (${responseCode})`;
		case 'no-answer':
			return `the Device did not answer (${responseCode})`;
		case 'never-sent':
			return `the DCC refused it (${responseCode})`;
	}
}
