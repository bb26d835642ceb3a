// Checks the Redis of REDIS_URL before a process starts: reachable, allowed, new enough, and without eviction.
import { createClient } from 'redis';

const LEAST_VERSION = 7;
const TIMEOUT_MS = 5000;

/** Returns one line with the setting, the cause and the remedy, or `undefined` if this Redis can be used. */
export async function redisProblem(url: string): Promise<string | undefined> {
	const client = createClient({
		url,
		RESP: 2,
		socket: { reconnectStrategy: false, connectTimeout: TIMEOUT_MS }
	});
	client.on('error', () => {});
	try {
		await client.connect();
		return describe(await client.info());
	} catch (error) {
		return describeError(error as NodeJS.ErrnoException, url);
	} finally {
		client.destroy();
	}
}

function describe(info: string): string | undefined {
	const version = /redis_version:(\d+)\S*/.exec(info);
	if (version && Number(version[1]) < LEAST_VERSION)
		return `REDIS_URL: Redis ${version[0].split(':')[1]} is too old. Use Redis ${LEAST_VERSION} or newer, or Valkey`;
	const policy = /maxmemory_policy:(\S+)/.exec(info)?.[1];
	if (policy && policy !== 'noeviction')
		return `REDIS_URL: Redis has the maxmemory-policy ${policy} and may drop jobs. Run: redis-cli CONFIG SET maxmemory-policy noeviction`;
	return undefined;
}

function describeError(error: NodeJS.ErrnoException, url: string): string {
	const { hostname, port } = new URL(url);
	const at = `${hostname}:${port || 6379}`;
	const text = String(error.message);
	if (/WRONGPASS|invalid (username-)?password/i.test(text))
		return `REDIS_URL: Redis at ${at} refuses the password. Correct it in REDIS_URL or REDIS_PASSWORD`;
	if (/NOAUTH/.test(text))
		return `REDIS_URL: Redis at ${at} requires a password. Add it to REDIS_URL, or set REDIS_PASSWORD`;
	if (/without any password/i.test(text))
		return `REDIS_URL: Redis at ${at} has no password. Remove the password from REDIS_URL`;
	if (/DB index/i.test(text))
		return `REDIS_URL: Redis at ${at} has no database of this number. Correct the number at the end of REDIS_URL`;
	return `REDIS_URL: Redis at ${at} cannot be reached (${error.code ?? text.split('\n')[0]}). Start Redis, or correct REDIS_URL`;
}
