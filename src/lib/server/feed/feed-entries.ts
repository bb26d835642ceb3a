// Owns the table `feed` and its numbers. Each Supplier has a sequence without gaps: a counter row that stays locked
// until the commit. So numbers are given in the order of commits. No other module inserts entries or takes numbers.
import type pg from 'pg';
import { statement } from '#lib/server/postgres/statement.ts';

/**
 * Locks the feed counters of these Suppliers until the transaction ends. Every writer locks counters in the same order,
 * so that two writers cannot deadlock. A read after the lock sees all that other writers have written to these feeds.
 */
export async function lockFeeds(client: pg.ClientBase, supplierIds: Iterable<number>): Promise<void> {
	await client.query(LOCK({ supplierIds: [...new Set(supplierIds)] }));
}

const LOCK = statement(
	'lock-feeds',
	'select next_feed_seq(id, 0) from (select unnest(:supplierIds::smallint[]) as id order by 1) own'
);

/**
 * Takes the next `count` numbers of a Supplier's feed, both ends included. Locks the Supplier's counter until the
 * transaction ends.
 */
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

/**
 * SQL: takes a feed number of one Supplier for each row of `from`. Returns as `seq` the number before the first of
 * these numbers.
 */
export const numbersFor = (supplierId: string, from: string): string =>
	`select next_feed_seq(${supplierId}, n) - n as seq from (select count(*)::int as n from ${from}) counted`;

/**
 * SQL, as parts of a `with`: gives each row of `from` the next number of its feed as `seq`, in the order of `place`.
 * The relation `numbered` has the result. The counters must be locked already.
 */
export const numberRows = (from: string): string => `
heads as (
	update feed_head h set seq = h.seq + n.size from (select supplier_id, count(*) as size from ${from} group by supplier_id) n
	where h.supplier_id = n.supplier_id returning h.supplier_id, h.seq - n.size as before
), numbered as (
	select r.*, h.before + row_number() over (partition by supplier_id order by place) as seq
	from ${from} r join heads h using (supplier_id)
)`;

/** SQL: inserts a feed entry for each row of `from`, a relation with `seq` and `alert_id`. */
export const insertEntries = (from: string, supplierId = 'supplier_id'): string =>
	`insert into feed (supplier_id, seq, alert_id) select ${supplierId}, seq, alert_id from ${from}`;
