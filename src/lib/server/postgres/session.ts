// Opens sessions of the owner of the tables: one session for a piece of work, or a small pool.
import pg from 'pg';

/** Does `work` in a session of its own. If PostgreSQL ends the session, the statement that runs fails. */
export async function inSession<T>(
	databaseUrl: string,
	work: (client: pg.Client) => Promise<T>,
	connectTimeoutMs = 0
): Promise<T> {
	const client = new pg.Client({
		connectionString: databaseUrl,
		connectionTimeoutMillis: connectTimeoutMs
	});
	// Without this listener, a session that ends between two statements would end the process.
	client.on('error', () => {});
	try {
		await client.connect();
		return await work(client);
	} finally {
		await client.end().catch(() => {});
	}
}

/** Opens a pool of at most `max` sessions. If PostgreSQL ends a session, only the statement that runs fails. */
export function openOwnerPool(databaseUrl: string, max: number): pg.Pool {
	const pool = new pg.Pool({ connectionString: databaseUrl, max });
	// The pool listens to idle sessions only. Without a listener of its own, a session in use would end the process.
	pool.on('error', () => {});
	pool.on('connect', (client) => client.on('error', () => {}));
	return pool;
}
