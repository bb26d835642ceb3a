// settle-pending: when the completeness mark has moved, `pending` explanations whose window it has passed are due; and
// so is what waited for a time to pass, such as instructions of a command that did not report.
import type pg from 'pg';
import type { Ring } from '#lib/server/jobs/queues.ts';

/** Has every pending Alert that is due correlated again. Returns how many. */
export async function settlePending({ pool, ring }: { pool: pg.Pool; ring: Ring }): Promise<number> {
	const { rows } = await pool.query<{ id: bigint; count: number }>(DUE);
	for (const row of rows) ring('correlate-again', row.id);
	return rows.reduce((sum, row) => sum + row.count, 0);
}

// Alerts that wait in a doorbell already are left to it.
const DUE = `
with due as (
	select alert_id from (
		select alert_id from supplier_alert
		where explanation = 'pending' and settles_at <= (select min(complete_until) from completeness)
		union
		select alert_id from supplier_alert where due_at <= now()
	) waited
	where not exists (select from doorbell d where d.job = 'correlate-again' and alert_id = any(d.ids))
	limit 50000
)
insert into doorbell (job, ids)
select 'correlate-again', array_agg(alert_id order by alert_id)
from (select alert_id, (row_number() over (order by alert_id) - 1) / 500 as part from due) d group by part
returning id, cardinality(ids) as count`;
