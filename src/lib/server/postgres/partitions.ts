// Partitions: weeks for what arrives and what Suppliers see of it, days for the feed. Retention drops them whole.
import type pg from 'pg';
import { firstIdAt } from './record-id.ts';

const DAY = 86_400_000;
const WEEK = 7 * DAY;
const BY_ID = ['alert', 'service_request', 'supplier_alert', 'retracted_alert', 'episode_member'];
/** A client further behind than this reloads its snapshot. */
const FEED_DAYS = 2;

/**
 * Makes the partitions from the week before to two weeks ahead, those of the feed to two weeks ahead. Not more: each costs
 * every statement of its table something. Safe to run at any time; needs the owner.
 */
export async function ensurePartitions(client: pg.ClientBase, now: number): Promise<void> {
	const statements: string[] = [];
	for (let at = now - WEEK; at <= now + 2 * WEEK; at += WEEK) {
		const from = Math.floor(at / WEEK) * WEEK;
		for (const table of BY_ID)
			statements.push(partition(table, from, `${firstIdAt(from)}`, `${firstIdAt(from + WEEK)}`));
	}
	for (let at = now - DAY; at < now + 14 * DAY; at += DAY) {
		const from = Math.floor(at / DAY) * DAY;
		statements.push(partition('feed', from, iso(from), iso(from + DAY)));
	}
	for (const table of [...BY_ID, 'feed'])
		statements.push(
			`create table if not exists ${table}_default partition of ${table} default${keptAs(table)}`
		);
	await client.query(statements.join(';\n'));
}

/** Drops what is older than `retentionDays`; returns the names of the dropped partitions. Needs the owner. */
export async function dropOldPartitions(
	client: pg.ClientBase,
	now: number,
	retentionDays: number
): Promise<string[]> {
	const { rows } = await client.query<{ child: string; parent: string }>(
		`select c.relname as child, p.relname as parent from pg_inherits i
		 join pg_class c on c.oid = i.inhrelid join pg_class p on p.oid = i.inhparent
		 where p.relname = any($1) and c.relkind = 'r'`,
		[[...BY_ID, 'feed']]
	);
	const old = rows.filter(({ child, parent }) => {
		const day = /_(\d{4})(\d{2})(\d{2})$/.exec(child);
		if (!day) return false;
		const end = Date.UTC(+day[1]!, +day[2]! - 1, +day[3]!) + (parent === 'feed' ? DAY : WEEK);
		return end < now - (parent === 'feed' ? FEED_DAYS : retentionDays) * DAY;
	});
	for (const { child } of old) await client.query(`drop table ${child}`);
	return old.map((row) => row.child);
}

const iso = (at: number) => `'${new Date(at).toISOString()}'`;

function partition(table: string, from: number, low: string, high: string): string {
	const name = `${table}_${new Date(from).toISOString().slice(0, 10).replaceAll('-', '')}`;
	return `create table if not exists ${name} partition of ${table} for values from (${low}) to (${high})${keptAs(table)}`;
}

/** An explanation is written whole and read whole: up to a page, it is not compressed (migrations/0017). */
const keptAs = (table: string): string =>
	table === 'supplier_alert' ? ' with (toast_tuple_target = 8160)' : '';
