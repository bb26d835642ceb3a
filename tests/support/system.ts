// Starts a whole Causeway for one test file: its own database and Redis database, the web parts in this process, and a real
// worker process. Tests drive it over HTTP and the socket.
import { fork, type ChildProcess } from 'node:child_process';
import { createServer } from 'node:http';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { createClient } from 'redis';
import { io, type Socket } from 'socket.io-client';
import { expect, inject, vi } from 'vitest';
import type { Alert } from '#lib/domain/alert.ts';
import { serveApi } from '#lib/server/api/api.ts';
import { addApiKey, addSupplier } from '#lib/server/access/administration.ts';
import { loadConfig } from '#lib/server/process/config.ts';
import { attachLive } from '#lib/server/live/live.ts';
import { openWebServices } from '#lib/server/services.ts';
import { stopProcess } from '../../launcher/process.ts';
import { TEMPLATE, withDatabase } from './services.setup.ts';

/** The Suppliers of the tests and their User IDs. */
export const SUPPLIERS = {
	brightwell: { name: 'Brightwell Energy', userIds: ['90-B3-D5-1F-30-01-00-01'] },
	halden: { name: 'Halden Gas', userIds: ['90-B3-D5-1F-30-01-00-02'] }
} as const;
export type SupplierSlug = keyof typeof SUPPLIERS;

export interface Answer {
	status: number;
	headers: Headers;
	body: any; // eslint-disable-line @typescript-eslint/no-explicit-any -- tests look at answers of any shape
}

export type System = Awaited<ReturnType<typeof startSystem>>;
/** The calls to one web process. */
export type Calls = ReturnType<System['callsTo']>;

/** Repeats `check` until it no longer throws, for ten seconds at most by default. Returns its result. */
export const eventually = <T>(
	check: () => T | Promise<T>,
	options: { timeout?: number; interval?: number } = {}
): Promise<T> => vi.waitFor(check, { timeout: 10_000, interval: 50, ...options });

interface SystemOptions {
	/** `false`: the test itself starts the worker process. */
	worker?: boolean;
	/** Environment variables of the web parts and of the worker. */
	settings?: Record<string, string>;
	/** The completeness mark of the only source (RFC 3339); absent: the test sets the mark itself, or needs none. */
	completeUntil?: string;
}

