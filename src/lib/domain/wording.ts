// How delays read: short, in the unit a controller thinks in.

/** `41 s`, `12 min`, `3 h`, `5 d`. */
export function spellSeconds(seconds: number): string {
	const s = Math.abs(Math.round(seconds));
	if (s < 120) return `${s} s`;
	if (s < 7200) return `${Math.round(s / 60)} min`;
	if (s < 172_800) return `${Math.round(s / 3600)} h`;
	return `${Math.round(s / 86_400)} d`;
}

/** `41 s before the Alert`, or `12 min after it`, from Alert time minus the time of the request. */
export const spellDelta = (deltaSeconds: number): string =>
	deltaSeconds >= 0
		? `${spellSeconds(deltaSeconds)} before the Alert`
		: `${spellSeconds(deltaSeconds)} after the Alert`;
