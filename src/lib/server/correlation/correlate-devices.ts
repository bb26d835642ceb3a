// correlate-devices: when Devices or tenures have changed, has the Alerts of these Devices and of their home networks
// explained again: they came before their Device did, or before a tenure was put right.
import type pg from 'pg';
import { homeOf } from '#lib/server/postgres/home-network.ts';
import { LOCKS } from '#lib/server/postgres/locks.ts';
import type { Ring } from '#lib/server/jobs/queues.ts';

/** Works on a doorbell; one that is gone has been worked on. Returns how many Alerts are to be explained again. */
export async function correlateDevices(
	{ pool, ring }: { pool: pg.Pool; ring: Ring },
	doorbell: bigint
): Promise<number> {
	// A first explanation that has read the tenures of before the change may be on its way: it ends before the doorbells
	// below are rung, so that they find what it has written. What begins later reads the tenures of after.
	await pool.query(`${HOMES} select pg_advisory_xact_lock($2) from (select from alerts limit 1) found`, [
		doorbell,
		LOCKS.firstExplanations
	]);
	const { rows } = await pool.query<{ id: bigint; count: number }>(RING_AGAIN, [doorbell]);
	for (const row of rows) ring('correlate-again', row.id);
	return rows.reduce((sum, row) => sum + row.count, 0);
}

// Device by Device, as in `homeOf`.
const HOMES = `
with named as (
	select decode(lpad(to_hex(n), 16, '0'), 'hex') as device_id from doorbell b, unnest(b.ids) as n where b.id = $1
), home as (
	select device_id from named
	union
	select d.device_id from named n ${homeOf('n.device_id')}
), alerts as (
	select a.id from home h cross join lateral (select id from alert where device_id = h.device_id offset 0) a
)`;

const RING_AGAIN = `${HOMES}, parts as (
	select array_agg(id order by id) as ids
	from (select id, (row_number() over (order by id) - 1) / 500 as part from alerts) a group by part
), gone as (
	delete from doorbell where id = $1
)
insert into doorbell (job, ids) select 'correlate-again', ids from parts returning id, cardinality(ids) as count`;
