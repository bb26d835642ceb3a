// Ids of stored rows: 63 bits, ordered by time, so that the weekly partition of a row follows from its id.
// 41 bits of milliseconds since 2020, 10 bits for the process, 12 bits of counter.
const EPOCH_MS = Date.UTC(2020, 0, 1);

/** The smallest id that can be given at `at` (epoch ms). */
export const firstIdAt = (at: number): bigint => BigInt(Math.max(0, at - EPOCH_MS)) << 22n;

/** The clocks of senders are wrong by no more than this. */
const CLOCK_ERROR_MS = 86_400_000;

/**
 * The least id that an Alert of this time (epoch ms) can have: it was stored when it was raised or later, however wrong the
 * clocks. This bound on ids keeps a statement out of the partitions of earlier weeks. Do not add an upper bound: a plan that
 * was made for a small table then takes all ids in between for few, and reads them all.
 */
export const leastIdSince = (at: number): bigint => firstIdAt(Math.min(at, Date.now()) - CLOCK_ERROR_MS);

/** The lowest and the highest of these ids: a statement stays out of the partitions beyond them. */
export const lowestAndHighest = (ids: readonly bigint[]): [lowest: bigint, highest: bigint] => [
	ids.reduce((a, b) => (a < b ? a : b)),
	ids.reduce((a, b) => (a > b ? a : b))
];

/**
 * SQL, for an update that joins: only the Alerts with these ids, each found by its key, in the partitions between `lowest` and
 * `highest`. Without the ids the update reads all Alerts between the two bounds.
 */
export const ofThese = (table: string, ids: string, lowest: string, highest: string): string =>
	`${table}.alert_id = any(${ids}::bigint[]) and ${table}.alert_id between ${lowest} and ${highest}`;

/** Makes a source of ids. `process`: 0 to 1023, different in processes that run at the same time. */
export function createIds(process: number, now: () => number = Date.now): () => bigint {
	let last = 0;
	let counter = 0;
	return () => {
		const at = Math.max(now(), last); // a clock that was set back must not repeat an id
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