export async function startSystem(options: SystemOptions = {}) {
	const admin = new pg.Client({ connectionString: inject('databaseUrl') });
	await admin.connect();
	const databaseName = `test_${randomBytes(6).toString('hex')}`;
	await admin.query(`create database ${databaseName} template ${TEMPLATE}`);
	const databaseUrl = withDatabase(inject('databaseUrl'), databaseName);
	const redisUrl = await freeRedisDatabase();
	const home = mkdtempSync(join(tmpdir(), 'causeway-system-'));
	const env = {
		DATABASE_URL: databaseUrl,
		REDIS_URL: redisUrl,
		AUTH_SECRET: 'only-for-tests-'.repeat(3),
		LOG_LEVEL: 'error',
		CAUSEWAY_HOME: home,
		// Learned patterns change with time and would disturb most tests. Tests of learning set a short interval.
		LEARN_EVERY_SECONDS: '86400',
		...options.settings
	};

	const http = createServer((req, res) => {
		if (!serveApi(services, req, res)) res.writeHead(404).end();
	});
	http.listen(0, '127.0.0.1');
	await once(http, 'listening');
	const url = `http://127.0.0.1:${(http.address() as { port: number }).port}`;
	const config = loadConfig({ ...env, ORIGIN: url });
	const services = await openWebServices(config);
	const live = await attachLive(http, services);
	const workerEnv = { ...env, ORIGIN: url };
	let worker = options.worker === false ? undefined : await startWorker(workerEnv);

	const database = new pg.Client({ connectionString: databaseUrl });
	await database.connect();
	const keys: Record<string, string> = { '*': await addApiKey(database, null, ['ingest']) };
	for (const [slug, { name, userIds }] of Object.entries(SUPPLIERS)) {
		const supplierId = await addSupplier(database, { slug, name, userIds });
		keys[slug] = await addApiKey(database, supplierId, ['ingest', 'read', 'decide', 'manage']);
	}
	const sockets: Socket[] = [];

	/** Returns the calls to the web process at an address. */
	const callsTo = (to: string) => {
		async function call(
			method: string,
			path: string,
			key: string | null,
			body?: unknown,
			type = 'application/json'
		): Promise<Answer> {
			const response = await fetch(`${to}/api/v1${path}`, {
				method,
				headers: {
					...(key ? { authorization: `Bearer ${keys[key] ?? key}` } : {}),
					...(body === undefined ? {} : { 'content-type': type })
				},
				...(body === undefined
					? {}
					: {
							body:
								typeof body === 'string' || body instanceof Uint8Array
									? (body as string)
									: JSON.stringify(body)
						})
			});
			const text = await response.text();
			return {
				status: response.status,
				headers: response.headers,
				body: /[/+]json/.test(response.headers.get('content-type') ?? '') && text ? JSON.parse(text) : text
			};
		}
		return {
			call,
			/** Posts with the ingest key of the whole installation. */
			post: (path: string, body: unknown, type?: string) => call('POST', path, '*', body, type),
			get: (slug: string, path: string) => call('GET', path, slug)
		};
	};
	const { call, post, get } = callsTo(url);

	if (options.completeUntil !== undefined) {
		const mark = { source: 'sat', completeUntil: options.completeUntil };
		expect((await call('POST', '/service-requests/completeness', '*', mark)).status).toBe(204);
	}

	/** Returns the Alerts that a Supplier reads, newest first. */
	const alerts = async (slug: string, query = ''): Promise<Alert[]> =>
		(await call('GET', `/alerts${query}`, slug)).body.items;

	return {
		url,
		databaseUrl,
		redisUrl,
		keys,
		env,
		services,
		/** A session of the owner of the database, which sees the rows of all Suppliers. */
		database,
		call,
		post,
		get,
		/** The same calls, to the web process at another address. */
		callsTo,
		alerts,
		/** Waits until the Supplier's newest Alert of a Device matches `expected`, and returns the Alert. */
		becomes: (slug: string, deviceId: string, expected: object): Promise<Alert> =>
			eventually(async () => {
				const [alert] = await alerts(slug, `?device=${deviceId}`);
				expect(alert).toBeDefined();
				expect(alert).toMatchObject(expected);
				return alert!;
			}),
		/**
		 * Opens a live connection with a Supplier's key, to the web parts in this process or to the process at `to`. The
		 * system closes the connection when the system ends.
		 */
		async connect(slug: string, to = url): Promise<Socket> {
			const socket = io(to, {
				transports: ['websocket'],
				auth: { key: keys[slug] ?? slug },
				reconnectionDelay: 50
			});
			sockets.push(socket);
			await new Promise<void>((done, fail) => socket.once('connect', done).once('connect_error', fail));
			return socket;
		},
		startWorker: async () => (worker = await startWorker(workerEnv)),
		/** Stops the worker process, after the end of its jobs. */
		async stopWorker() {
			if (worker) await stopProcess(worker, 'SIGTERM');
			worker = undefined;
		},
		/** Kills the worker process, as a power cut would. */
		async killWorker() {
			if (worker) await stopProcess(worker, 'SIGKILL');
			worker = undefined;
		},
		async [Symbol.asyncDispose]() {
			for (const socket of sockets) socket.disconnect();
			if (worker) await stopProcess(worker, 'SIGTERM');
			await live.close();
			http.closeAllConnections();
			await services[Symbol.asyncDispose]();
			await database.end();
			await admin.query(`drop database ${databaseName} with (force)`);
			await admin.end();
			rmSync(home, { recursive: true, force: true });
		}
	};
}

/** Starts a worker process, and waits until it is ready. */
export async function startWorker(env: Record<string, string>): Promise<ChildProcess> {
	const worker = fork(new URL('../../workers/main.ts', import.meta.url), {
		env: { ...process.env, ...env },
		stdio: ['ignore', 'inherit', 'inherit', 'ipc']
	});
	await new Promise<void>((done, fail) => {
		worker.once('message', () => done());
		worker.once('exit', (code) => fail(new Error(`the worker ended with ${code}`)));
	});
	return worker;
}

/** Empties and returns a numbered database of the test Redis for this system. A counter in database 0 hands out the numbers. */
export async function freeRedisDatabase(): Promise<string> {
	const client = createClient({ url: inject('redisUrl') });
	await client.connect();
	const number = (await client.incr('test-databases')) % 15;
	client.destroy();
	const url = new URL(inject('redisUrl'));
	url.pathname = `/${number + 1}`;
	const database = createClient({ url: url.href });
	await database.connect();
	await database.flushDb();
	database.destroy();
	return url.href;
}
