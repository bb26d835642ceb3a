// Holds the pause that a person asked for. The list follows again by itself, so that nobody forgets a paused list.
import type { Clock } from '#lib/ui/clock.svelte.ts';

/** How long a pause lasts at most (ms). */
const MOST_MS = 5 * 60_000;
/** How long before its end the pause warns (ms). */
const WARNING_MS = 20_000;

export class Pause {
	/** When the person paused the list (epoch ms). `null`: the list is not paused by the person. */
	#sinceMs = $state<number | null>(null);
	readonly #clock: Clock;

	constructor(clock: Clock) {
		this.#clock = clock;
	}

	get isOn(): boolean {
		return this.#sinceMs !== null;
	}

	get elapsedSeconds(): number {
		return this.#sinceMs === null ? 0 : Math.max(0, Math.floor((this.#clock.now - this.#sinceMs) / 1000));
	}

	/** The seconds until the list follows again, near the end of the pause. `null`: the end is not near. */
	get endsInSeconds(): number | null {
		const left = MOST_MS / 1000 - this.elapsedSeconds;
		return this.isOn && left <= WARNING_MS / 1000 ? Math.max(0, left) : null;
	}

	toggle(): void {
		this.#sinceMs = this.isOn ? null : this.#clock.preciseNow();
	}

	/** Ends a pause that has lasted long enough. */
	endIfOver(): void {
		if (this.endsInSeconds === 0) this.#sinceMs = null;
	}
}
