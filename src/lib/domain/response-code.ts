// Reads DUIS Response Codes: whether the command reached the Device, and how the command ended. I0 means success, I99
// an acknowledgement. E1 to E13 and E19 mean that the DCC refused the request. E20, E21 and E30 mean a time-out.

export type Outcome =
	| 'success'
	/** The command failed at the Device, or after it reached the Device. */
	| 'failure'
	/** The DCC gave up, or no response has arrived yet. The Device may have acted on the command. */
	| 'no-answer'
	/**
	 * The DCC refused the request. The Device never received the request, so the request cannot have caused an Alert.
	 */
	| 'never-sent';

const TIMED_OUT = new Set(['E20', 'E21', 'E30']);
const REFUSED = new Set([...Array.from({ length: 13 }, (_, i) => `E${i + 1}`), 'E19']);

/**
 * Returns the outcome that a response code means. `null`: no response is known. A code in no list is a failure if the
 * code begins with E, and otherwise a success.
 */
export function outcomeOf(responseCode: string | null): Outcome {
	const code = responseCode?.toUpperCase().replace(/^E0+(?=\d{1,2}$)/, 'E');
	if (!code || code === 'I99' || TIMED_OUT.has(code)) return 'no-answer';
	if (REFUSED.has(code)) return 'never-sent';
	return code.startsWith('E') ? 'failure' : 'success';
}

/** Writes the outcome as a clause of a sentence about the Service Request. `null`: no response is known. */
export function outcomeText(responseCode: string | null): string {
	if (responseCode === null) return 'no response has arrived yet';
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
