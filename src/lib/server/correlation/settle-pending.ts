// settle-pending: has Alerts explained again when their waiting time has ended. Either the completeness mark has passed
// the window of a `pending` explanation, or the clock has passed an instant that an explanation waits for. A late
// report of a command is an example.
import type pg from 'pg';
import { insertDoorbells, type NewDoorbell } from '#lib/server/jobs/doorbells.ts';
import type { Enqueue } from '#lib/server/jobs/queues.ts';
import { query } from '#lib/server/postgres/statement.ts';

/**
 * Inserts doorbells for all Alerts whose waiting time has ended. Returns the number of Alerts that are explained again.
 */
export async function settlePending({ pool, enqueue }: { pool: pg.Pool; enqueue: Enqueue }): Promise<number> {
	const { rows } = await pool.query<NewDoorbell>(ASK_AGAIN({}));
	for (const { id } of rows) enqueue('correlate-again', id);
	return rows.reduce((sum, { count }) => sum + count, 0);
}

// Alerts that a `correlate-again` doorbell already names are left out, because that doorbell has them explained.
const ASK_AGAIN = query(`
with mark as (
	select s.id as supplier_id, min(c.complete_until) as until
	from supplier s join completeness_source c on c.supplier_id is null or c.supplier_id = s.id
	group by s.id having count(*) = count(c.complete_until)
), due as (
	select alert_id as id from (
		select a.alert_id from mark m join supplier_alert a on a.supplier_id = m.supplier_id
		where a.explanation = 'pending' and a.settles_at <= m.until
		union
		select alert_id from supplier_alert where due_at <= now()
	) waited
	where not exists (select from doorbell d where d.job = 'correlate-again' and alert_id = any(d.ids))
	limit 50000
)
${insertDoorbells('correlate-again', 'due')}`);
