// sweep: rings again for what has waited too long, whatever happened to its first doorbell. Needs PostgreSQL alone to
// know what is due, so that Redis may be emptied at any moment.
import type pg from 'pg';
import type { Job, Ring } from './queues.ts';

const WAITED = '5 seconds';
const MOST = 1000;

/** Rings for at most a thousand rows; of several sweepers only one rings for a row. Returns how many. */
export async function sweep({ pool, ring }: { pool: pg.Pool; ring: Ring }): Promise<number> {
	const { rows } = await pool.query<{ id: bigint; job: Job }>(
		`update doorbell set rung_at = now() where id in (
			select id from doorbell where rung_at < now() - $1::interval order by id limit $2 for update skip locked
		) returning id, job`,
		[WAITED, MOST]
	);
	for (const row of rows) ring(row.job, row.id);
	return rows.length;
}
