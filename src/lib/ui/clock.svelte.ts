// The time as the server has it: ages and "stale since" must not depend on the clock of a desk.
export class Clock {
	/** Epoch milliseconds, by the server's clock; ticks each second. */
	now = $state(0);
	readonly #offset: number;

	constructor(serverNow: number) {
		this.now = serverNow;
		this.#offset = serverNow - Date.now();
	}

	start(): () => void {
		const timer = setInterval(() => (this.now = Date.now() + this.#offset), 1000);
		return () => clearInterval(timer);
	}

	/** The time to the millisecond, not only to the tick. */
	exact(): number {
		return Date.now() + this.#offset;
	}
}
