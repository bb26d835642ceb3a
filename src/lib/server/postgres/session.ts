// Opens one session of the owner of the tables for a piece of work, and closes it afterwards.
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
