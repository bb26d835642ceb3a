// Tests that a database of version 0.1.0 with data is migrated by an owner that is no superuser.
import { createHash, randomBytes } from 'node:crypto';
import { readFileSync, readdirSync } from 'node:fs';
import pg from 'pg';
import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import { migrateDatabase } from '#lib/server/migrate-database.ts';
import { migrate } from '#lib/server/postgres/migrate.ts';
import { ensurePartitions } from '#lib/server/postgres/partitions.ts';
import { runKey } from '#lib/server/runs/run-key.ts';
import { withDatabase } from '../../support/services.setup.ts';
import { eventually } from '../../support/system.ts';

const MIGRATIONS = new URL('../../../migrations/', import.meta.url);
const LAST_OF_0_1_0 = '0018';
/** More Alerts than one batch of the keys has. */
const ALERTS = 12_000;
const name = `upgrade_${randomBytes(6).toString('hex')}`;

let admin: pg.Client;
let database: pg.Client;
let ownersUrl: string;

beforeAll(async () => {
	admin = new pg.Client({ connectionString: inject('databaseUrl') });
	await admin.connect();
	await admin.query(`create role ${name} login createrole password '${name}'`);
	await admin.query(
		`grant causeway_web, causeway_ingest, causeway_worker to ${name} with admin option; grant create on tablespace pg_default to ${name}`
	);
	await admin.query(`create database ${name} owner ${name}`);
	const url = new URL(withDatabase(inject('databaseUrl'), name));
	database = new pg.Client({ connectionString: url.href });
	await database.connect();
	url.username = name;
	url.password = name;
	ownersUrl = url.href;
});
afterAll(async () => {
	await database.end();
	await admin.query(`drop database ${name} with (force)`);
	await admin.query(`drop owned by ${name}; drop role ${name}`);
	await admin.end();
});

/** Makes the schema of version 0.1.0, as `migrate` of that version made it. */
async function migrateTo010(): Promise<void> {
	const owner = new pg.Client({ connectionString: ownersUrl });
	await owner.connect();
	await owner.query(
		'create table migration (name text primary key, checksum text not null, applied_at timestamptz not null default now())'
	);
	for (const file of readdirSync(MIGRATIONS).sort()) {
		if (file.slice(0, 4) > LAST_OF_0_1_0) continue;
		const text = readFileSync(new URL(file, MIGRATIONS), 'utf8');
		await owner.query(text);
		const checksum = createHash('sha256').update(text).digest('hex');
		await owner.query('insert into migration (name, checksum) values ($1, $2)', [file, checksum]);
	}
	await ensurePartitions(owner, Date.now(), [
		'alert',
		'service_request',
		'supplier_alert',
		'retracted_alert',
		'episode_member'
	]);
	await owner.end();
}

it('keeps the data, and knows which Alerts no Supplier sees', async () => {
	await migrateTo010();
	await database.query(`
		insert into supplier (slug, name) values ('brightwell', 'Brightwell Energy');
		insert into completeness (source, complete_until) values ('sat', '2026-11-05T02:00:00Z');
		insert into device (device_id, device_type) values ('\\x00db1234567890a0', 'ESME');
		with ids as (select (extract(epoch from now()) * 1000 - extract(epoch from '2020-01-01T00:00:00Z'::timestamptz) * 1000)::bigint << 22 as id)
		insert into alert (id, message_id, device_id, kind, code, received_at, effective_at, clock_status, fed_by)
		select id + n, 'message ' || n, '\\x00db1234567890a0', 'device', '8F30', now(), now(), 'reliable', case when n = 1 then 1 end
		from ids, generate_series(1, 2) as n;
		insert into message_key (key, digest, alert_id) select sha256(convert_to(message_id, 'UTF8')), '', id from alert;
		insert into supplier_alert (supplier_id, alert_id, seq, explanation, code, category, device_id, users, roles, effective_at, table_version, priority, occurrences, throttled, body)
		select 1, id, 1, 'unexplained', code, 'security', '00-DB-12-34-56-78-90-A0', '{}', '{}', effective_at, 'x', 1, 1, false, '{}'
		from alert where message_id = 'message 1';
		insert into episode (supplier_id, key, kind, facts, first_at, last_at, members, devices, occurrences, at_least, priority, decision)
		values (1, 'repeat|00-DB-12-34-56-78-90-A0|8F30', 'repeat', '{}', now(), now(), 2, 1, 2, false, 1, '{"verdict": "ignorable"}'),
			(1, 'campaign|90-B3|6.5|8F30|Aster|2.1', 'campaign', '{"suspect": {"name": "x"}}', now(), now(), 5, 5, 5, false, 1, null)`);
	await insertFurther(ALERTS);

	const lines: string[] = [];
	const applied = await migrate(ownersUrl, (line) => lines.push(line));
	expect(lines).toEqual(applied.map((file) => `applying ${file} to the database`));
	await fillWithInterruption();
	expect(applied.every((file) => file.slice(0, 4) > LAST_OF_0_1_0)).toBe(true);

	const rows = async (statement: string) => (await database.query(statement)).rows;
	expect(await rows('select a.message_id from unseen_alert u join alert a on a.id = u.alert_id')).toEqual([
		{ message_id: 'message 2' }
	]);
	expect(
		await rows(
			'select a.message_id, m.fed_by from message_key m join alert a on a.id = m.alert_id order by 1'
		)
	).toEqual([
		{ message_id: 'message 1', fed_by: 1 },
		{ message_id: 'message 2', fed_by: 0 }
	]);
	expect(await rows('select source, supplier_id from completeness_source')).toEqual([
		{ source: 'sat', supplier_id: null }
	]);
	expect(await rows('select device_type, said_by from device')).toEqual([
		{ device_type: 'ESME', said_by: 0 }
	]);
	expect(await migrate(ownersUrl)).toEqual([]);
	expect(await rows('select key::text, least_members, facts, decision from episode order by id')).toEqual([
		{
			key: runKey(1, 'repeat|00-DB-12-34-56-78-90-A0|8F30').toString(),
			least_members: 2,
			facts: {},
			decision: { verdict: 'ignorable' }
		},
		{
			key: runKey(1, 'campaign|90-B3|6.5|8F30|Aster|2.1').toString(),
			least_members: 5,
			facts: { suspect: { name: 'x', userId: '90-B3' } },
			decision: null
		}
	]);
	const repeat = runKey(1, 'repeat|00-DB-12-34-56-78-90-A0|8F30').toString();
	expect(await rows('select distinct keys::text[] as keys from supplier_alert')).toEqual([
		{ keys: [repeat] }
	]);
	expect(await rows('select from key_backfill')).toEqual([]);
});

