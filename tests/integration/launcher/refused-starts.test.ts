// Checks the starts that Causeway refuses: each command prints one line with variable, cause and remedy.
import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { createClient } from 'redis';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { freePort } from '../../../launcher/process.ts';
import { startRedis } from '../../../launcher/redis.ts';
import { onDatabase } from '../../../launcher/scratch.ts';
import { createSupervision } from '../../../launcher/supervise.ts';
import { startCommand } from '../../support/launched.ts';
import { TEMPLATE } from '../../support/services.setup.ts';

type Settings = Record<string, string>;

const isRoot = process.getuid!() === 0;
const databaseUrl = inject('databaseUrl');
const redisUrl = inject('redisUrl');
const SECRET = randomBytes(32).toString('hex');
const RULES = 'docs/reference/settings.md describes every setting';

const folder = mkdtempSync(join(tmpdir(), 'causeway-refused-'));
const file = join(folder, 'file');
const readOnly = join(folder, 'read-only');
const supervision = createSupervision({ home: folder, say: () => {}, giveUp: () => {} });
const taken = createServer();
const admin = new pg.Client({ connectionString: databaseUrl });
/** A user that may do nothing, and the databases of this file. */
const user = `plain_${randomBytes(4).toString('hex')}`;
const empty = `${user}_empty`;
const newer = `${user}_newer`;
const full = `${user}_full`;
/** A Redis without a password that evicts keys. */
let lossyRedis: string;
let closedPort: number;
let takenPort: number;

beforeAll(async () => {
	writeFileSync(file, '');
	mkdirSync(readOnly);
	chmodSync(readOnly, 0o555);
	chmodSync(folder, 0o755);
	closedPort = await freePort();
	await new Promise<void>((done) => taken.listen(0, '127.0.0.1', done));
	takenPort = (taken.address() as AddressInfo).port;

	lossyRedis = await startRedis(join(folder, 'redis'), supervision);
	const redis = await createClient({ url: lossyRedis }).connect();
	await redis.configSet({ 'maxmemory-policy': 'allkeys-lru', requirepass: '' });
	redis.destroy();
	lossyRedis = change(lossyRedis, { password: '' });

	await admin.connect();
	await admin.query(`create role ${user} login password 'plain'`);
	await admin.query(`create database ${empty}`);
	await admin.query(`create database ${newer} template ${TEMPLATE}`);
	await admin.query(`create database ${full} template ${TEMPLATE}`);
	await execute(newer, `insert into migration (name, checksum) values ('9999-of-tomorrow.sql', '')`);
	await execute(
		full,
		`update id_lease set holder = gen_random_uuid(), expires_at = now() + interval '1 hour'`
	);
});

afterAll(async () => {
	await supervision.stop();
	taken.close();
	for (const database of [empty, newer, full]) await admin.query(`drop database ${database} with (force)`);
	await admin.query(`drop role ${user}`);
	await admin.end();
	rmSync(folder, { recursive: true });
});

async function execute(database: string, statement: string): Promise<void> {
	const client = new pg.Client({ connectionString: onDatabase(databaseUrl, database) });
	await client.connect();
	await client.query(statement).finally(() => client.end());
}

/** Returns the URL with these parts changed. Without `host` in its query, PostgreSQL is reached over TCP. */
function change(
	url: string,
	parts: Partial<Record<'username' | 'password' | 'port' | 'pathname', string>>
): string {
	const changed = Object.assign(new URL(url), parts);
	changed.search = '';
	return changed.href;
}

const launcher = [process.execPath, 'launcher/start.ts'];
const web = [process.execPath, 'server.ts'];
const worker = [process.execPath, 'workers/main.ts'];
const migrateVerb = [process.execPath, 'cli/causeway.ts', 'migrate'];

/** Runs a command to its end. Returns its exit code, its output and the names of the files in its folder. */
async function run(command: readonly string[], settings: Settings) {
	const home = mkdtempSync(join(folder, 'home-'));
	const [program, ...args] = command;
	const started = startCommand(program!, args, {
		CAUSEWAY_HOME: home,
		PORT: String(await freePort()),
		...settings
	});
	return { code: await started.ended, output: started.output(), files: readdirSync(home) };
}

const refused = (line: string) => ({ code: 1, output: `causeway: ${line}\n`, files: [] });
const unreachable = () =>
	`DATABASE_URL: PostgreSQL at 127.0.0.1:${closedPort} cannot be reached (ECONNREFUSED). Start PostgreSQL, or correct DATABASE_URL`;
