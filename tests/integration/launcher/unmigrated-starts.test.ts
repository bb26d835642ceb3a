// Checks that web and worker processes do not start on a database whose migration has not run to its end.
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import { freePort } from '../../../launcher/process.ts';
import { onDatabase } from '../../../launcher/scratch.ts';
import { startCommand } from '../../support/launched.ts';
import { TEMPLATE } from '../../support/services.setup.ts';

const databaseUrl = inject('databaseUrl');
const home = mkdtempSync(join(tmpdir(), 'causeway-unmigrated-'));
const admin = new pg.Client({ connectionString: databaseUrl });
const name = `unmigrated_${randomBytes(4).toString('hex')}`;
const bare = `${name}_bare`;
const older = `${name}_older`;
const interrupted = `${name}_interrupted`;

beforeAll(async () => {
	await admin.connect();
	await admin.query(`create database ${bare}`);
	for (const database of [older, interrupted])
		await admin.query(`create database ${database} template ${TEMPLATE}`);
	await execute(older, `delete from migration where name = '0036-explanations-as-facts.sql'`);
	await execute(interrupted, 'insert into key_backfill values (1, 42, 5000, 12000)');
});
afterAll(async () => {
	for (const database of [bare, older, interrupted])
		await admin.query(`drop database ${database} with (force)`);
	await admin.end();
	rmSync(home, { recursive: true });
});

async function execute(database: string, statement: string): Promise<void> {
	const client = new pg.Client({ connectionString: onDatabase(databaseUrl, database) });
	await client.connect();
	await client.query(statement).finally(() => client.end());
}

/** Runs a script to its end. Returns its exit code and its output. */
async function run(script: string, database: string) {
	const started = startCommand(process.execPath, [script], {
		CAUSEWAY_HOME: home,
		PORT: String(await freePort()),
		DATABASE_URL: onDatabase(databaseUrl, database),
		REDIS_URL: inject('redisUrl'),
		AUTH_SECRET: randomBytes(32).toString('hex')
	});
	return { code: await started.ended, output: started.output() };
}

it.for([
	['web', 'has no tables', 'server.ts', bare, 'lacks all migrations'],
	['web', 'is older than the code', 'server.ts', older, 'lacks 0036-explanations-as-facts.sql'],
	['worker', 'was left in midst', 'workers/main.ts', interrupted, 'has updated 5000 of 12000 Alerts']
] as const)('the %s process refuses a database that %s', async ([, , script, database, state]) => {
	expect(await run(script, database)).toEqual({
		code: 1,
		output: `causeway: DATABASE_URL: the database is not migrated to this Causeway (it ${state}). Run, and let it end: node cli/causeway.ts migrate\n`
	});
});
