// Opens connections to Redis, which holds the queues, the index of Service Requests and the live channel. All data in
// Redis can be rebuilt from PostgreSQL.
import { createClient } from 'redis';
import type { Log } from './log.ts';
import type { OutageFields } from './repeats.ts';

export type Redis = ReturnType<typeof newClient>;

const newClient = (url: string) =>
	createClient({
		url,
		RESP: 2,
		socket: { reconnectStrategy: (tries) => Math.min(50 * 2 ** tries, 2000), connectTimeout: 5000 }
	});

/** Opens a connection to Redis. The client reconnects by itself, and logs the begin and the end of each outage. */
export async function openRedis(url: string, log: Log): Promise<Redis> {
	const client = newClient(url);
	client.on('error', (error: Error) =>
		log.warn(
			{ outage: 'Redis', error: error.message } satisfies OutageFields,
			'Redis cannot be reached; the client keeps trying to connect'
		)
	);
	client.on('ready', () =>
		log.warn({ outage: 'Redis', over: true } satisfies OutageFields, 'Redis can be reached again')
	);
	await client.connect();
	return client;
}
