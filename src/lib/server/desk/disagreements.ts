// Records that people disagree with explanations. The table is insert-only: who takes a disagreement back adds a row. The
// newest row of a person and a version counts.
import type pg from 'pg';
import {
	DISAGREEMENT_DAYS,
	type Disagreement,
	type DisagreementFigures
} from '#lib/domain/desk/disagreement.ts';
import { query } from '#lib/server/postgres/statement.ts';
import { asSupplier } from '#lib/server/postgres/transaction.ts';

/** A disagreement, or its end. */
export interface DisagreementRequest {
	alertId: string;
	/** The version of the Alert that the person saw; `null`: the disagreements of the person with all versions. */
	version: number | null;
	by: { id: string; name: string };
}

export type Disagreements = ReturnType<typeof createDisagreements>;

export function createDisagreements(pool: pg.Pool) {
	const read = async (
		client: pg.ClientBase,
		supplierId: number,
		alertId: string,
		byId: string
	): Promise<Disagreement | null> =>
		(await client.query<Disagreement>(READ({ supplierId, alertId, byId }))).rows[0] ?? null;
	return {
		/** Reads the disagreements with one Alert; `null`: this Supplier has no such Alert. */
		of: (supplierId: number, alertId: string, byId: string): Promise<Disagreement | null> =>
			asSupplier(pool, supplierId, (client) => read(client, supplierId, alertId, byId)),

		/**
		 * Records a disagreement; a repeat changes nothing. Returns `null` if this Supplier has no such Alert, or if the
		 * Alert has never had this version.
		 */
		disagree: (
			supplierId: number,
			{ alertId, version, by }: DisagreementRequest
		): Promise<Disagreement | null> =>
			asSupplier(pool, supplierId, async (client) => {
				const { rows } = await client.query(
					DISAGREE({ supplierId, alertId, version, by: by.name, byId: by.id })
				);
				return rows.length === 0 ? null : read(client, supplierId, alertId, by.id);
			}),

		/** Takes back what the person recorded about the Alert; `null`: this Supplier has no such Alert. */
		takeBack: (
			supplierId: number,
			alertId: string,
			by: { id: string; name: string }
		): Promise<Disagreement | null> =>
			asSupplier(pool, supplierId, async (client) => {
				await client.query(TAKE_BACK({ supplierId, alertId, by: by.name, byId: by.id }));
				return read(client, supplierId, alertId, by.id);
			}),

		/** Counts the disagreements of the last 90 days by Alert code and explanation. */
		figures: (supplierId: number): Promise<DisagreementFigures> =>
			asSupplier(pool, supplierId, async (client) => {
				const since = new Date(Date.now() - DISAGREEMENT_DAYS * 86_400_000);
				const { rows } = await client.query<DisagreementFigures['items'][number]>(
					FIGURES({ supplierId, since })
				);
				return { since: since.toISOString(), items: rows };
			})
	};
}

/** SQL: the newest row of each person and version under a condition. */
const newest = (where: string): string => `
	select distinct on (alert_id, said_by_id, version) * from disagreement
	where supplier_id = :supplierId and ${where} order by alert_id, said_by_id, version, id desc`;

const READ = query(`
select count(distinct n.said_by_id)::int as people, coalesce(bool_or(n.said_by_id = :byId), false) as mine
from supplier_alert s left join (${newest('alert_id = :alertId::bigint')}) n on n.alert_id = s.alert_id and n.disagrees
where s.supplier_id = :supplierId and s.alert_id = :alertId::bigint group by s.alert_id`);

const DISAGREE = query(`
with alert as (
	select alert_id, code, explanation from supplier_alert
	where supplier_id = :supplierId::smallint and alert_id = :alertId::bigint and version >= :version::integer
), written as (
	insert into disagreement (supplier_id, alert_id, version, disagrees, code, explanation, said_by, said_by_id)
	select :supplierId::smallint, alert_id, :version::integer, true, code, explanation, :by::text, :byId::text from alert
	where not coalesce((
		select disagrees from disagreement where supplier_id = :supplierId::smallint and alert_id = :alertId::bigint
			and said_by_id = :byId::text and version = :version::integer order by id desc limit 1
	), false)
)
select from alert`);

const TAKE_BACK = query(`
insert into disagreement (supplier_id, alert_id, version, disagrees, code, explanation, said_by, said_by_id)
select supplier_id, alert_id, version, false, code, explanation, :by, :byId
from (${newest('alert_id = :alertId::bigint and said_by_id = :byId')}) n where disagrees`);

const FIGURES = query(`
select code, explanation, count(distinct alert_id)::int as alerts from (${newest('said_at >= :since')}) n
where disagrees group by code, explanation order by alerts desc, code, explanation limit 500`);
