// Starts the whole system on one machine (`npm start`, `npm run demo`, `npm run dev`), and stops the system in reverse
// order. The steps: start PostgreSQL and Redis, migrate the database, build the pages, run the web and worker
// processes.
import { rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { migrate } from '#lib/server/postgres/migrate.ts';
import { loadConfig, settingsOf } from '#lib/server/process/config.ts';
import { buildPages } from './build.ts';
import { prepareDemo } from './demo.ts';
import { nextSteps } from './next-steps.ts';
import {
	announce,
	hasInstallation,
	homeOf,
	runningInstance,
	startServices,
	type Services
} from './services.ts';
import { supervise, type Supervised } from './supervise.ts';

const demo = process.argv.includes('--demo');
const dev = process.argv.includes('--dev');
const began = performance.now();
const say = (line: string): void =>
	console.log(`causeway [${((performance.now() - began) / 1000).toFixed(1).padStart(5)} s] ${line}`);

const home = homeOf(process.env);
let services: Services | undefined;
const processes: Supervised[] = [];
let stopping: Promise<void> | undefined;

function stop(code: number): Promise<void> {
	stopping ??= (async () => {
		// The demo feed and the web process stop first, so that no new record arrives. PostgreSQL and Redis stop last.
		for (const supervised of [...processes].reverse()) await supervised.stop();
		await services?.stop();
		if (services) rmSync(join(home, 'run.json'), { force: true });
		process.exit(code);
	})();
	return stopping;
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
	process.on(signal, () => {
		// at a second signal, the launcher exits at once, and the guard stops PostgreSQL and Redis
		if (stopping) process.exit(1);
		console.log('');
		say('stopping (press Ctrl-C again to stop at once)');
		void stop(0);
	});

try {
	await start();
} catch (error) {
	console.error(`causeway: ${(error as Error).message}`);
	await stop(1);
}

async function start(): Promise<void> {
	const running = runningInstance(home);
	if (running)
		throw new Error(
			`this instance is already running at ${running.url} (process ${running.pid}). Stop it, or set CAUSEWAY_HOME and PORT to start a second instance`
		);
	const given = settingsOf(process.env);
	const host = given['HOST'] || '127.0.0.1';
	const port = Number(given['PORT'] || 3000);
	if (!(await isFree(host, port)))
		throw new Error(`port ${port} on ${host} is in use. Set PORT to a free port`);
	if (!given['DATABASE_URL'] && !hasInstallation(home)) say(`new installation in ${home}`);
	services = await startServices(home, given, say);
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
	announce(home, { pid: process.pid, url: origin, databaseUrl, redisUrl });
	const applied = await migrate(databaseUrl);
	if (applied.length > 0)
		say(`migrated the database (${applied.length} migrations, up to ${applied.at(-1)})`);
	buildPages(say);

	const local = `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
	const watch = dev ? ['--watch-path=src', '--watch-path=workers', '--watch-path=server.ts'] : [];
	processes.push(supervise({ name: 'worker', script: 'workers/main.ts', flags: watch, env, home, say }));
	processes.push(supervise({ name: 'web', script: 'server.ts', flags: watch, env, home, say }));
	await Promise.all(processes.map((supervised) => supervised.ready));
	await requireAnswer(`${local}/sign-in`);
	if (demo) {
		const { signIns, key } = await prepareDemo(services, home);
		console.log(`ready ${origin}`);
		for (const line of signIns) console.log(line);
		processes.push(
			supervise({
				name: 'demo',
				script: 'demo/main.ts',
				flags: [],
				env: { ...process.env, CAUSEWAY_URL: local, CAUSEWAY_KEY: key, CAUSEWAY_HOME: home },
				home,
				say,
				printsForPeople: true
			})
		);
	} else {
		console.log(`ready ${origin}`);
		for (const line of await nextSteps(databaseUrl, given)) console.log(line);
	}
	say('open the address above in a browser; press Ctrl-C to stop');
}

function isFree(host: string, port: number): Promise<boolean> {
	return new Promise((done) => {
		const probe = createServer().on('error', () => done(false));
		probe.listen(port, host, () => probe.close(() => done(true)));
	});
}

/** Requests the page at `url`, and throws if the server answers with a server error. */
async function requireAnswer(url: string): Promise<void> {
	const response = await fetch(url, { redirect: 'manual' });
	if (response.status >= 500)
		throw new Error(`${url} answered ${response.status}. The log ${join(home, 'logs/web.log')} says why`);
}
