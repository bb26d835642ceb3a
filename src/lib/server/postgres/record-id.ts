// Makes ids of stored rows. An id has 63 bits and is ordered by time, so that the weekly partition of a row follows
// from its id. An id has 41 bits of milliseconds since 2020, 10 bits for the process and 12 bits of counter.
const EPOCH_MS = Date.UTC(2020, 0, 1);

/** Returns the smallest id that a row can get at the instant `at` (epoch ms). */
export const firstIdAt = (at: number): bigint => BigInt(Math.max(0, at - EPOCH_MS)) << 22n;

/** Returns the instant (epoch ms) at which the row with this id was stored. */
export const instantOfId = (id: bigint): number => Number(id >> 22n) + EPOCH_MS;

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

/** The ids that a process may make: ids with its number, of the instants `from` to `until` (epoch ms, both included). */
export interface IdRange {
	/** A number from 0 to 1023. No other process may make ids with this number in this range. */
	number: number;
	/** A renewal of the lease moves both instants forward, and never back. */
	from: number;
	until: number;
}

const IDS_PER_MS = 4096;

export type IdSource = ReturnType<typeof createIds>;

/** Makes a source of ids. Each id is greater than the id before, also after the clock was set back. */
export function createIds(range: IdRange, now: () => number) {
	let last = range.from - 1;
	let counter = 0;
	return {
		/** Makes an id; `null`: the ids of the range are used up. */
		next(): bigint | null {
			let at = Math.min(Math.max(now(), range.from, last), range.until);
			let count = at > last ? 0 : counter + 1;
			if (count === IDS_PER_MS) [at, count] = [at + 1, 0];
			if (at < Math.max(last, range.from) || at > range.until) return null;
			[last, counter] = [at, count];
			return firstIdAt(at) | BigInt(range.number << 12) | BigInt(count);
		},
		/** The instant (epoch ms) of the last id. */
		get lastAt(): number {
			return last;
		}
	};
}
