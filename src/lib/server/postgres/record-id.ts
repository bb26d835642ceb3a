// Makes ids of stored rows. An id has 63 bits and is ordered by time, so that the weekly partition of a row follows
// from its id. An id has 41 bits of milliseconds since 2020, 10 bits for the process and 12 bits of counter.
const EPOCH_MS = Date.UTC(2020, 0, 1);

/** Returns the smallest id that a row can get at the instant `at` (epoch ms). */
export const firstIdAt = (at: number): bigint => BigInt(Math.max(0, at - EPOCH_MS)) << 22n;

/** The clocks of senders are assumed to be wrong by at most this time, in ms. */
const CLOCK_ERROR_MS = 86_400_000;

/**
 * Returns the least id that an Alert of this time (epoch ms) can have. An Alert is stored when it is raised or later,
 * apart from errors of clocks. This bound on ids keeps a statement out of the partitions of earlier weeks. Do not add
 * an upper bound. A plan made for a small table would then expect few ids between the bounds, and would read all of
 * them.
 */
export const leastIdSince = (at: number): bigint => firstIdAt(Math.min(at, Date.now()) - CLOCK_ERROR_MS);

/**
 * Returns the lowest and the highest of these ids. A statement with these bounds stays out of the partitions beyond
 * them.
 */
export const lowestAndHighest = (ids: readonly bigint[]): [lowest: bigint, highest: bigint] => [
	ids.reduce((a, b) => (a < b ? a : b)),
	ids.reduce((a, b) => (a > b ? a : b))
];

/**
 * SQL, for an update that joins: selects only the Alerts with these ids, each found by its key, in the partitions
 * between `lowest` and `highest`. Without the list of ids, the update would read all Alerts between the two bounds.
 */
export const ofThese = (table: string, ids: string, lowest: string, highest: string): string =>
	`${table}.alert_id = any(${ids}::bigint[]) and ${table}.alert_id between ${lowest} and ${highest}`;

/**
 * Makes a source of ids. `process`: a number from 0 to 1023 that differs between processes that run at the same time.
 */
export function createIds(process: number, now: () => number = Date.now): () => bigint {
	let last = 0;
	let counter = 0;
	return () => {
		const at = Math.max(now(), last); // A clock that was set back must not repeat an id.
		if (at > last) counter = 0;
		else if (++counter > 4095) {
			counter = 0;
			last = at + 1;
			return idAt(last, counter);
		}
		last = at;
		return idAt(at, counter);
	};
	function idAt(at: number, count: number): bigint {
		return firstIdAt(at) | BigInt(process << 12) | BigInt(count);
	}
}
