// Says when a failed delivery is tried again, and when it is given up.

/** The waits between the tries, in seconds. Together they last about 17 minutes. */
const WAITS_SECONDS = [1, 2, 5, 10, 20, 40, 60, 120, 300, 450];
/** A wait varies by this share, so that the retries of many pages do not come at once. */
const JITTER = 0.2;
/** The tries after which a page whose event has reached nobody takes its next step at once. */
export const TRIES_BEFORE_NEXT_STEP = 3;

/**
 * Returns the wait before the next try, in seconds; `null`: the delivery is given up. `attempts`: the tries so far.
 * `afterMs`: the least wait that the receiver asked for. `random`: a number from 0 to 1.
 */
export function waitSeconds(attempts: number, random: number, afterMs = 0): number | null {
	const wait = WAITS_SECONDS[attempts - 1];
	if (wait === undefined) return null;
	const longest = WAITS_SECONDS.at(-1)!;
	return Math.max(wait * (1 + JITTER * (2 * random - 1)), Math.min(afterMs / 1000, longest));
}
