// Creates a temporary database and takes an empty numbered Redis database, for a measurement on services that are
// already running.
import { randomBytes } from 'node:crypto';
import { createClient } from 'redis';
import { inSession } from '#lib/server/postgres/session.ts';

export interface Scratch {
	url: string;
	/** Deletes the temporary database and its contents. */
	drop(): Promise<void>;
}

/** Returns the URL of another database on the same server. */
export function onDatabase(server: string, database: string): string {
	const url = new URL(server);
	url.pathname = `/${database}`;
	return url.href;
}

/** Creates an empty database on this server. The name of the database is `name` and a random suffix. */
export async function scratchDatabase(server: string, name: string): Promise<Scratch> {
	const database = `${name}_${randomBytes(6).toString('hex')}`;
	const execute = async (statement: string): Promise<void> => {
		await inSession(server, (client) => client.query(statement));
	};
	await execute(`create database ${database}`);
	return {
		url: onDatabase(server, database),
		drop: () => execute(`drop database if exists ${database} with (force)`)
	};
}

/**
 * Takes an empty numbered database of this Redis. The key `name` marks the database as taken; `drop` empties the
 * database.
 */
export async function scratchRedis(server: string, name: string): Promise<Scratch> {
	for (let number = 15; number > 0; number--) {
		const url = onDatabase(server, String(number));
		const client = createClient({ url });
		client.on('error', () => {});
		await client.connect();
		const size = await client.dbSize();
		// The key makes the database non-empty at once, so that another search skips this database.
		if (size === 0) await client.set(name, '1');
		client.destroy();
		if (size > 0) continue;
		return {
			url,
			async drop() {
				const cleaner = createClient({ url });
				cleaner.on('error', () => {});
				await cleaner.connect();
				await cleaner.flushDb();
				cleaner.destroy();
			}
		};
	}
	throw new Error(
		'the Redis of REDIS_URL has no empty database among 1 to 15. Empty one of them, or set REDIS_URL to another Redis'
	);
}
