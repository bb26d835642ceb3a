// Provides PostgreSQL and Redis: the services of DATABASE_URL and REDIS_URL, the services of a running instance, or
// private child processes.
import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { settingsOf } from '#lib/server/process/config.ts';
import { requireServices } from '#lib/server/start-checks.ts';
import { prepareHome } from './home.ts';
import { startPostgres } from './postgres.ts';
import { commandOf, isAlive, root } from './process.ts';
import { startRedis } from './redis.ts';
import { createSupervision, type Supervision } from './supervise.ts';

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
 * Returns the folder of this instance, with its data, logs and secrets. Creates the folder if it is missing. Throws an
 * error of one line if the folder cannot hold an instance.
 */
export function homeOf(env: Env): string {
	const home = homePath(env);
	const problem = prepareHome(home);
	if (problem) throw new Error(problem);
	return home;
}

/** Returns the path of the folder of this instance, which may be missing. */
export const homePath = (env: Env): string => resolve(root, env['CAUSEWAY_HOME'] || '.causeway');

/** Returns whether the folder holds the database of an installation. */
export const hasInstallation = (home: string): boolean => existsSync(join(home, 'postgres'));

/** Returns the folder of the installation. Throws if there is none, because a verb must not make one in silence. */
function knownHome(env: Env): string {
	const home = homePath(env);
	if (hasInstallation(home)) return home;
	const setting = env['CAUSEWAY_HOME'] ? 'CAUSEWAY_HOME' : 'the default, because CAUSEWAY_HOME is not set';
	throw new Error(
		`There is no installation in ${home} (${setting}). Set CAUSEWAY_HOME to the folder of your installation, or set DATABASE_URL (and REDIS_URL for reindex), or make a new installation with \`npm start\` or \`npm run causeway -- init\`.`
	);
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
 * Starts the services that the environment does not name, and keeps them running. Calls `progress` with one line after
 * each started service.
 */
export async function startServices(
	home: string,
	given: Env,
	progress: (line: string) => void,
	supervision: Supervision = createSupervision({ home, say: progress, giveUp: endProcess })
): Promise<Services> {
	const env = settingsOf(given);
	const begin = async (name: string, start: () => Promise<string>): Promise<string> => {
		const url = await start();
		progress(`${name} is running`);
		return url;
	};
	const stop = () => supervision.stop();
	try {
		const databaseUrl =
			env['DATABASE_URL'] ||
			(await begin('PostgreSQL', () => startPostgres(join(home, 'postgres'), supervision)));
		const redisUrl =
			env['REDIS_URL'] || (await begin('Redis', () => startRedis(join(home, 'redis'), supervision)));
		return { databaseUrl, redisUrl, authSecret: env['AUTH_SECRET'] || secretOf(home, 'auth-secret'), stop };
	} catch (error) {
		await stop();
		throw error;
	}
}

/** Ends this process when a private service cannot run. The guard then stops the other private service. */
export function endProcess(line: string): never {
	console.error(`causeway: ${line}`);
	process.exit(1);
}

/**
 * Runs `work` with PostgreSQL and Redis. If an instance is running on this folder, `work` uses the services of that
 * instance. Otherwise the missing services start, and stop when `work` is done. Throws if there is no installation.
 */
export async function withServices<T>(
	given: Env,
	work: (services: Omit<Services, 'stop'>) => Promise<T>,
	mayCreate = false
): Promise<T> {
	const env = settingsOf(given);
	const { DATABASE_URL: databaseUrl, REDIS_URL: redisUrl, AUTH_SECRET: authSecret } = env;
	await requireServices({ databaseUrl, redisUrl });
	if (databaseUrl && redisUrl && authSecret) return work({ databaseUrl, redisUrl, authSecret });
	const home = mayCreate ? homeOf(env) : knownHome(env);
	const running = databaseUrl ? undefined : runningInstance(home);
	if (running)
		return work({
			databaseUrl: running.databaseUrl,
			redisUrl: running.redisUrl,
			authSecret: authSecret || secretOf(home, 'auth-secret')
		});
	const services = await startServices(home, env, () => {});
	try {
		return await work(services);
	} finally {
		await services.stop();
	}
}

/**
 * Runs `work` with the database of DATABASE_URL, or of the installation in CAUSEWAY_HOME. `mayCreate`: makes a new
 * installation if there is none. Without it, throws if there is no installation.
 */
export async function withDatabase<T>(
	given: Env,
	work: (databaseUrl: string) => Promise<T>,
	mayCreate = false
): Promise<T> {
	const { DATABASE_URL: databaseUrl, ...env } = settingsOf(given);
	if (databaseUrl) {
		await requireServices({ databaseUrl });
		return work(databaseUrl);
	}
	return withServices(env, (services) => work(services.databaseUrl), mayCreate);
}
