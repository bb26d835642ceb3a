// Starts the whole system on one machine (`npm start`, `npm run demo`, `npm run dev`), and stops the system in reverse
// order. The steps: start PostgreSQL and Redis, migrate the database, build the pages, run the web and worker
// processes.
import { randomBytes } from 'node:crypto';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { migrateDatabase } from '#lib/server/migrate-database.ts';
import { loadConfig, readEnvFile, settingsOf } from '#lib/server/process/config.ts';
import { requireServices } from '#lib/server/start-checks.ts';
import { buildPages } from './build.ts';
import { prepareDemo } from './demo.ts';
import { nextSteps } from './next-steps.ts';
import { nodeProgram } from './node-program.ts';
import { announce, endProcess, hasInstallation, homeOf, runningInstance, startServices } from './services.ts';
import { createSupervision } from './supervise.ts';

/** npm passes Ctrl-C on to the launcher, which has received it already. Signals this close (ms) are one. */
const SAME_SIGNAL_MS = 1000;

const demo = process.argv.includes('--demo');
const dev = process.argv.includes('--dev');
const began = performance.now();
const say = (line: string): void =>
	console.log(`causeway [${((performance.now() - began) / 1000).toFixed(1).padStart(5)} s] ${line}`);
const giveUp = (line: string): void => {
	console.error(`causeway: ${line}`);
	void stop(1);
};

let stopping: Promise<void> | undefined;
let hasAnnounced = false;
let signalledAt = -Infinity;

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
	process.on(signal, () => {
		if (performance.now() - signalledAt < SAME_SIGNAL_MS) return;
		// At a second signal, the launcher exits at once, and the guard stops PostgreSQL and Redis.
		if (stopping) process.exit(1);
		signalledAt = performance.now();
		say('stopping (press Ctrl-C again to stop at once)');
		void stop(0);
	});

const { home, given } = readSettings();
const supervision = createSupervision({ home, say, giveUp });

function stop(code: number): Promise<void> {
	stopping ??= (async () => {
		// The demo feed and the web process stop first, so that no new record arrives. PostgreSQL and Redis stop last.
		await supervision.stop();
		await starting;
		if (hasAnnounced) rmSync(join(home, 'run.json'), { force: true });
		process.exit(code);
	})();
	return stopping;
}

const starting = start().catch((error: Error) => {
	// The steps of a start fail when the launcher stops in their midst.
	if (!stopping) giveUp(error.message);
});

/** Runs all steps of the start. After each step, the start ends if the launcher stops. */
async function start(): Promise<void> {
	const { signal } = supervision;
	const running = runningInstance(home);
	if (running)
		throw new Error(
			`this instance is already running at ${running.url} (process ${running.pid}). Stop it, or set CAUSEWAY_HOME and PORT to start a second instance`
		);
	// The launcher itself provides these three settings if they are not given.
	const { host, port } = loadConfig({
		DATABASE_URL: 'postgres://private',
		REDIS_URL: 'redis://private',
		AUTH_SECRET: randomBytes(32).toString('hex'),
		...given
	});
	await requireServices({
		listen: { host, port },
		databaseUrl: given['DATABASE_URL'],
		redisUrl: given['REDIS_URL']
	});
	signal.throwIfAborted();
	if (!given['DATABASE_URL'] && !hasInstallation(home)) say(`new installation in ${home}`);
	const services = await startServices(home, given, say, supervision);
	const { databaseUrl, redisUrl, authSecret } = services;
	const env = {
		...given,
		DATABASE_URL: databaseUrl,
		REDIS_URL: redisUrl,
		AUTH_SECRET: authSecret,
		HOST: host,
		PORT: String(port)
	};
	const { origin } = loadConfig(env);
	hasAnnounced = true;
	announce(home, { pid: process.pid, url: origin, databaseUrl, redisUrl });
	const applied = await migrateDatabase(databaseUrl, say, signal);
	signal.throwIfAborted();
	if (applied.length > 0)
		say(`migrated the database (${applied.length} migrations, up to ${applied.at(-1)})`);
	await buildPages(say, signal);

	const local = `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
	const flags = dev ? ['--watch-path=src', '--watch-path=workers', '--watch-path=server.ts'] : [];
	say('starting the worker and web processes');
	const worker = supervision.run(nodeProgram({ name: 'worker', script: 'workers/main.ts', flags, env }));
	const web = supervision.run(nodeProgram({ name: 'web', script: 'server.ts', flags, env }));
	await Promise.all([worker.ready, web.ready]);
	await requireAnswer(`${local}/sign-in`);
	signal.throwIfAborted();
	if (demo) say('adding the Suppliers and people of the demo');
	const demoFeed = demo ? await prepareDemo(services, home) : undefined;
	signal.throwIfAborted();
	console.log(`ready ${origin}`);
	if (demoFeed) {
		for (const line of demoFeed.signIns) console.log(line);
		const feedEnv = {
			...process.env,
			CAUSEWAY_URL: local,
			CAUSEWAY_KEY: demoFeed.key,
			CAUSEWAY_ON_CALL_KEY: demoFeed.onCallKey,
			CAUSEWAY_HALDEN_ON_CALL_KEY: demoFeed.haldenOnCallKey,
			CAUSEWAY_KIM_KEY: demoFeed.kimKey,
			CAUSEWAY_LEAD_KEY: demoFeed.leadKey,
			CAUSEWAY_ENGINEER_KEY: demoFeed.engineerKey,
			CAUSEWAY_HOME: home
		};
		supervision.run(
			nodeProgram({ name: 'demo', script: 'demo/main.ts', flags: [], env: feedEnv, printsForPeople: true })
		);
	} else for (const line of await nextSteps(databaseUrl, given)) console.log(line);
	say('open the address above in a browser; press Ctrl-C to stop');
}

/** Reads the settings and the folder of the instance. Prints one line and ends if they cannot be used. */
function readSettings(): { home: string; given: Record<string, string> } {
	try {
		readEnvFile();
		const given = settingsOf(process.env);
		return { home: homeOf(given), given };
	} catch (error) {
		return endProcess((error as Error).message);
	}
}

/** Requests the page at `url`, and throws if the server answers with a server error. */
async function requireAnswer(url: string): Promise<void> {
	const response = await fetch(url, { redirect: 'manual' });
	if (response.status >= 500)
		throw new Error(`${url} answered ${response.status}. The log ${join(home, 'logs/web.log')} says why`);
}