it('reads each Alert by its key when it fills the keys, whatever the statistics say', async () => {
	await emptyKeys();
	const before = await readRows();
	await migrateDatabase(ownersUrl);
	// A session that ends gives its numbers to the statistics. Each Alert is read for its keys, and for its update.
	const { scanned, fetched } = await eventually(async () => {
		const now = await readRows();
		const read = { scanned: now.scanned - before.scanned, fetched: now.fetched - before.fetched };
		expect(read.scanned + read.fetched).toBeGreaterThanOrEqual(2 * ALERTS);
		return read;
	});
	expect(scanned).toBe(0);
	expect(fetched).toBeLessThan(2.1 * ALERTS);
});

it('ends after a batch when its process stops', async () => {
	await emptyKeys();
	await expect(migrateDatabase(ownersUrl, () => {}, AbortSignal.abort())).rejects.toThrow(/aborted/);
	const { rows } = await database.query<{ filled: number }>('select filled::int from key_backfill');
	expect(rows).toEqual([{ filled: 5000 }]);
});

/** Makes the column of the keys again. As after the migrations, the table has statistics and the column has none. */
const emptyKeys = (): Promise<unknown> =>
	database.query(`
		analyze supplier_alert;
		alter table supplier_alert drop column keys;
		alter table supplier_alert add column keys bigint[];
		insert into key_backfill select 0, 0, 0, count(*) from supplier_alert`);

/** Returns the numbers of rows of Alerts that all ended sessions have read, by whole tables and by keys. */
async function readRows(): Promise<{ scanned: number; fetched: number }> {
	// The session itself has read Alerts, and tells the statistics about them only when it is asked to.
	await database.query('select pg_stat_force_next_flush()');
	const { rows } = await database.query<{ scanned: number; fetched: number }>(
		`select sum(seq_tup_read)::int as scanned, sum(idx_tup_fetch)::int as fetched
		from pg_stat_user_tables where relname like 'supplier_alert_%'`
	);
	return rows[0]!;
}

/** Inserts explained Alerts of version 0.1.0. */
const insertFurther = (count: number): Promise<unknown> =>
	database.query(
		`insert into supplier_alert (supplier_id, alert_id, seq, explanation, code, category, device_id, users, roles, effective_at, table_version, priority, occurrences, throttled, body)
		select 1, (select max(id) from alert) + n, 1 + n, 'unexplained', '8F30', 'security', '00-DB-12-34-56-78-90-A0', '{}', '{}', now(), 'x', 1, 1, false, '{}'
		from generate_series(1, $1) as n`,
		[count]
	);

/** Ends the session that fills the keys after its first batch. The next start goes on after that batch. */
async function fillWithInterruption(): Promise<void> {
	const total = (ALERTS + 1).toLocaleString('en-GB');
	const said: string[] = [];
	await expect(
		migrateDatabase(ownersUrl, (line) => {
			said.push(line);
			throw new Error('the power failed');
		})
	).rejects.toThrow(
		`the update of Alerts for episodes stopped after 5,000 of ${total} Alerts: the power failed. Mend the cause, and start again: the update goes on where it stopped`
	);
	expect(said).toEqual([
		expect.stringMatching(
			`^updated 5,000 of ${total} Alerts for episodes \\(41 %, [\\d,]+ a second, \\d+ s left\\)$`
		)
	]);
	const { rows } = await database.query<{ filled: number }>(
		'select count(*)::int as filled from supplier_alert where keys is not null'
	);
	expect(rows[0]!.filled).toBe(5000);
	const lines: string[] = [];
	await migrateDatabase(ownersUrl, (line) => lines.push(line));
	expect(lines.at(-1)).toMatch(`updated ${total} of ${total} Alerts for episodes (100 %, `);
}
