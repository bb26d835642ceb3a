// Lets one process at a time do a piece of work that needs several transactions.
import type pg from 'pg';
import { query } from './statement.ts';

/**
 * Does `work` while no other session holds this lock (locks.ts). Returns `null` without doing it if another session holds
 * the lock. The lock belongs to a session, and not to a transaction, which would stay open for the whole work.
 */
export async function whileLocked<T>(
	pool: pg.Pool,
	key: number,
	work: (client: pg.PoolClient) => Promise<T>
): Promise<T | null> {
	const client = await pool.connect();
	let isLocked = false;
	try {
		const { rows } = await client.query<{ got: boolean }>(LOCK({ key }));
		isLocked = rows[0]!.got;
		return isLocked ? await work(client) : null;
	} finally {
		// A session that cannot release the lock ends, and the lock with it.
		const isFree = !isLocked || (await client.query(UNLOCK({ key })).catch(() => null));
		client.release(!isFree);
	}
}

const LOCK = query('select pg_try_advisory_lock(:key) as got');
const UNLOCK = query('select pg_advisory_unlock(:key)');
