// Formats delays for people: short, in the unit that a controller thinks in.

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
