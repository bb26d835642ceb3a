// Notices when so many Alerts change that nobody could read the rows one by one.

/** The list counts instead of adding rows above this number of changes a second. */
const MOST_PER_SECOND = 500;
/** The flood ends when the rate stays below this number a second... */
const CALM_PER_SECOND = 250;
/** ...for this time (ms), so that the list does not change its ways twice a second. */
const CALM_MS = 5000;
/** The rate is an average over this time (ms). */
const WINDOW_MS = 2000;

export class Flood {
	/** The number of changes in each batch, and when it arrived (ms). The oldest batch comes first. */
	#batches: Array<{ at: number; changes: number }> = [];
	#isOn = false;
	/** The last instant at which the rate was not calm (ms). */
	#busyAt = -Infinity;

	/** Notes `changes` changes at the instant `now` (ms, of a clock that never goes back). */
	note(changes: number, now: number): void {
		this.#batches.push({ at: now, changes });
		this.check(now);
	}

	/** Returns the number of changes a second of the last two seconds. */
	perSecond(now: number): number {
		this.#batches = this.#batches.filter(({ at }) => at > now - WINDOW_MS);
		return this.#batches.reduce((sum, { changes }) => sum + changes, 0) / (WINDOW_MS / 1000);
	}

	/** Returns whether there is a flood at the instant `now`. Call it at least once a second. */
	check(now: number): boolean {
		const rate = this.perSecond(now);
		if (rate > CALM_PER_SECOND) this.#busyAt = now;
		if (rate > MOST_PER_SECOND) this.#isOn = true;
		else if (now - this.#busyAt >= CALM_MS) this.#isOn = false;
		return this.#isOn;
	}
}
