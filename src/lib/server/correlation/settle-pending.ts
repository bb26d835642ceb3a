// settle-pending: has Alerts explained again whose time has come. The completeness mark has passed the window of a `pending`
// explanation, or the clock has passed a time that an explanation waits for, such as a late report of a command.
import type pg from 'pg';
import { insertDoorbells, type NewDoorbell } from '#lib/server/jobs/doorbells.ts';
import type { Enqueue } from '#lib/server/jobs/queues.ts';
import { query } from '#lib/server/postgres/statement.ts';

/** Returns how many Alerts are explained again. */
export async function settlePending({ pool, enqueue }: { pool: pg.Pool; enqueue: Enqueue }): Promise<number> {
	const { rows } = await pool.query<NewDoorbell>(ASK_AGAIN({}));
	for (const { id } of rows) enqueue('correlate-again', id);
	return rows.reduce((sum, { count }) => sum + count, 0);
}

// Alerts that a doorbell names already are left to it.
const ASK_AGAIN = query(`
with due as (
	select alert_id as id from (
		select alert_id from supplier_alert
		where explanation = 'pending' and settles_at <= (select min(complete_until) from completeness)
		union
		select alert_id from supplier_alert where due_at <= now()
	) waited
	where not exists (select from doorbell d where d.job = 'correlate-again' and alert_id = any(d.ids))
	limit 50000
)
${insertDoorbells('correlate-again', 'due')}`);
