// Writes delays for people, short and in the unit that a controller thinks in, and writes texts as sentences.

/** Writes a duration without its sign: `41 s`, `12 min`, `3 h` or `5 d`. */
export function formatSeconds(seconds: number): string {
	const s = Math.abs(Math.round(seconds));
	if (s < 120) return `${s} s`;
	if (s < 7200) return `${Math.round(s / 60)} min`;
	if (s < 172_800) return `${Math.round(s / 3600)} h`;
	return `${Math.round(s / 86_400)} d`;
}

/**
 * Writes a delay as `41 s before the Alert` or `12 min after the Alert`. `deltaSeconds` is the Alert's time minus the
 * request's time.
 */
export const formatDelta = (deltaSeconds: number): string =>
	`${formatSeconds(deltaSeconds)} ${deltaSeconds >= 0 ? 'before' : 'after'} the Alert`;

/**
 * Writes a text as a sentence, with a capital letter and a full stop. Stored explanations and cause tables of older
 * versions hold texts that are no sentences.
 */
export const asSentence = (text: string): string =>
	text === '' ? '' : `${text.charAt(0).toUpperCase()}${text.slice(1)}${/[.!?]$/.test(text) ? '' : '.'}`;

/** Writes a sentence as a clause inside another sentence. A word in capital letters, such as `DCC`, stays as it is. */
export const asClause = (text: string): string =>
	text.replace(/^[A-Z](?=[a-z]|\s)/, (first) => first.toLowerCase()).replace(/[.\s]+$/, '');
