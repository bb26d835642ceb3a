// Begins, commits and rolls back: no other module sends these statements.
import type pg from 'pg';

interface Options {
	/** SQL expressions that are evaluated first, in the statement that begins: advisory locks, or settings. */
	first?: string;
	/** All statements see the database as it was at the first one, and none may write. */
	snapshot?: boolean;
}

/**
 * Sends the last statements of a transaction and its commit together, so that PostgreSQL holds their locks only for as long
 * as it works. `send` must send its statements before it awaits anything. Resolves after the commit.
 */
export type CommitWith = <T>(send: () => Promise<T>) => Promise<T>;

/**
 * Does `work` in one transaction on a session of the pool, and commits after it, unless `work` has called `commitWith`.
 * Where `work` throws, all of it is rolled back. Without `first`, the beginning and the first statement of `work` are sent
 * together.
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

/** The same on a session that the caller holds. */
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
		// A lock may time out: then no statement of the work may run. A plain beginning fails only with its session.
		if (first) await began;
		const [, done] = await Promise.all([began, work(client, commitWith)]);
		if (!isCommitted) await client.query('commit');
		return done;
	} catch (error) {
		await client.query('rollback').catch(() => {}); // a session that has ended has rolled back
		throw error;
	}
}

/** Does `work` in one transaction that sees the rows of this Supplier only (row-level security). */
export const asSupplier = <T>(
	pool: pg.Pool,
	supplierId: number,
	work: (client: pg.PoolClient) => Promise<T>
): Promise<T> =>
	inTransaction(pool, work, { first: `set_config('app.supplier', '${Number(supplierId)}', true)` });
