// Owns the table `feed` and its numbers. Each Supplier has a gapless sequence: a counter row that is locked until the
// commit, so that numbers are given in the order of commits. No other module inserts entries or takes numbers.
import type pg from 'pg';
import { statement } from '#lib/server/postgres/statement.ts';

/**
 * Locks the counters of these Suppliers until the transaction ends, in one order for every writer, so that no two writers
 * wait for each other. What is read afterwards is all that other writers have written.
 */
export async function lockFeeds(client: pg.ClientBase, supplierIds: Iterable<number>): Promise<void> {
	await client.query(LOCK({ supplierIds: [...new Set(supplierIds)] }));
}

const LOCK = statement(
	'lock-feeds',
	'select next_feed_seq(id, 0) from (select unnest(:supplierIds::smallint[]) as id order by 1) own'
);

/** Takes the next `count` numbers of a Supplier's feed, both ends included. Locks its counter until the transaction ends. */
export async function takeNumbers(
	client: pg.ClientBase,
	supplierId: number,
	count: number
): Promise<{ from: number; to: number }> {
	const { rows } = await client.query<{ to: bigint }>(TAKE({ supplierId, count }));
	const to = Number(rows[0]!.to);
	return { from: to - count + 1, to };
}

const TAKE = statement('take-feed-numbers', 'select next_feed_seq(:supplierId::smallint, :count::int) as to');

/** SQL: takes a number for each row of `from` for one Supplier, and returns as `seq` the number before the first. */
export const numbersFor = (supplierId: string, from: string): string =>
	`select next_feed_seq(${supplierId}, n) - n as seq from (select count(*)::int as n from ${from}) counted`;

/**
 * SQL, as parts of a `with`: `numbered` has the rows of `from` with the next numbers of their feeds as `seq`, in the order of
 * `place`. The counters must be locked already.
 */
export const numberRows = (from: string): string => `
heads as (
	update feed_head h set seq = h.seq + n.size from (select supplier_id, count(*) as size from ${from} group by supplier_id) n
	where h.supplier_id = n.supplier_id returning h.supplier_id, h.seq - n.size as before
), numbered as (
	select r.*, h.before + row_number() over (partition by supplier_id order by place) as seq
	from ${from} r join heads h using (supplier_id)
)`;

/**
 * SQL: inserts an entry for each row of `from`, a relation with `seq` and `alert_id`. `joins`: the entry also lets the Alert
 * join a large episode. `isMove`: the entry only moves the Alert between episodes.
 */
export const insertEntries = (
	from: string,
	{ supplierId = 'supplier_id', joins = 'false', isMove = false } = {}
): string =>
	`insert into feed (supplier_id, seq, alert_id, joins, is_move) select ${supplierId}, seq, alert_id, ${joins}, ${isMove} from ${from}`;
