// Gives the time of the server, because ages and "stale since" must not depend on the clock of the person's computer.
export class Clock {
	/** The time of the server's clock (epoch ms), updated once a second. */
	now = $state(0);
	readonly #offsetMs: number;

	constructor(serverNow: number) {
		this.now = serverNow;
		this.#offsetMs = serverNow - Date.now();
	}

	start(): () => void {
		const timer = setInterval(() => (this.now = Date.now() + this.#offsetMs), 1000);
		return () => clearInterval(timer);
	}

	/** Returns the time of the server's clock at the moment of the call (epoch ms), not at the last update. */
	preciseNow(): number {
		return Date.now() + this.#offsetMs;
	}
}
