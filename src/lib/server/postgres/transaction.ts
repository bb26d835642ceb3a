// Begins, commits and rolls back transactions. No other module sends these statements.
import type pg from 'pg';

interface Options {
	/**
	 * SQL expressions for advisory locks or settings. PostgreSQL evaluates these expressions first, in the statement
	 * that begins the transaction.
	 */
	first?: string;
	/** Whether all statements see the database as it was at the first statement, and none may write. */
	snapshot?: boolean;
}

/**
 * Sends the last statements of a transaction together with its commit. So PostgreSQL holds their locks only while it
 * works. `send` must send its statements before it awaits anything. Resolves after the commit.
 */
export type CommitWith = <T>(send: () => Promise<T>) => Promise<T>;

/**
 * Does `work` in one transaction on a session of the pool. Commits after `work`, unless `work` has called `commitWith`.
 * If `work` throws, the whole transaction is rolled back. Without `first`, the beginning and the first statement of
 * `work` are sent together.
 */
export async function inTransaction<T>(
	pool: pg.Pool,
	work: (client: pg.PoolClient, commitWith: CommitWith) => Promise<T>,
	options: Options = {}
): Promise<T> {
	const client = await pool.connect();
	try {
		return await transact(client, work, options);
	} finally {
		client.release();
	}
}

/** Does `work` in one transaction on a session that the caller holds, in the same way as `inTransaction`. */
export async function transact<C extends pg.ClientBase, T>(
	client: C,
	work: (client: C, commitWith: CommitWith) => Promise<T>,
	{ first, snapshot = false }: Options = {}
): Promise<T> {
	let isCommitted = false;
	const commitWith: CommitWith = async (send) => {
		isCommitted = true;
		const [done] = await Promise.all([send(), client.query('commit')]);
		return done;
	};
	const begin = `begin${snapshot ? ' isolation level repeatable read read only' : ''}${first ? `; select ${first}` : ''}`;
	try {
		const began = client.query(begin);
		// A lock in `first` may time out, and then no statement of the work may run. A beginning without `first` fails
		// only if its session fails.
		if (first) await began;
		const [, done] = await Promise.all([began, work(client, commitWith)]);
		if (!isCommitted) await client.query('commit');
		return done;
	} catch (error) {
		await client.query('rollback').catch(() => {}); // PostgreSQL has already rolled back a session that has ended.
		throw error;
	}
}

/** Does `work` in one transaction that sees only the rows of this Supplier (row-level security). */
export const asSupplier = <T>(
	pool: pg.Pool,
	supplierId: number,
	work: (client: pg.PoolClient) => Promise<T>
): Promise<T> =>
	inTransaction(pool, work, { first: `set_config('app.supplier', '${Number(supplierId)}', true)` });
