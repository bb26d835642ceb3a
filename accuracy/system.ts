// A whole Causeway for one run: its own database, the real web and worker processes, two Suppliers and their keys.
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { addApiKey, addSupplier } from '#lib/server/administration.ts';
import { migrate } from '#lib/server/migrate.ts';
import { PARTIES } from '../demo/world.ts';
import { freePort } from '../launcher/process.ts';
import { scratchDatabase, scratchRedis } from '../launcher/scratch.ts';
import { startServices, type Services } from '../launcher/services.ts';
import { supervise, type Supervised } from '../launcher/supervise.ts';

export interface System {
	url: string;
	/** Keys that read, by Supplier; `*` is the feed's. */
	keys: Record<string, string>;
	/** Whether any explanation is still due: the record keeps a row for each piece of open work. */
	isBusy(): Promise<boolean>;
}

const SUPPLIERS = [
	{ slug: 'brightwell', name: 'Brightwell Energy', userIds: [PARTIES.brightwell.userId] },
	{ slug: 'halden', name: 'Halden Gas', userIds: [PARTIES.halden.userId] }
];
export const VIEWERS: readonly string[] = SUPPLIERS.map(({ slug }) => slug);

export type Ground = Awaited<ReturnType<typeof openGround>>;

/** PostgreSQL and Redis: those of DATABASE_URL and REDIS_URL, or private ones in a folder that goes with them. */
export async function openGround(say: (line: string) => void) {
	const home = mkdtempSync(join(tmpdir(), 'causeway-accuracy-'));
	chmodSync(home, 0o755); // PostgreSQL may run as another user
	const undo: Array<() => Promise<unknown>> = [];
	const close = async (): Promise<void> => {
		for (const step of undo.reverse())
			await step().catch((error: Error) => say(`cleaning up: ${error.message}`));
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

	/** Starts a Causeway on a fresh database; stopped by `stop`, or with the ground. */
	async function startSystem(): Promise<System & { stop(): Promise<void> }> {
		const database = await scratchDatabase(services.databaseUrl, 'accuracy');
		undo.push(database.drop);
		const redis = await scratchRedis(services.redisUrl, 'accuracy');
		undo.push(redis.drop);
		await migrate(database.url);
		const pool = new pg.Pool({ connectionString: database.url, max: 2 });
		pool.on('error', () => {});
		const port = await freePort();
		const env = {
			...process.env,
			DATABASE_URL: database.url,
			REDIS_URL: redis.url,
			AUTH_SECRET: services.authSecret,
			HOST: '127.0.0.1',
			PORT: String(port),
			ORIGIN: '',
			LOG_LEVEL: 'warn',
			// What is learned in a day of a real installation is learned in the minutes of a run.
			LEARN_EVERY_SECONDS: '1'
		};
		const processes: Supervised[] = [];
		let stopped = false;
		const stop = async (): Promise<void> => {
			if (stopped) return;
			stopped = true;
			for (const supervised of [...processes].reverse()) await supervised.stop();
			await pool.end();
		};
		undo.push(stop);
		const run = (name: string, script: string) =>
			processes.push(supervise({ name, script, flags: [], env, home, say }));
		run('worker', 'workers/main.ts');
		run('web', 'server.ts');
		await Promise.all(processes.map((supervised) => supervised.ready));
		return {
			url: `http://127.0.0.1:${port}`,
			keys: await prepareKeys(pool),
			async isBusy() {
				const { rows } = await pool.query<{ busy: boolean }>(
					`select exists (select from doorbell) or exists (select from learn_due)
						or exists (select from learned_state where counted > weighed) as busy`
				);
				return rows[0]!.busy;
			},
			stop
		};
	}

	return { startSystem, close };
}

async function prepareKeys(pool: pg.Pool): Promise<Record<string, string>> {
	const client = await pool.connect();
	try {
		const keys: Record<string, string> = { '*': await addApiKey(client, null, ['ingest']) };
		for (const supplier of SUPPLIERS)
			keys[supplier.slug] = await addApiKey(client, await addSupplier(client, supplier), ['read']);
		return keys;
	} finally {
		client.release();
	}
}
