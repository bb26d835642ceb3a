// Notes that people reopened Alerts that standing decisions decided, and pauses a standing decision that people reopen
// too often.
import type pg from 'pg';
import {
	MATCHES_TO_JUDGE,
	pausedText,
	reopenedTooOften
} from '#lib/domain/standing-decision/standing-decision.ts';
import { query } from '#lib/server/postgres/statement.ts';

/**
 * Notes that a person reopened these Alerts, or decided them otherwise, within the caller's transaction. Pauses each
 * standing decision that decided them if it was reopened too often. The feed of the Supplier must be locked: no Alert
 * is then decided by a standing decision after its pause.
 */
export async function noteOverruled(
	client: pg.ClientBase,
	supplierId: number,
	alertIds: readonly string[],
	by: string,
	at: Date
): Promise<void> {
	if (alertIds.length === 0) return;
	const { rows } = await client.query<{ standing_id: number }>(NOTE({ supplierId, alertIds, by, at }));
	for (const { standing_id: id } of rows) {
		const { rows: last } = await client.query<{ reopened: boolean }>(LAST({ supplierId, id }));
		const reopened = reopenedTooOften(last.map((row) => row.reopened));
		if (reopened !== null)
			await client.query(PAUSE({ supplierId, id, at, reopened, note: pausedText(reopened) }));
	}
}

const NOTE = query(`
with noted as (
	update standing_match m set reopened_at = :at, reopened_by = :by
	from unnest(:alertIds::bigint[]) as i(alert_id), supplier_alert s
	where m.supplier_id = :supplierId and m.alert_id = any(:alertIds::bigint[]) and m.alert_id = i.alert_id
		and s.supplier_id = :supplierId and s.alert_id = i.alert_id
		and m.standing_id = (s.decision ->> 'standing')::integer
	returning m.standing_id
), counted as (
	select standing_id, count(*) as reopened from noted group by standing_id
)
update standing_use u set reopened = u.reopened + c.reopened from counted c where u.standing_id = c.standing_id
returning u.standing_id`);

const LAST = query(`
select coalesce(m.reopened_at > coalesce(r.resumed_at, '-infinity'), false) as reopened
from standing_decision r join standing_match m on m.standing_id = r.id
where r.id = :id and r.supplier_id = :supplierId order by m.matched_at desc limit ${MATCHES_TO_JUDGE}`);

const PAUSE = query(`
with paused as (
	update standing_decision set paused_at = :at::timestamptz, paused_reopened = :reopened::integer
	where id = :id and supplier_id = :supplierId::smallint and paused_at is null and ended_at is null and expires_at > :at::timestamptz
	returning id
), versioned as (
	update standing_version set version = version + 1 where supplier_id = :supplierId::smallint and exists (select from paused)
)
insert into standing_event (supplier_id, standing_id, kind, at, note, counts)
select :supplierId::smallint, p.id, 'paused', :at::timestamptz, :note::text,
	jsonb_build_object('matched', u.matched, 'reopened', u.reopened, 'reopenedOfLast', :reopened::integer)
from paused p join standing_use u on u.standing_id = p.id`);