const at = (url: string): string => new URL(url).host;

/** Each row: what is wrong, the settings, and the line. */
type Row = [what: string, settings: () => Settings, line: () => string];

describe('npm start', () => {
	it.for<Row>([
		[
			'PORT is no number',
			() => ({ PORT: 'http' }),
			() => `PORT: must be a whole number from 0 to 65535. ${RULES}`
		],
		[
			'PORT is taken',
			() => ({ PORT: String(takenPort) }),
			() => `PORT: port ${takenPort} on 127.0.0.1 is in use. Set PORT to a free port`
		],
		[
			'HOST is of another machine',
			() => ({ HOST: '192.0.2.1' }),
			() =>
				'HOST: 192.0.2.1 is no address of this machine. Set HOST to 127.0.0.1, or to 0.0.0.0 for all addresses'
		],
		[
			'CAUSEWAY_HOME is a file',
			() => ({ CAUSEWAY_HOME: file }),
			() => `CAUSEWAY_HOME: ${file} is a file or lies below a file. Set CAUSEWAY_HOME to a folder`
		],
		[
			'AUTH_SECRET is a placeholder',
			() => ({ AUTH_SECRET: 'replace-this-with-the-output-of-openssl-rand' }),
			() =>
				`AUTH_SECRET: is a placeholder that everybody knows; make one with: openssl rand -hex 32. ${RULES}`
		],
		[
			'ENV_FILE is missing',
			() => ({ ENV_FILE: '/no/such/file' }),
			() =>
				'ENV_FILE: /no/such/file cannot be read (ENOENT). Correct the path, or let this user read the file'
		],
		[
			'DATABASE_URL is unreachable',
			() => ({ DATABASE_URL: `postgres://causeway@127.0.0.1:${closedPort}/causeway` }),
			unreachable
		],
		[
			'DATABASE_URL has a wrong password',
			() => ({ DATABASE_URL: change(databaseUrl, { password: 'wrong' }) }),
			() =>
				`DATABASE_URL: PostgreSQL at ${at(databaseUrl)} refuses the password of the user causeway. Correct it in DATABASE_URL or DATABASE_PASSWORD`
		],
		[
			'DATABASE_URL has no password',
			() => ({ DATABASE_URL: change(databaseUrl, { password: '' }) }),
			() =>
				`DATABASE_URL: PostgreSQL at ${at(databaseUrl)} requires a password. Add it to DATABASE_URL, or set DATABASE_PASSWORD`
		],
		[
			'DATABASE_URL names no database',
			() => ({ DATABASE_URL: onDatabase(databaseUrl, 'nowhere').replace(/\?.*/, '') }),
			() =>
				`DATABASE_URL: PostgreSQL at ${at(databaseUrl)} has no database nowhere. Run: CREATE DATABASE nowhere`
		],
		[
			'the database is newer than the code',
			() => ({ DATABASE_URL: onDatabase(databaseUrl, newer) }),
			() =>
				'DATABASE_URL: the database is newer than this Causeway (it has the migration 9999-of-tomorrow.sql). Start the newer Causeway'
		],
		[
			'REDIS_URL is unreachable',
			() => ({ REDIS_URL: `redis://127.0.0.1:${closedPort}` }),
			() =>
				`REDIS_URL: Redis at 127.0.0.1:${closedPort} cannot be reached (ECONNREFUSED). Start Redis, or correct REDIS_URL`
		],
		[
			'REDIS_URL has a wrong password',
			() => ({ REDIS_URL: change(redisUrl, { password: 'wrong' }) }),
			() =>
				`REDIS_URL: Redis at ${at(redisUrl)} refuses the password. Correct it in REDIS_URL or REDIS_PASSWORD`
		],
		[
			'REDIS_URL has no password',
			() => ({ REDIS_URL: change(redisUrl, { password: '' }) }),
			() =>
				`REDIS_URL: Redis at ${at(redisUrl)} requires a password. Add it to REDIS_URL, or set REDIS_PASSWORD`
		],
		[
			'REDIS_URL has a password too many',
			() => ({ REDIS_URL: change(lossyRedis, { password: 'wrong' }) }),
			() => `REDIS_URL: Redis at ${at(lossyRedis)} has no password. Remove the password from REDIS_URL`
		],
		[
			'Redis evicts keys',
			() => ({ REDIS_URL: lossyRedis }),
			() =>
				'REDIS_URL: Redis has the maxmemory-policy allkeys-lru and may drop jobs. Run: redis-cli CONFIG SET maxmemory-policy noeviction'
		]
	])('refuses to start if %s', async ([, settings, line]) => {
		expect(await run(launcher, settings())).toEqual(refused(line()));
	});

	it('refuses a folder that it cannot write', async () => {
		// Root may write every folder, but not the file system of the kernel.
		const home = isRoot ? '/sys/causeway' : readOnly;
		const { code, output } = await run(launcher, { CAUSEWAY_HOME: home });
		expect(code).toBe(1);
		expect(output).toMatch(
			new RegExp(
				`^causeway: CAUSEWAY_HOME: ${home} cannot be written \\(E[A-Z]+\\)\\. Make it writable for this user, or set CAUSEWAY_HOME to another folder\n$`
			)
		);
	});

	// Only a user that may mount file systems can make a full disk for itself.
	it.skipIf(spawnSync('unshare', ['-rm', 'true']).status !== 0)('refuses a full disk', async () => {
		const command = 'mount -t tmpfs -o size=20m tmpfs "$CAUSEWAY_HOME" && exec "$0" launcher/start.ts';
		const { code, output } = await run(['unshare', '-rm', 'sh', '-c', command, process.execPath], {});
		expect(code).toBe(1);
		expect(output).toMatch(
			/^causeway: CAUSEWAY_HOME: the disk of \S+ has 20 MB free, and Causeway needs 100 MB\. Free space, or set CAUSEWAY_HOME to a folder on another disk\n$/
		);
	});

	const firstPort = Number(readFileSync('/proc/sys/net/ipv4/ip_unprivileged_port_start', 'utf8')); // below 2: none is refused
	it.skipIf(firstPort < 2)('refuses a port that its user may not take', async () => {
		const drop = ['setpriv', '--bounding-set=-net_bind_service', '--inh-caps=-net_bind_service'];
		expect(await run([...(isRoot ? drop : []), ...launcher], { PORT: '1' })).toEqual(
			refused(
				'PORT: this user may not listen on port 1. Set PORT to a number from 1024, and let a proxy serve port 1'
			)
		);
	});
});

