// The services under Causeway: given ones (DATABASE_URL, REDIS_URL), those of a running instance, or private children.
import { randomBytes } from 'node:crypto';
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
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

/** The folder of this instance: data, logs, secrets. */
export function homeOf(env: Env): string {
	const home = resolve(root, env['CAUSEWAY_HOME'] || '.causeway');
	mkdirSync(home, { recursive: true, mode: 0o755 });
	return home;
}

const runFile = (home: string): string => join(home, 'run.json');

/** The instance that runs on this folder, if one does. */
export function runningInstance(home: string): RunningInstance | undefined {
	if (!existsSync(runFile(home))) return undefined;
	try {
		const run = JSON.parse(readFileSync(runFile(home), 'utf8')) as RunningInstance;
		return isAlive(run.pid) && /launcher\/start\.ts/.test(commandOf(run.pid)) ? run : undefined;
	} catch {
		return undefined; // half written by a start that was killed
	}
}

export const announce = (home: string, run: RunningInstance): void =>
	writeFileSync(runFile(home), JSON.stringify(run), { mode: 0o600 });

/** A secret of this instance, made once. */
export function secretOf(home: string, name: string): string {
	const file = join(home, name);
	if (!existsSync(file)) writeFileSync(file, randomBytes(32).toString('hex'), { mode: 0o600 });
	return readFileSync(file, 'utf8').trim();
}

/** Starts what the environment does not give. `progress` is told of each step. */
export async function startServices(
	home: string,
	env: Env,
	progress: (line: string) => void
): Promise<Services> {
	const guard = env['DATABASE_URL'] && env['REDIS_URL'] ? undefined : startGuard();
	const started: Service[] = [];
	const begin = async (name: string, start: () => Promise<Service>): Promise<string> => {
		const service = await start();
		started.push(service);
		guard?.watch(service);
		progress(`${name} is up`);
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

/** Runs `work` on the services: given, of the running instance, or started for as long as it takes. */
export async function withServices<T>(
	env: Env,
	work: (services: Omit<Services, 'stop'>) => Promise<T>
): Promise<T> {
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

function startGuard() {
	const child = spawn(process.execPath, [join(import.meta.dirname, 'guard.cjs')], {
		stdio: ['pipe', 'ignore', 'ignore'],
		detached: true
	});
	child.stdin.on('error', () => {});
	child.unref();
	return {
		watch: ({ child: guarded, signal }: Service) => void child.stdin.write(`+${guarded.pid} ${signal}\n`),
		/** Everything it guarded has been stopped. */
		dismiss: () => void child.kill('SIGKILL')
	};
}
