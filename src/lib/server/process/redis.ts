// Opens connections to Redis, which holds the queues, the index of Service Requests and the live channel. All data in
// Redis can be rebuilt from PostgreSQL.
import { createClient } from 'redis';
import type { Log } from './log.ts';

export type Redis = ReturnType<typeof newClient>;

const newClient = (url: string) =>
	createClient({
		url,
		RESP: 2,
		socket: { reconnectStrategy: (tries) => Math.min(50 * 2 ** tries, 2000), connectTimeout: 5000 }
	});

/** Opens a connection to Redis. The client reconnects by itself, and logs the first failure of each outage. */
export async function openRedis(url: string, log: Log): Promise<Redis> {
	const client = newClient(url);
	let isDown = false;
	client.on('error', (error: Error) => {
		if (!isDown)
			log.warn({ error: error.message }, 'Redis cannot be reached; the client keeps trying to connect');
		isDown = true;
	});
	client.on('ready', () => {
		if (isDown) log.info('Redis can be reached again');
		isDown = false;
	});
	await client.connect();
	return client;
}

/** Throws if Redis may evict keys when its memory is full, because evicted jobs would be lost silently. */
export async function requireNoEviction(redis: Redis): Promise<void> {
	const info = await redis.info('memory');
	const policy = /maxmemory_policy:(\S+)/.exec(info)?.[1];
	if (policy && policy !== 'noeviction')
		throw new Error(
			`Redis runs with maxmemory-policy ${policy} and may drop jobs; set maxmemory-policy to noeviction`
		);
}
