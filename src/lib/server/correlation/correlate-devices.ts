// correlate-devices: has the Alerts of changed Devices and of their home networks explained again. These Alerts may
// have arrived before their Device, or before a correction of a tenure.
import type pg from 'pg';
import { deleteDoorbells, insertDoorbells, type NewDoorbell } from '#lib/server/jobs/doorbells.ts';
import type { Enqueue } from '#lib/server/jobs/queues.ts';
import { homeOf } from '#lib/server/postgres/home-network.ts';
import { LOCKS } from '#lib/server/postgres/locks.ts';
import { query } from '#lib/server/postgres/statement.ts';

/**
 * Works on one doorbell. A missing doorbell means that its work is done. Returns the number of Alerts that are
 * explained again.
 */
export async function correlateDevices(
	{ pool, enqueue }: { pool: pg.Pool; enqueue: Enqueue },
	doorbell: bigint
): Promise<number> {
	// A running first explanation may have read the old tenures. This statement waits for the end of such explanations.
	// So the doorbells inserted below name every Alert that was explained by the old tenures. A first explanation that
	// begins later reads the new tenures.
	await pool.query(AWAIT_FIRST({ doorbell, lock: LOCKS.firstExplanations }));
	const { rows } = await pool.query<NewDoorbell>(ASK_AGAIN({ doorbell }));
	for (const { id } of rows) enqueue('correlate-again', id);
	return rows.reduce((sum, { count }) => sum + count, 0);
}

// The ids of this doorbell are Device ids. PostgreSQL looks the Alerts up Device by Device, as in `homeOf`.
const ALERTS = `
with named as (
	select decode(lpad(to_hex(n), 16, '0'), 'hex') as device_id from doorbell b, unnest(b.ids) as n where b.id = :doorbell
), home as (
	select device_id from named
	union
	select d.device_id from named n ${homeOf('n.device_id')}
), alerts as (
	select a.id from home h cross join lateral (select id from alert where device_id = h.device_id offset 0) a
)`;

const AWAIT_FIRST = query(
	`${ALERTS} select pg_advisory_xact_lock(:lock) from (select from alerts limit 1) found`
);

const ASK_AGAIN = query(`${ALERTS}, done as (${deleteDoorbells('array[:doorbell]::bigint[]')})
${insertDoorbells('correlate-again', 'alerts')}`);
