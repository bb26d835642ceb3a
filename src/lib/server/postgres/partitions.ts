// Makes and drops partitions. A partition of the feed holds a day, and a partition of any other table holds a week.
// Retention drops whole partitions.
import type pg from 'pg';
import { firstIdAt } from './record-id.ts';

const DAY_MS = 86_400_000;
const WEEK_MS = 7 * DAY_MS;
/** The tables with one partition for each week. The id of a row gives the week of the row. */
const WEEKLY_TABLES = ['alert', 'service_request', 'supplier_alert', 'retracted_alert', 'standing_match'];
/** The number of days that the feed reaches back. A client that is further behind reloads its snapshot. */
const FEED_RETENTION_DAYS = 2;

/**
 * Makes the missing partitions. Weekly partitions reach from last week to two weeks ahead. The feed's partitions reach
 * from yesterday to two weeks ahead. No further partitions are made, because each partition slows every statement of
 * its table down. `weekly`: the tables with weekly partitions. The function is safe to run at any time, and needs a session of the owner of the tables.
 */
export async function ensurePartitions(
	client: pg.ClientBase,
	now: number,
	weekly: readonly string[] = WEEKLY_TABLES
): Promise<void> {
	const statements: string[] = [];
	for (let at = now - WEEK_MS; at <= now + 2 * WEEK_MS; at += WEEK_MS) {
		const from = Math.floor(at / WEEK_MS) * WEEK_MS;
		for (const table of weekly)
			statements.push(partition(table, from, `${firstIdAt(from)}`, `${firstIdAt(from + WEEK_MS)}`));
	}
	for (let at = now - DAY_MS; at < now + 14 * DAY_MS; at += DAY_MS) {
		const from = Math.floor(at / DAY_MS) * DAY_MS;
		statements.push(partition('feed', from, iso(from), iso(from + DAY_MS)));
	}
	for (const table of [...weekly, 'feed'])
		statements.push(
			`create table if not exists ${table}_default partition of ${table} default${storageOptions(table)}`
		);
	await client.query(statements.join(';\n'));
}

/**
 * Drops the partitions whose rows are all older than `retentionDays`, and the feed's partitions after two days. Deletes
 * the notes of refused writes that are older than `retentionDays`. Returns the names of the dropped partitions. The function needs a session of the owner of the tables.
 */
export async function dropOldPartitions(
	client: pg.ClientBase,
	now: number,
	retentionDays: number
): Promise<string[]> {
	const { rows } = await client.query<{ child: string; parent: string }>(
		`select c.relname as child, p.relname as parent from pg_inherits i
		 join pg_class c on c.oid = i.inhrelid join pg_class p on p.oid = i.inhparent
		 where p.relname = any($1) and c.relkind = 'r'`,
		[[...WEEKLY_TABLES, 'feed']]
	);
	const old = rows.filter(({ child, parent }) => {
		const day = /_(\d{4})(\d{2})(\d{2})$/.exec(child);
		if (!day) return false;
		const end = Date.UTC(+day[1]!, +day[2]! - 1, +day[3]!) + (parent === 'feed' ? DAY_MS : WEEK_MS);
		return end < now - (parent === 'feed' ? FEED_RETENTION_DAYS : retentionDays) * DAY_MS;
	});
	for (const { child } of old) await client.query(`drop table ${child}`);
	await client.query('delete from refused_write where minute < $1', [new Date(now - retentionDays * DAY_MS)]);
	// Drops the rows of unseen Alerts that are older than the oldest week.
	if (old.some(({ parent }) => parent === 'alert'))
		await client.query('delete from unseen_alert where alert_id < $1', [
			firstIdAt(Math.floor((now - retentionDays * DAY_MS) / WEEK_MS) * WEEK_MS)
		]);
	return old.map((row) => row.child);
}

const iso = (at: number) => `'${new Date(at).toISOString()}'`;

function partition(table: string, from: number, low: string, high: string): string {
	const name = `${table}_${new Date(from).toISOString().slice(0, 10).replaceAll('-', '')}`;
	return `create table if not exists ${name} partition of ${table} for values from (${low}) to (${high})${storageOptions(table)}`;
}

/**
 * SQL: stops the compression of explanations of up to a page, because explanations are read as a whole
 * (migrations/0017).
 */
const storageOptions = (table: string): string =>
	table === 'supplier_alert' ? ' with (toast_tuple_target = 8160)' : '';
