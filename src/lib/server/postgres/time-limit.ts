// Reads as one Supplier within a limited time.
import pg from 'pg';
import { query } from './statement.ts';
import { asSupplier } from './transaction.ts';

const QUERY_CANCELED = '57014';
const TIME_LIMIT = query(`select set_config('statement_timeout', :ms, true)`);

/** Limits each further statement of this transaction to `seconds`. */
export async function limitTime(client: pg.ClientBase, seconds: number): Promise<void> {
	await client.query(TIME_LIMIT({ ms: String(Math.max(1, Math.ceil(seconds * 1000))) }));
}

/**
 * Does `work` as this Supplier. PostgreSQL cancels a statement that needs more than `seconds`; the function then returns
 * `null`. `seconds: null`: there is no limit.
 */
export async function asSupplierWithin<T>(
	pool: pg.Pool,
	supplierId: number,
	seconds: number | null,
	work: (client: pg.PoolClient) => Promise<T>
): Promise<T | null> {
	try {
		return await asSupplier(pool, supplierId, async (client) => {
			if (seconds !== null) await limitTime(client, seconds);
			return work(client);
		});
	} catch (error) {
		if (seconds !== null && error instanceof pg.DatabaseError && error.code === QUERY_CANCELED) return null;
		throw error;
	}
}
