// Redis: the index, the doorbells and the push. All of it can be rebuilt from PostgreSQL.
import { createClient } from 'redis';
import type { Log } from './log.ts';

export type Redis = ReturnType<typeof newClient>;

const newClient = (url: string) =>
	createClient({
		url,
		RESP: 2,
		socket: { reconnectStrategy: (tries) => Math.min(50 * 2 ** tries, 2000), connectTimeout: 5000 }
	});

/** Opens a connection; it reconnects by itself and logs the first failure of each outage. */
export async function openRedis(url: string, log: Log): Promise<Redis> {
	const client = newClient(url);
	let down = false;
	client.on('error', (error: Error) => {
		if (!down) log.warn({ error: error.message }, 'Redis cannot be reached; retrying');
		down = true;
	});
	client.on('ready', () => {
		if (down) log.info('Redis is back');
		down = false;
	});
	await client.connect();
	return client;
}

/** Throws unless Redis keeps every key: with another policy it would silently drop jobs. */
export async function requireNoEviction(redis: Redis): Promise<void> {
	const info = await redis.info('memory');
	const policy = /maxmemory_policy:(\S+)/.exec(info)?.[1];
	if (policy && policy !== 'noeviction')
		throw new Error(`Redis runs with maxmemory-policy ${policy} and would drop jobs; set it to noeviction`);
}
