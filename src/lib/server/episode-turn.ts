// One worker at a time groups the Alerts of a Supplier: whose turn it is, and how far it has followed the feed.
import type pg from 'pg';
import { inTransaction, statement } from './database.ts';

const FOLLOWER = 'group-episodes';

/** Suppliers whose feed has news; `late`: for longer than `patience` (ms). */
export async function suppliersWithNews(
	pool: pg.Pool,
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

/** Does `work` in one transaction that no other worker does beside it; `null` where one is at it. */
export const inTurn = <T>(
	pool: pg.Pool,
	supplierId: number,
	work: (client: pg.PoolClient, seq: bigint) => Promise<T>
): Promise<T | null> =>
	inTransaction(pool, async (client) => {
		const { rows: cursors } = await client.query<{ seq: bigint }>(TURN([FOLLOWER, supplierId]));
		const cursor = cursors[0] ?? (await firstTurn(client, supplierId));
		return cursor ? work(client, cursor.seq) : null;
	});

async function firstTurn(client: pg.ClientBase, supplierId: number): Promise<{ seq: bigint } | undefined> {
	const { rows } = await client.query<{ seq: bigint }>(
		'insert into feed_cursor (follower, supplier_id) values ($1, $2) on conflict do nothing returning seq',
		[FOLLOWER, supplierId]
	);
	return rows[0];
}

/** The Alerts of the next entries of the feed, `most` at most, and whether there may be more; moves the cursor past them. */
export async function takeChanges(
	client: pg.ClientBase,
	supplierId: number,
	seq: bigint,
	most: number
): Promise<{ ids: bigint[]; more: boolean }> {
	const { rows } = await client.query<{ seq: bigint; alert_id: bigint; is_move: boolean }>(
		NEWS([supplierId, seq, most])
	);
	const last = rows.at(-1);
	if (!last) return { ids: [], more: false };
	await client.query('update feed_cursor set seq = $3 where follower = $1 and supplier_id = $2', [
		FOLLOWER,
		supplierId,
		last.seq
	]);
	// What grouping itself has written is no news to it.
	const news = rows.filter((row) => !row.is_move);
	return { ids: [...new Set(news.map((row) => row.alert_id))], more: rows.length === most };
}

const TURN = statement(
	'turn-at-episodes',
	'select seq from feed_cursor where follower = $1 and supplier_id = $2 for update skip locked'
);
const NEWS = statement(
	'news-for-episodes',
	'select seq, alert_id, is_move from feed where supplier_id = $1 and seq > $2 order by seq limit $3'
);
