// Kills the private PostgreSQL and Redis of a running instance while Alerts arrive. Both must come back on the same data
// and the same address, and no acknowledged Alert may be lost.
import { globSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { addApiKey, addSupplier } from '#lib/server/access/administration.ts';
import { freePort } from '../../../launcher/process.ts';
import { createLaunchers, printed, processesLike, ready, type Started } from '../../support/launched.ts';
import { aDevice, anAlert, newDeviceId } from '../../support/records.ts';

/** A killed service must be back after this time (ms). */
const BACK_WITHIN_MS = 10_000;
const POSTGRES = /bin\/postgres -D/;
const REDIS = /redis-server|valkey-server/;

const { newHome, launch, clean } = createLaunchers();
let home: string;
let started: Started;
let url: string;
let key: string;
let database: pg.Pool;
const deviceId = newDeviceId();

const runFile = (): string => readFileSync(join(home, 'run.json'), 'utf8');

beforeAll(async () => {
	home = newHome();
	started = launch(home, await freePort());
	url = await ready(started);
	const { databaseUrl } = JSON.parse(runFile()) as { databaseUrl: string };
	database = new pg.Pool({ connectionString: databaseUrl, max: 1 });
	database.on('error', () => {});
	const client = await database.connect();
	await addSupplier(client, { slug: 'brightwell', name: 'Brightwell Energy', userIds: [] });
	key = await addApiKey(client, null, ['ingest']);
	client.release();
	expect((await post('/devices', aDevice(deviceId))).status).toBe(202);
}, 120_000);
afterAll(async () => {
	await database.end();
	await clean();
});

const post = (path: string, body: object): Promise<Response> =>
	fetch(`${url}/api/v1${path}`, {
		method: 'POST',
		headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
		body: JSON.stringify(body),
		signal: AbortSignal.timeout(15_000)
	});

/** Posts Alerts one after the other until `stop`, which returns the message ids of those that were answered 202. */
function keepPosting() {
	const acknowledged: string[] = [];
	let isStopping = false;
	const posting = (async () => {
		while (!isStopping) {
			const alert = anAlert(deviceId);
			const answer = await post('/alerts', alert).catch(() => undefined);
			if (answer?.status === 202) acknowledged.push(alert.messageId);
		}
	})();
	return {
		acknowledged,
		async stop(): Promise<string[]> {
			isStopping = true;
			await posting;
			return acknowledged;
		}
	};
}

/** Waits until every one of these messages is stored and explained for the Supplier. */
const allExplained = (messageIds: string[]): Promise<void> =>
	vi.waitFor(
		async () => {
			const { rows } = await database.query<{ count: number }>(
				'select count(*)::int as count from alert join supplier_alert on alert_id = alert.id where message_id = any($1)',
				[messageIds]
			);
			expect(rows[0]!.count).toBe(messageIds.length);
		},
		{ timeout: 30_000, interval: 100 }
	);

/** Kills the process of the running instance, and waits until another one answers calls again. */
async function kill(pattern: RegExp, name: string): Promise<void> {
	const [pid] = processesLike(home, pattern);
	const before = started.output().length;
	const killedAt = Date.now();
	process.kill(pid!, 'SIGKILL');
	await vi.waitFor(() => expect(started.output().slice(before)).toContain(`${name} is running again`), {
		timeout: BACK_WITHIN_MS
	});
	await vi.waitFor(async () => expect((await post('/alerts', anAlert(deviceId))).status).toBe(202), {
		timeout: BACK_WITHIN_MS - (Date.now() - killedAt)
	});
}

describe('a killed service of a running instance', { timeout: 120_000 }, () => {
	it.each([
		['Redis', REDIS],
		['PostgreSQL', POSTGRES]
	])(
		'%s comes back on the same data and address, and no acknowledged Alert is lost',
		async (name, pattern) => {
			const announced = runFile();
			const webAndWorker = processesLike(home, /server\.ts|workers\/main\.ts/);
			const posting = keepPosting();
			await vi.waitFor(() => expect(posting.acknowledged.length).toBeGreaterThan(20), { timeout: 10_000 });
			await kill(pattern, name);
			const soFar = posting.acknowledged.length;
			await vi.waitFor(() => expect(posting.acknowledged.length).toBeGreaterThan(soFar + 20), {
				timeout: 10_000
			});
			await allExplained(await posting.stop());
			expect(runFile()).toBe(announced);
			expect(processesLike(home, /server\.ts|workers\/main\.ts/)).toEqual(webAndWorker);
		}
	);

	it('is stopped by the guard after it came back, if the launcher is killed', async () => {
		const other = newHome();
		const launcher = launch(other, await freePort());
		await ready(launcher);
		for (const pattern of [REDIS, POSTGRES]) process.kill(processesLike(other, pattern)[0]!, 'SIGKILL');
		await printed(launcher, /PostgreSQL is running again/);
		await printed(launcher, /Redis is running again/);
		launcher.child.kill('SIGKILL');
		await vi.waitFor(() => expect(processesLike(other, /./)).toEqual([]), { timeout: 30_000 });
	});

	it('starts empty if Redis cannot read its own data, because PostgreSQL holds everything', async () => {
		const [file] = globSync(join(home, 'redis/appendonlydir/*.incr.aof'));
		writeFileSync(file!, `not a command\r\n${readFileSync(file!, 'latin1')}`);
		await kill(REDIS, 'Redis');
		expect(globSync(join(home, 'redis/appendonlydir.unreadable/*.incr.aof'))).toHaveLength(1);
	});

	it('does not fill the console: an outage is two lines of each process', () => {
		const lines = started.output().split('\n');
		for (const name of ['web', 'worker'])
			for (const service of ['Redis', 'PostgreSQL']) {
				const about = lines.filter((line) => line.includes(`${name}: ${service} `));
				expect(about.length, about.join('\n')).toBeGreaterThan(0);
				expect(about.length, about.join('\n')).toBeLessThanOrEqual(4);
			}
		expect(lines.length, started.output()).toBeLessThan(40);
	});

	it('ends the launcher with the cause if it cannot start again', async () => {
		const data = join(home, 'postgres/data/PG_VERSION');
		renameSync(data, `${data}.gone`);
		const before = started.output().length;
		process.kill(processesLike(home, POSTGRES)[0]!, 'SIGKILL');
		expect(await started.ended).toBe(1);
		const last = started.output().slice(before).trim().split('\n').at(-1);
		expect(last).toMatch(
			/^causeway: PostgreSQL ended .* is not a valid data directory.* times in a row\. .*start again.*log/
		);
		expect(processesLike(home, /./)).toEqual([]);
	});
});