it(
	'names, one after the other, the grants that a user needs to make the tables',
	{ timeout: 60_000 },
	async () => {
		const DATABASE_URL = change(databaseUrl, { username: user, password: 'plain', pathname: empty });
		const roles = 'causeway_web, causeway_ingest, causeway_worker';
		for (const [lack, grant] of [
			['create roles', `ALTER ROLE ${user} CREATEROLE`],
			['grant the roles of Causeway', `GRANT ${roles} TO ${user} WITH ADMIN OPTION`],
			['create extensions', `GRANT CREATE ON DATABASE ${empty} TO ${user}`],
			['create tables', `GRANT CREATE ON SCHEMA public TO ${user}`]
		]) {
			expect(await run(launcher, { DATABASE_URL })).toEqual(
				refused(`DATABASE_URL: the user ${user} may not ${lack}. As a superuser, run: ${grant}`)
			);
			await execute(empty, grant!);
		}
		expect((await run(migrateVerb, { DATABASE_URL })).output).toMatch(/^Applied 0001-/);
	}
);

describe('the other commands', () => {
	const services = () => ({ DATABASE_URL: databaseUrl, REDIS_URL: redisUrl, AUTH_SECRET: SECRET });
	const closed = () => ({
		...services(),
		DATABASE_URL: `postgres://causeway@127.0.0.1:${closedPort}/causeway`
	});

	it.for<[...Row, readonly string[]]>([
		['web: DATABASE_URL is unreachable', closed, unreachable, web],
		['worker: DATABASE_URL is unreachable', closed, unreachable, worker],
		[
			'web: PORT is taken',
			() => ({ ...services(), PORT: String(takenPort) }),
			() => `PORT: port ${takenPort} on 127.0.0.1 is in use. Set PORT to a free port`,
			web
		],
		[
			'web: all numbers for ids are taken',
			() => ({ ...services(), DATABASE_URL: onDatabase(databaseUrl, full) }),
			() =>
				'all 1,024 numbers for ids are taken by running web processes; stop some, or wait a minute after a crash',
			web
		]
	])('refuse to start (%s)', async ([, settings, line, command]) => {
		expect(await run(command, settings())).toEqual(refused(line()));
	});

	it('of the command line say the same line', async () => {
		expect(await run(migrateVerb, closed())).toEqual({ code: 1, output: `${unreachable()}\n`, files: [] });
	});
});
