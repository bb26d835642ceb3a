// Makes repeatable random numbers: the same seed gives the same sequence (mulberry32).

export interface Random {
	/** Returns a number x with 0 <= x < 1. */
	next(): number;
	/** Returns a whole number from `low` to `high`, both included. */
	whole(low: number, high: number): number;
	pick<T>(items: readonly T[]): T;
	/** Returns `true` with the probability `share` (0 to 1). */
	chance(share: number): boolean;
}

export function createRandom(seed: number): Random {
	let state = seed >>> 0;
	const next = (): number => {
		state = (state + 0x6d2b79f5) >>> 0;
		let t = state;
		t = Math.imul(t ^ (t >>> 15), t | 1);
		t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
		return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
	};
	const whole = (low: number, high: number): number => low + Math.floor(next() * (high - low + 1));
	return {
		next,
		whole,
		pick: (items) => items[whole(0, items.length - 1)]!,
		chance: (share) => next() < share
	};
}
