// Runs the image without a container engine: replays the Dockerfile in a clean folder, and starts the services of
// docker-compose.yml there as the user of the image, who owns nothing in the folder of the application.
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import {
	chmodSync,
	chownSync,
	globSync,
	linkSync,
	cpSync,
	mkdirSync,
	mkdtempSync,
	readFileSync,
	readdirSync,
	rmSync,
	utimesSync,
	writeFileSync
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { parse } from 'yaml';
import { addApiKey, supplierIdOf } from '#lib/server/access/administration.ts';
import { freePort, stopProcess } from '../../../launcher/process.ts';
import { buildImage, cleanEnv, contentsOf, inside, type Image } from '../../support/image.ts';
import { aDevice, anAlert, newDeviceId } from '../../support/records.ts';
import { eventually } from '../../support/system.ts';
import { withDatabase } from '../../support/services.setup.ts';

interface Service {
	command?: string[];
	environment: Record<string, string | null>;
	healthcheck: { test: string[] };
}

const project = resolve(import.meta.dirname, '../../..');
const { services } = parse(readFileSync(join(project, 'docker-compose.yml'), 'utf8'), { merge: true }) as {
	services: Record<string, Service>;
};
const folder = mkdtempSync(join(tmpdir(), 'causeway-image-'));
const isRoot = process.getuid!() === 0;
/** A password with every character that means something in a URL, in a shell or in YAML. */
const PASSWORD = `p@ss:w/o#r?d%41'"$ &`;
const NAME = `image_${process.pid}`;

let image: Image;
let admin: pg.Client;
let port: number;
let before: string[];
const running: ChildProcess[] = [];

beforeAll(async () => {
	chmodSync(folder, 0o755);
	image = buildImage(project, folder);
	const programs = join(image.root, 'usr/local/bin');
	mkdirSync(programs, { recursive: true });
	try {
		linkSync(process.execPath, join(programs, 'node'));
	} catch {
		cpSync(process.execPath, join(programs, 'node'));
	}
	chmodSync(join(image.root, 'tmp'), 0o777);
	// Where the tests do not run as root, this user owns the folders. Without the right to write they act like root's.
	if (!isRoot)
		for (const path of [inside(image, '.'), ...globSync(`${inside(image, '.')}/**/`)]) chmodSync(path, 0o555);
	port = await freePort();
	admin = new pg.Client({ connectionString: inject('databaseUrl') });
	await admin.connect();
	await admin.query(`create role ${NAME} login superuser password ${admin.escapeLiteral(PASSWORD)}`);
	await admin.query(`create database ${NAME} owner ${NAME}`);
	before = contentsOf(inside(image, '.'));
}, 240_000);

afterAll(async () => {
	for (const child of running.reverse()) await stopProcess(child, 'SIGTERM');
	await admin?.query(`drop database if exists ${NAME} with (force)`);
	await admin?.query(`drop role if exists ${NAME}`);
	await admin?.end();
	if (!isRoot) spawnSync('chmod', ['-R', 'u+w', folder]);
	rmSync(folder, { recursive: true, force: true });
});

/** Returns the variables of a service, with the stores and the port of this test. */
function environmentOf(name: string): Record<string, string> {
	const database = new URL(withDatabase(inject('databaseUrl'), NAME));
	database.username = NAME;
	database.password = '';
	database.search = '';
	const redis = new URL(inject('redisUrl'));
	redis.pathname = '/0';
	const given: Record<string, string> = {
		DATABASE_URL: database.href,
		DATABASE_PASSWORD: PASSWORD,
		REDIS_URL: redis.href,
		AUTH_SECRET: 'only-for-tests-'.repeat(3),
		ORIGIN: `http://127.0.0.1:${port}`,
		HOST: '127.0.0.1',
		PORT: String(port)
	};
	const env: Record<string, string> = { ...cleanEnv(), ...image.env };
	for (const [variable, value] of Object.entries(services[name]!.environment))
		if (value !== null) env[variable] = given[variable] ?? value;
	for (const variable of ['CAUSEWAY_HOME', 'HEARTBEAT_FILE'])
		env[variable] = join(image.root, env[variable]!);
	return { ...env, PATH: `${join(image.root, 'usr/local/bin')}:${env['PATH']}` };
}

/** How a container starts a process of the image: working folder, user, variables. */
const container = (env: Record<string, string>) => {
	const [uid, gid] = image.user.split(':').map(Number) as [number, number];
	return { cwd: inside(image, '.'), env, ...(isRoot ? { uid, gid } : {}) };
};

/** Runs one command of the image to its end. */
function run([program, ...args]: string[], env: Record<string, string>) {
	const { status, stdout, stderr } = spawnSync(program!, args, { ...container(env), encoding: 'utf8' });
	return { status, output: (stdout + stderr).trim() };
}

const checkHealth = (name: string) => run(services[name]!.healthcheck.test.slice(1), environmentOf(name));

/** Starts a service of docker-compose.yml, and waits until its health check succeeds. */
async function start(name: string): Promise<ChildProcess> {
	const [program, ...args] = services[name]!.command ?? image.command;
	const child = spawn(program!, args, {
		...container(environmentOf(name)),
		stdio: ['ignore', 'pipe', 'pipe']
	});
	running.push(child);
	let log = '';
	child.stdout!.on('data', (data: Buffer) => (log += data.toString()));
	child.stderr!.on('data', (data: Buffer) => (log += data.toString()));
	await eventually(
		() => {
			if (child.exitCode !== null) throw new Error(`${name} ended: ${log}`);
			const { status, output } = checkHealth(name);
			expect(status, `${name}: ${output}\n${log}`).toBe(0);
		},
		{ timeout: 60_000, interval: 500 }
	);
	return child;
}

describe('the image', { timeout: 180_000 }, () => {
	it('holds what runs, and no test, benchmark, document or development tool', () => {
		expect(readdirSync(inside(image, '.')).sort()).toEqual([
			'LICENSE',
			'THIRD-PARTY-NOTICES.txt',
			'build',
			'cli',
			'launcher',
			'migrations',
			'node_modules',
			'package.json',
			'server.ts',
			'src',
			'workers'
		]);
		const lock = JSON.parse(readFileSync(join(project, 'package-lock.json'), 'utf8')) as {
			packages: Record<string, { dev?: boolean; optional?: boolean }>;
		};
		const installed = Object.keys(lock.packages).filter(
			(path) => path !== '' && before.some((entry) => entry.startsWith(`${path}/package.json `))
		);
		expect(installed).toContain('node_modules/pg');
		expect(installed.filter((path) => lock.packages[path]!.dev || lock.packages[path]!.optional)).toEqual([]);
	});

	it('migrates, with the password from a file, and says in one line which file is missing', () => {
		const { DATABASE_PASSWORD, ...env } = environmentOf('migrate');
		const secret = join(folder, 'postgres-password');
		const { command } = services['migrate']!;
		const failed = run(command!, { ...env, DATABASE_PASSWORD_FILE: secret });
		expect(failed.status).toBe(1);
		expect(failed.output).toContain('DATABASE_PASSWORD_FILE: there is no such file');
		expect(failed.output).not.toContain('EACCES');
		writeFileSync(secret, `${DATABASE_PASSWORD}\n`, { mode: 0o400 });
		if (isRoot) chownSync(secret, 1000, 1000);
		const wrong = run(command!, { ...env, DATABASE_PASSWORD: 'wrong' });
		expect(wrong.output).toMatch(
			/^DATABASE_URL: .* refuses the password of the user \S+\. Correct it in .*DATABASE_PASSWORD$/
		);
		expect(run(command!, { ...env, DATABASE_PASSWORD_FILE: secret })).toEqual({
			status: 0,
			output: expect.stringMatching(/^Applied /) as string
		});
	});

	it('serves, explains an Alert, and writes nothing into the folder of the application', async () => {
		await start('web');
		const worker = await start('worker');
		const cli = (...words: string[]) => run(['node', 'cli/causeway.ts', ...words], environmentOf('web'));
		expect(
			cli('supplier', 'add', 'brightwell', '--name', 'Brightwell', '--user-ids', '90-B3-D5-1F-30-01-00-01')
		).toMatchObject({ status: 0 });
		const database = new pg.Client({ connectionString: withDatabase(inject('databaseUrl'), NAME) });
		await database.connect();
		const ingestKey = await addApiKey(database, null, ['ingest']);
		const readKey = await addApiKey(database, await supplierIdOf(database, 'brightwell'), ['read']);
		await database.end();
		const call = (path: string, key: string, body?: object) =>
			fetch(`http://127.0.0.1:${port}/api/v1${path}`, {
				method: body ? 'POST' : 'GET',
				headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
				...(body ? { body: JSON.stringify(body) } : {})
			});
		const deviceId = newDeviceId();
		expect((await call('/devices', ingestKey, [aDevice(deviceId)])).status).toBe(202);
		expect((await call('/alerts', ingestKey, [anAlert(deviceId)])).status).toBe(202);
		await eventually(
			async () => {
				const { items } = (await (await call(`/alerts?device=${deviceId}`, readKey)).json()) as {
					items: object[];
				};
				expect(items).toHaveLength(1);
			},
			{ timeout: 30_000 }
		);
		expect((await fetch(`http://127.0.0.1:${port}/sign-in`)).status).toBe(200);

		expect(contentsOf(inside(image, '.'))).toEqual(before);
		expect(readdirSync(join(image.root, 'tmp'))).toEqual(['causeway-worker']);

		// A worker that hangs writes no heartbeat. The test dates the last heartbeat back instead of waiting.
		const heartbeat = environmentOf('worker')['HEARTBEAT_FILE']!;
		worker.kill('SIGSTOP');
		const old = new Date(Date.now() - 45_000);
		utimesSync(heartbeat, old, old);
		expect(checkHealth('worker')).toEqual({
			status: 1,
			output: expect.stringMatching(/^the last heartbeat of the worker is 4\d s old$/) as string
		});
		worker.kill('SIGCONT');
		await eventually(() => expect(checkHealth('worker').status).toBe(0), { timeout: 30_000, interval: 500 });

		for (const child of running.splice(0).reverse()) {
			const ended = once(child, 'exit');
			child.kill('SIGTERM');
			expect(await ended).toEqual([0, null]);
		}
	});
});
