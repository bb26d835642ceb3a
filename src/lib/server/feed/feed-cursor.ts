// Stores in `feed_cursor` how far each follower has read the feed of a Supplier, and lets one process at a time follow a
// feed.
import type pg from 'pg';
import { statement } from '#lib/server/postgres/statement.ts';
import { inTransaction } from '#lib/server/postgres/transaction.ts';

/** A reader of the feeds that works behind the hot path. */
export type Follower = 'on-call';

/**
 * Does `work` in one transaction while no other process follows this feed for the same follower. `seq`: the last feed
 * number that the follower has read. Returns `null` if another process follows the feed now.
 */
export const inTurn = <T>(
	pool: pg.Pool,
	follower: Follower,
	supplierId: number,
	work: (client: pg.PoolClient, seq: bigint) => Promise<T>
): Promise<T | null> =>
	inTransaction(pool, async (client) => {
		const { rows } = await client.query<{ seq: bigint }>(TURN({ follower, supplierId }));
		const cursor = rows[0] ?? (await firstTurn(client, follower, supplierId));
		return cursor ? work(client, cursor.seq) : null;
	});

async function firstTurn(
	client: pg.ClientBase,
	follower: Follower,
	supplierId: number
): Promise<{ seq: bigint } | undefined> {
	const { rows } = await client.query<{ seq: bigint }>(FIRST({ follower, supplierId }));
	return rows[0];
}

/** Stores that the follower has read the feed up to `seq`, within the transaction of `inTurn`. */
export async function moveCursor(
	client: pg.ClientBase,
	follower: Follower,
	supplierId: number,
	seq: bigint
): Promise<void> {
	await client.query(MOVE({ follower, supplierId, seq }));
}

const TURN = statement(
	'turn-at-feed',
	'select seq from feed_cursor where follower = :follower and supplier_id = :supplierId for update skip locked'
);

const FIRST = statement(
	'first-turn-at-feed',
	'insert into feed_cursor (follower, supplier_id) values (:follower, :supplierId) on conflict do nothing returning seq'
);

const MOVE = statement(
	'move-feed-cursor',
	'update feed_cursor set seq = :seq where follower = :follower and supplier_id = :supplierId'
);
