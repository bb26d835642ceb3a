// Lets one worker at a time group the Alerts of a Supplier, and reads the Supplier's feed for grouping.
import type pg from 'pg';
import { inTurn as inFeedTurn, moveCursor } from '#lib/server/feed/feed-cursor.ts';
import { positionalStatement } from '#lib/server/postgres/statement.ts';

const FOLLOWER = 'group-episodes';

/**
 * Finds the Suppliers whose feed has entries that grouping has not read. `late`: the oldest of these entries has waited
 * longer than `patience` milliseconds.
 */
export async function suppliersWithNews(
	pool: pg.ClientBase | pg.Pool,
	patience: number
): Promise<Array<{ id: number; late: boolean }>> {
	const { rows } = await pool.query<{ id: number; late: boolean }>(
		`select h.supplier_id as id, coalesce((
			select f.at < now() - make_interval(secs => $2) from feed f
			where f.supplier_id = h.supplier_id and f.seq > coalesce(c.seq, 0) order by f.seq limit 1
		 ), true) as late
		 from feed_head h left join feed_cursor c on c.supplier_id = h.supplier_id and c.follower = $1
		 where h.seq > coalesce(c.seq, 0)`,
		[FOLLOWER, patience / 1000]
	);
	return rows;
}

/**
 * Does `work` in one transaction while no other worker groups this Supplier. `seq`: the last feed number that grouping
 * has read. Returns `null` if another worker groups this Supplier now.
 */
export const inTurn = <T>(
	pool: pg.Pool,
	supplierId: number,
	work: (client: pg.PoolClient, seq: bigint) => Promise<T>
): Promise<T | null> => inFeedTurn(pool, FOLLOWER, supplierId, work);

/** The Alerts of the feed entries that grouping reads next. */
export interface News {
	/** The ids of these Alerts, without Alerts whose entries come from grouping itself. */
	ids: bigint[];
	/** The ids of the Alerts that joined a large episode with their first explanation and are not counted there yet. */
	joined: ReadonlySet<bigint>;
	/**
	 * The ids in `joined` without another of the feed entries that were read. The keys of these Alerts have not changed
	 * since the Alerts joined.
	 */
	untouched: ReadonlySet<bigint>;
}

/**
 * Reads the next entries of the feed, at most `most`, and moves the cursor past them. `more`: the feed may have further
 * entries.
 */
export async function takeNews(
	client: pg.ClientBase,
	supplierId: number,
	seq: bigint,
	most: number
): Promise<News & { more: boolean }> {
	const { rows } = await client.query<{ seq: bigint; alert_id: bigint; is_move: boolean; joins: boolean }>(
		NEWS([supplierId, seq, most])
	);
	const last = rows.at(-1);
	if (!last) return { ids: [], joined: new Set(), untouched: new Set(), more: false };
	await moveCursor(client, FOLLOWER, supplierId, last.seq);
	// Entries that grouping itself has written need no grouping.
	const news = rows.filter((row) => !row.is_move);
	const joined = new Set(news.filter((row) => row.joins).map((row) => row.alert_id));
	const others = new Set(news.filter((row) => !row.joins).map((row) => row.alert_id));
	return {
		ids: [...new Set(news.map((row) => row.alert_id))],
		joined,
		untouched: joined.difference(others),
		more: rows.length === most
	};
}

/**
 * SQL: whether the Alert `s` is not counted in its episode yet. Such an Alert joined a large episode with its first
 * explanation, and grouping has not read the feed entry of that explanation.
 */
export const isUncounted = (supplier: string): string => `(s.version = 1 and s.seq > coalesce((
	select seq from feed_cursor where follower = '${FOLLOWER}' and supplier_id = ${supplier}
), 0))`;

const NEWS = positionalStatement(
	'news-for-episodes',
	'select seq, alert_id, is_move, joins from feed where supplier_id = $1 and seq > $2 order by seq limit $3'
);
