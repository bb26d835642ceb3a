// Starts a complete Causeway for a measurement: PostgreSQL and Redis, a new database, web and worker processes, and API
// keys.
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type pg from 'pg';
import { addApiKey, addSupplier } from '#lib/server/access/administration.ts';
import { settingsOf } from '#lib/server/process/config.ts';
import { migrateDatabase } from '#lib/server/migrate-database.ts';
import { openOwnerPool } from '#lib/server/postgres/session.ts';
import { nodeProgram } from './node-program.ts';
import { freePort } from './process.ts';
import { scratchDatabase, scratchRedis } from './scratch.ts';
import { endProcess, startServices, type Services } from './services.ts';
import { createSupervision, type Supervised } from './supervise.ts';

export interface System {
	url: string;
	databaseUrl: string;
	redisUrl: string;
	/** The API keys by Supplier slug, with the scopes `read` and `manage`. The key under `*` has the scope `ingest`. */
	keys: Record<string, string>;
	/** Returns whether any work is open. The database has a row for each piece of open work. */
	isBusy(): Promise<boolean>;
	/** The connections to the database, for facts that the API does not give. */
	pool: pg.Pool;
	/** Stops the worker process. New records are stored and wait for the next worker process. */
	stopWorker(): Promise<void>;
	startWorker(): Promise<void>;
	/** Starts more web and worker processes beside the first ones, on the same PostgreSQL and Redis. */
	startMore(count: { webs: number; workers: number }): Promise<MoreProcesses>;
	stop(): Promise<void>;
}

export interface MoreProcesses {
	/** The addresses of the web processes. */
	urls: string[];
	stop(): Promise<void>;
}

export interface SystemOptions {
	suppliers: ReadonlyArray<{ slug: string; name: string; userIds: string[] }>;
	/** The environment variables of the web and the worker process. */
	settings?: Record<string, string>;
	/** The Node.js flags of the web and the worker process, for example to write a profile. */
	flags?: readonly string[];
}

export type Testbed = Awaited<ReturnType<typeof openTestbed>>;

/**
 * Opens PostgreSQL and Redis: the services of DATABASE_URL and REDIS_URL, or private services in a temporary folder.
 * The names of the databases and of the folder contain `name`.
 */
export async function openTestbed(name: string, say: (line: string) => void) {
	const home = mkdtempSync(join(tmpdir(), `causeway-${name}-`));
	chmodSync(home, 0o755); // PostgreSQL may run as another user, who must be able to enter the folder
	/** The steps that close the opened services and databases, in the order of opening. */
	const undo: Array<() => Promise<unknown>> = [];
	const close = async (): Promise<void> => {
		for (const step of undo.reverse())
			await step().catch((error: Error) => say(`could not clean up: ${error.message}`));
		undo.length = 0;
		rmSync(home, { recursive: true, force: true });
	};
	let services: Services;
	try {
		services = await startServices(home, { ...process.env, CAUSEWAY_HOME: home }, say);
		undo.push(() => services.stop());
	} catch (error) {
		await close();
		throw error;
	}

	/** Starts a Causeway on a new database. The Causeway stops at a call of `stop`, or when the testbed is closed. */
	async function startSystem({ suppliers, settings = {}, flags = [] }: SystemOptions): Promise<System> {
		const database = await scratchDatabase(services.databaseUrl, name);
		undo.push(database.drop);
		const redis = await scratchRedis(services.redisUrl, name);
		undo.push(redis.drop);
		await migrateDatabase(database.url);
		const pool = openOwnerPool(database.url, 2);
		const port = await freePort();
		const urlOf = (port: number): string => `http://127.0.0.1:${port}`;
		const env = {
			...settingsOf(process.env),
			CAUSEWAY_HOME: home,
			DATABASE_URL: database.url,
			REDIS_URL: redis.url,
			AUTH_SECRET: services.authSecret,
			HOST: '127.0.0.1',
			PORT: String(port),
			ORIGIN: '',
			LOG_LEVEL: 'warn',
			...settings
		};
		const supervision = createSupervision({ home, say, giveUp: endProcess });
		const run = (name: string, script: string, more: NodeJS.ProcessEnv = {}): Supervised =>
			supervision.run(nodeProgram({ name, script, flags, env: { ...env, ...more } }));
		let worker: Supervised | undefined = run('worker', 'workers/main.ts');
		const web = run('web', 'server.ts');
		const added: Supervised[] = [];
		let stopped = false;
		const stop = async (): Promise<void> => {
			if (stopped) return;
			stopped = true;
			for (const process of added) await process.stop();
			await web.stop();
			await worker?.stop();
			await pool.end();
		};
		undo.push(stop);
		await Promise.all([web.ready, worker.ready]);
		return {
			url: urlOf(port),
			databaseUrl: database.url,
			redisUrl: redis.url,
			keys: await prepareKeys(pool, suppliers),
			async isBusy() {
				const { rows } = await pool.query<{ busy: boolean }>(
					`select exists (select from doorbell) or exists (select from learn_due)
						or exists (select from learned_state where counted > weighed) or exists (select from learned_again) as busy`
				);
				return rows[0]!.busy;
			},
			pool,
			async stopWorker() {
				await worker?.stop();
				worker = undefined;
			},
			async startWorker() {
				worker = run('worker', 'workers/main.ts');
				await worker.ready;
			},
			async startMore({ webs, workers }) {
				const ports: number[] = [];
				while (ports.length < webs) ports.push(await freePort());
				const more = [
					...ports.map((port, i) => run(`web-${i + 2}`, 'server.ts', { PORT: String(port) })),
					...Array.from({ length: workers }, (_, i) => run(`worker-${i + 2}`, 'workers/main.ts'))
				];
				added.push(...more);
				await Promise.all(more.map(({ ready }) => ready));
				return {
					urls: ports.map(urlOf),
					async stop() {
						for (const process of more) await process.stop();
					}
				};
			},
			stop
		};
	}

	return { home, services, startSystem, close };
}

/** Adds the Suppliers, and makes one API key for each Supplier and one API key for ingest. */
async function prepareKeys(
	pool: pg.Pool,
	suppliers: SystemOptions['suppliers']
): Promise<Record<string, string>> {
	const client = await pool.connect();
	try {
		const keys: Record<string, string> = { '*': await addApiKey(client, null, ['ingest']) };
		for (const supplier of suppliers)
			keys[supplier.slug] = await addApiKey(client, await addSupplier(client, supplier), ['read', 'manage']);
		return keys;
	} finally {
		client.release();
	}
}
