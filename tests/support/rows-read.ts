// Counts the rows that PostgreSQL reads in the transactions of a pool.
import type pg from 'pg';

/** Wraps a pool: `read` returns the rows of Alerts and members that PostgreSQL read in the pool's transactions. */
export function countRowsRead(pool: pg.Pool): { pool: pg.Pool; read(): number } {
	const ROWS = `select coalesce(sum(coalesce(seq_tup_read, 0) + coalesce(idx_tup_fetch, 0)), 0)::int as rows
		from pg_stat_xact_user_tables where relname like any('{supplier_alert%,episode_member%}')`;
	let rows = 0;
	const connect = async (): Promise<pg.PoolClient> => {
		const client = await pool.connect();
		const rowsOfTransaction = async () => (await client.query<{ rows: number }>(ROWS)).rows[0]!.rows;
		return new Proxy(client, {
			get(target, name) {
				if (name !== 'query') {
					const value: unknown = Reflect.get(target, name, target);
					return typeof value === 'function' ? (value.bind(target) as unknown) : value;
				}
				return async (text: string, values?: unknown[]) => {
					// The counters are read inside the transaction, because PostgreSQL may clear them when a transaction ends.
					if (text === 'commit') rows += await rowsOfTransaction();
					const result = await target.query(text, values);
					if (text === 'begin') rows -= await rowsOfTransaction();
					return result;
				};
			}
		});
	};
	const counted = new Proxy(pool, {
		get(target, name) {
			if (name === 'connect') return connect;
			const value: unknown = Reflect.get(target, name, target);
			return typeof value === 'function' ? (value.bind(target) as unknown) : value;
		}
	});
	return { pool: counted, read: () => rows };
}
