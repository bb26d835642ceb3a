// Provides PostgreSQL and Redis: the services of DATABASE_URL and REDIS_URL, the services of a running instance, or
// private child processes.
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { settingsOf } from '#lib/server/process/config.ts';
import { startPostgres } from './postgres.ts';
import { commandOf, isAlive, root, stopProcess, type Service } from './process.ts';
import { startRedis } from './redis.ts';

type Env = Record<string, string | undefined>;

export interface Services {
	databaseUrl: string;
	redisUrl: string;
	authSecret: string;
	stop(): Promise<void>;
}

export interface RunningInstance {
	pid: number;
	url: string;
	databaseUrl: string;
	redisUrl: string;
}

/**
 * Returns the folder of this instance, with its data, logs and secrets. Creates the folder if the folder is missing.
 */
export function homeOf(env: Env): string {
	const home = resolve(root, env['CAUSEWAY_HOME'] || '.causeway');
	mkdirSync(home, { recursive: true, mode: 0o755 });
	return home;
}

const runFile = (home: string): string => join(home, 'run.json');

/** Returns the instance that is running on this folder, or `undefined` if no instance is running. */
export function runningInstance(home: string): RunningInstance | undefined {
	if (!existsSync(runFile(home))) return undefined;
	try {
		const run = JSON.parse(readFileSync(runFile(home), 'utf8')) as RunningInstance;
		return isAlive(run.pid) && /launcher\/start\.ts/.test(commandOf(run.pid)) ? run : undefined;
	} catch {
		return undefined; // a launcher that was killed at its start left half a file
	}
}

/** Writes run.json, the file by which the CLI finds this instance. */
export const announce = (home: string, run: RunningInstance): void =>
	writeFileSync(runFile(home), JSON.stringify(run), { mode: 0o600 });

/** Returns a secret of this instance from a file in `home`; the first call creates the file. */
export function secretOf(home: string, name: string): string {
	const file = join(home, name);
	if (!existsSync(file)) writeFileSync(file, randomBytes(32).toString('hex'), { mode: 0o600 });
	return readFileSync(file, 'utf8').trim();
}

/**
 * Starts the services that the environment does not name. Calls `progress` with one line after each started service.
 */
export async function startServices(
	home: string,
	given: Env,
	progress: (line: string) => void
): Promise<Services> {
	const env = settingsOf(given);
	const guard = env['DATABASE_URL'] && env['REDIS_URL'] ? undefined : startGuard();
	const started: Service[] = [];
	const begin = async (name: string, start: () => Promise<Service>): Promise<string> => {
		const service = await start();
		started.push(service);
		guard?.watch(service);
		progress(`${name} is running`);
		return service.url;
	};
	const stop = async (): Promise<void> => {
		for (const { child, signal } of [...started].reverse()) await stopProcess(child, signal);
		guard?.dismiss();
	};
	try {
		const databaseUrl =
			env['DATABASE_URL'] || (await begin('PostgreSQL', () => startPostgres(join(home, 'postgres'))));
		const redisUrl = env['REDIS_URL'] || (await begin('Redis', () => startRedis(join(home, 'redis'))));
		return { databaseUrl, redisUrl, authSecret: env['AUTH_SECRET'] || secretOf(home, 'auth-secret'), stop };
	} catch (error) {
		await stop();
		throw error;
	}
}

/**
 * Runs `work` with PostgreSQL and Redis. If an instance is running on this folder, `work` uses the services of that
 * instance. Otherwise the missing services start, and stop when `work` is done.
 */
export async function withServices<T>(
	given: Env,
	work: (services: Omit<Services, 'stop'>) => Promise<T>
): Promise<T> {
	const env = settingsOf(given);
	const home = homeOf(env);
	const running = runningInstance(home);
	if (running) {
		const { databaseUrl, redisUrl } = running;
		return work({ databaseUrl, redisUrl, authSecret: env['AUTH_SECRET'] || secretOf(home, 'auth-secret') });
	}
	const services = await startServices(home, env, () => {});
	try {
		return await work(services);
	} finally {
		await services.stop();
	}
}

/** Starts guard.cjs, which stops the services if this process is killed. */
function startGuard() {
	const child = spawn(process.execPath, [join(import.meta.dirname, 'guard.cjs')], {
		stdio: ['pipe', 'ignore', 'ignore'],
		detached: true
	});
	child.stdin.on('error', () => {});
	child.unref();
	return {
		watch: ({ child: guarded, signal }: Service) => void child.stdin.write(`+${guarded.pid} ${signal}\n`),
		/** Ends the guard process. Call `dismiss` when all guarded services have stopped. */
		dismiss: () => void child.kill('SIGKILL')
	};
}
