// Starts a private Redis: a child process on a free loopback port, with its data and password in the instance's folder.
import { randomBytes } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createClient } from 'redis';
import { findProgram, freePort, root, startProcess, stopLeftover, waitFor, type Service } from './process.ts';

const UNPACKED = join(root, '.cache/redis');

/** Starts Redis with the data folder `dir`. Throws an error of one line that says what to do. */
export async function startRedis(dir: string): Promise<Service> {
	const program = findProgram(
		['redis-server', 'valkey-server'],
		[join(UNPACKED, 'usr/bin'), '/opt/homebrew/bin']
	);
	if (!program) throw new Error('no redis-server found. Run `npm run setup`, or set REDIS_URL');
	mkdirSync(dir, { recursive: true, mode: 0o700 });
	const pidFile = join(dir, 'redis.pid');
	await stopLeftover(pidFile, /(redis|valkey)-server/);
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
			'save ""',
			'maxmemory-policy noeviction',
			'loglevel warning',
			'daemonize no'
		].join('\n'),
		{ mode: 0o600 }
	);
	const child = startProcess(program, [join(dir, 'redis.conf')], {
		// A Redis that set-up unpacked into .cache needs the libraries that set-up unpacked with this Redis.
		env: {
			...process.env,
			LD_LIBRARY_PATH: [join(UNPACKED, 'libraries'), process.env['LD_LIBRARY_PATH']].filter(Boolean).join(':')
		}
	});
	writeFileSync(pidFile, String(child.pid));
	const url = `redis://:${password}@127.0.0.1:${port}`;
	await waitFor('redis-server', child, async () => {
		const client = createClient({ url, socket: { reconnectStrategy: false } });
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
	});
	return { name: 'redis', url, child, signal: 'SIGTERM' };
}
