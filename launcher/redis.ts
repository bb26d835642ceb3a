// Runs a private Redis: a child process on a free loopback port, with its data and password in the instance's folder.
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createClient } from 'redis';
import { endLeftovers, findProgram, freePort, root, startProgram } from './process.ts';
import type { Supervision } from './supervise.ts';

const UNPACKED = join(root, '.cache/redis');

/**
 * Keeps a Redis with the data folder `dir` running, and returns its URL. The URL stays the same when Redis starts again.
 * Throws an error of one line that says what to do.
 */
export async function startRedis(dir: string, supervision: Supervision): Promise<string> {
	const program = findProgram(
		['redis-server', 'valkey-server'],
		[join(UNPACKED, 'usr/bin'), '/opt/homebrew/bin']
	);
	if (!program) throw new Error('no redis-server found. Run `npm run setup`, or set REDIS_URL');
	mkdirSync(dir, { recursive: true, mode: 0o700 });
	const pidFile = join(dir, 'redis.pid');
	const port = await freePort();
	const password = randomBytes(16).toString('hex');
	// The password is in a file, because every user of the machine can read the arguments of a process.
	writeFileSync(
		join(dir, 'redis.conf'),
		[
			`bind 127.0.0.1`,
			`port ${port}`,
			`requirepass ${password}`,
			`dir "${dir}"`,
			`pidfile "${pidFile}"`,
			'appendonly yes',
			'appendfsync everysec',
			// A killed Redis can leave half a command at the end of its file.
			'aof-load-truncated yes',
			'save ""',
			'maxmemory-policy noeviction',
			'loglevel warning',
			'daemonize no'
		].join('\n'),
		{ mode: 0o600 }
	);
	const url = `redis://:${password}@127.0.0.1:${port}`;
	const supervised = supervision.run({
		name: 'Redis',
		async spawn(lastWords) {
			await endLeftovers(dir, pidFile, /^\S*(redis|valkey)-server/);
			if (UNREADABLE.test(lastWords)) setAside(dir);
			const child = startProgram(program, [join(dir, 'redis.conf')], {
				// A Redis that set-up unpacked into .cache needs the libraries that set-up unpacked with this Redis.
				env: {
					...process.env,
					LD_LIBRARY_PATH: [join(UNPACKED, 'libraries'), process.env['LD_LIBRARY_PATH']]
						.filter(Boolean)
						.join(':')
				}
			});
			writeFileSync(pidFile, String(child.pid));
			return child;
		},
		ready: () => answers(url),
		prints: 'own log',
		stopSignal: 'SIGTERM',
		stopLimitMs: 15_000,
		isVital: true
	});
	await supervised.ready;
	return url;
}

/** What Redis prints if it cannot read its own data. */
const UNREADABLE = /append[- ]?only|\bAOF\b|Unrecoverable error/i;

/** Moves data that Redis cannot read out of its way. Causeway restores the contents of Redis from PostgreSQL. */
function setAside(dir: string): void {
	const [data, aside] = [join(dir, 'appendonlydir'), join(dir, 'appendonlydir.unreadable')];
	if (!existsSync(data)) return;
	rmSync(aside, { recursive: true, force: true });
	renameSync(data, aside);
}

/** Returns whether Redis answers, and has loaded its data. */
async function answers(url: string): Promise<boolean> {
	const client = createClient({ url, socket: { reconnectStrategy: false, connectTimeout: 2000 } });
	client.on('error', () => {});
	try {
		await client.connect();
		await client.ping();
		return true;
	} catch {
		return false;
	} finally {
		client.destroy();
	}
}
