// Limits how often one network address may make calls that need no sign-in. All web processes count together in Redis.
import type { IncomingMessage } from 'node:http';
import { CLIENT_ADDRESS_HEADER } from '#lib/server/process/client-address.ts';
import type { Redis } from '#lib/server/process/redis.ts';

const WINDOW_SECONDS = 60;

export type RateLimit = (address: string) => Promise<boolean>;

/** Returns a function that counts a call and returns whether it is within the limit. Without Redis, every call is. */
export function createRateLimit(redis: Redis, name: string, mostPerMinute: number): RateLimit {
	return async (address) => {
		if (!redis.isReady) return true;
		const window = Math.floor(Date.now() / 1000 / WINDOW_SECONDS);
		const key = `rate:${name}:${window}:${address}`;
		try {
			const [count] = await redis
				.multi()
				.incr(key)
				.expire(key, 2 * WINDOW_SECONDS)
				.exec();
			return Number(count) <= mostPerMinute;
		} catch {
			return true; // Redis has just gone. The limit protects against load, and the signature of a call against misuse.
		}
	};
}

/** Returns the network address of the client of a call. */
export const addressOf = (req: IncomingMessage): string =>
	String(req.headers[CLIENT_ADDRESS_HEADER] ?? req.socket.remoteAddress ?? '');
