// Deletes pages that are older than the retention (started by a timer of the worker). Their events, deliveries and tries
// go with them.
import type pg from 'pg';
import { query } from '#lib/server/postgres/statement.ts';

/** Returns the number of pages deleted. A page that is not resolved stays. */
export async function deleteOldPages(pool: pg.Pool, retentionDays: number): Promise<number> {
	const { rowCount } = await pool.query(DELETE({ days: retentionDays }));
	return rowCount ?? 0;
}

const DELETE = query(
	"delete from page where state = 'resolved' and opened_at < now() - make_interval(days => :days)"
);
