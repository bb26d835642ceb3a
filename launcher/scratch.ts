// Room of its own for a measurement on given services: a database and a numbered Redis that are taken away again.
import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { createClient } from 'redis';

export interface Scratch {
	url: string;
	drop(): Promise<void>;
}

/** The same server, another database of it. */
export function onDatabase(server: string, database: string): string {
	const url = new URL(server);
	url.pathname = `/${database}`;
	return url.href;
}

/** A new, empty database of this server; its name begins with `name`. */
export async function scratchDatabase(server: string, name: string): Promise<Scratch> {
	const database = `${name}_${randomBytes(6).toString('hex')}`;
	const on = async (statement: string): Promise<void> => {
		const client = new pg.Client({ connectionString: server });
		await client.connect();
		try {
			await client.query(statement);
		} finally {
			await client.end();
		}
	};
	await on(`create database ${database}`);
	return {
		url: onDatabase(server, database),
		drop: () => on(`drop database if exists ${database} with (force)`)
	};
}

/** An empty numbered database of this Redis: the key `name` marks it as taken, `drop` empties it again. */
export async function scratchRedis(server: string, name: string): Promise<Scratch> {
	for (let number = 15; number > 0; number--) {
		const url = onDatabase(server, String(number));
		const client = createClient({ url });
		client.on('error', () => {});
		await client.connect();
		const size = await client.dbSize();
		// Taken at once, so that the next search passes it by.
		if (size === 0) await client.set(name, '1');
		client.destroy();
		if (size > 0) continue;
		return {
			url,
			async drop() {
				const again = createClient({ url });
				again.on('error', () => {});
				await again.connect();
				await again.flushDb();
				again.destroy();
			}
		};
	}
	throw new Error('REDIS_URL has no empty numbered database; give the measurement a Redis of its own');
}
