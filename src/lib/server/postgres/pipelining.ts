// Gathers the statements of a session into fewer writes to its socket.
import type { Writable } from 'node:stream';
import type pg from 'pg';

/**
 * Makes a session send all statements of one turn of the event loop in one write. Each write wakes the PostgreSQL
 * process of the session, so fewer writes mean fewer wake-ups.
 */
export function gatherWrites(client: pg.PoolClient): void {
	const { stream } = (client as unknown as { connection: { stream: Writable } }).connection;
	const query = client.query.bind(client) as (...args: unknown[]) => unknown;
	let isCorked = false;
	client.query = ((...args: unknown[]) => {
		if (!isCorked) {
			isCorked = true;
			stream.cork();
			process.nextTick(() => {
				isCorked = false;
				stream.uncork();
			});
		}
		return query(...args);
	}) as typeof client.query;
}
