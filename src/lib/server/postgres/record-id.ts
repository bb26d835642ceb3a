// Ids of stored records: 63 bits, ordered by time, so that the weekly partition of a row follows from its id.
// 41 bits of milliseconds since 2020, 10 bits for the process, 12 bits of counter.
const EPOCH = Date.UTC(2020, 0, 1);

/** The smallest id that can be given at `at` (epoch milliseconds). */
export const firstIdAt = (at: number): bigint => BigInt(Math.max(0, at - EPOCH)) << 22n;

/** Clocks may be wrong, but not by more than this (ms). */
const CLOCKS = 86_400_000;

/**
 * The least id that an Alert of this time (epoch milliseconds) can have: it was kept when it was raised or later, however
 * wrong the clocks. A bound on ids leaves the partitions of other weeks alone. With one
 * on the other side too, a plan made for a small table takes all ids between for few, and reads those.
 */
export const leastIdSince = (at: number): bigint => firstIdAt(Math.min(at, Date.now()) - CLOCKS);

/** Epoch milliseconds at which `id` was given. */
export const timeOfId = (id: bigint): number => Number(id >> 22n) + EPOCH;

/** The lowest and the highest of these ids: partitions beyond them are left alone. */
export const reachOf = (ids: readonly bigint[]): [bigint, bigint] => [
	ids.reduce((a, b) => (a < b ? a : b)),
	ids.reduce((a, b) => (a > b ? a : b))
];

/**
 * Of an update that joins: the Alerts of these ids ($n) alone, each found by its key, in the partitions of their reach.
 * Joined by the reach alone, all that lies between the first and the last is read.
 */
export const ofThese = (table: string, ids: string, low: string, high: string): string =>
	`${table}.alert_id = any(${ids}::bigint[]) and ${table}.alert_id between ${low} and ${high}`;

/** Makes an id source; `process` is a number from 0 to 1023 that differs between processes that run at once. */
export function createIds(process: number, now: () => number = Date.now): () => bigint {
	let last = 0;
	let counter = 0;
	return () => {
		const at = Math.max(now(), last); // a clock set back must not repeat an id
		if (at > last) counter = 0;
		else if (++counter > 4095) {
			counter = 0;
			last = at + 1;
			return make(last, counter);
		}
		last = at;
		return make(at, counter);
	};
	function make(at: number, count: number): bigint {
		return firstIdAt(at) | BigInt(process << 12) | BigInt(count);
	}
}
