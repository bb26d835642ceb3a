// Reads the history of an Alert from the three insert-only tables of what people did with it, newest first.
import type pg from 'pg';
import type { HistoryEntry, HistoryPage, HistoryQuery } from '#lib/domain/desk/history.ts';
import { query } from '#lib/server/postgres/statement.ts';
import { asSupplier } from '#lib/server/postgres/transaction.ts';

interface HistoryRow extends Omit<HistoryEntry, 'at' | 'until'> {
	micros: bigint;
	source: number;
	id: bigint;
	at: Date;
	until: Date | null;
}

export type Histories = ReturnType<typeof createHistories>;

export const createHistories = (pool: pg.Pool) => ({
	/** Reads one page of the history of an Alert; `null`: this Supplier has no such Alert. */
	of: (supplierId: number, alertId: string, { limit, cursor }: HistoryQuery): Promise<HistoryPage | null> =>
		asSupplier(pool, supplierId, async (client) => {
			if ((await client.query(ALERT({ supplierId, alertId }))).rows.length === 0) return null;
			const { rows } = await client.query<HistoryRow>(
				READ({
					supplierId,
					alertId,
					limit: limit + 1,
					micros: cursor?.micros ?? null,
					source: cursor?.source ?? null,
					id: cursor?.id ?? null
				})
			);
			const items = rows.slice(0, limit);
			const last = rows.length > limit ? items.at(-1) : undefined;
			return {
				items: items.map(toEntry),
				nextCursor: last ? `${last.micros}.${last.source}.${last.id}` : null
			};
		})
});

const toEntry = ({
	micros: _micros,
	source: _source,
	id: _id,
	at,
	until,
	...row
}: HistoryRow): HistoryEntry => ({
	...row,
	at: at.toISOString(),
	until: until?.toISOString() ?? null
});

const ALERT = query(
	'select from supplier_alert where supplier_id = :supplierId and alert_id = :alertId::bigint'
);

// A standing decision stands in the table of decisions with its name, as a person does.
const READ = query(`
select * from (
	select (extract(epoch from decided_at) * 1000000)::bigint as micros, 1 as source, id, decided_at as at,
		decided_by as by, version, case when verdict is null then 'reopened' else 'decided' end as kind, verdict, reason, note,
		null::timestamptz as until, null::text as why, null::jsonb as assignee
	from decision where supplier_id = :supplierId and alert_id = :alertId::bigint
	union all
	select (extract(epoch from done_at) * 1000000)::bigint, 2, id, done_at, done_by, version,
		case when kind = 'assigned' and assignee is null then 'unassigned' else kind end, null, null, note, until, why, assignee
	from desk_action where supplier_id = :supplierId and alert_id = :alertId::bigint
	union all
	select (extract(epoch from said_at) * 1000000)::bigint, 3, id, said_at, said_by, version,
		case when disagrees then 'disagreed' else 'agreed' end, null, null, null, null, null, null
	from disagreement where supplier_id = :supplierId and alert_id = :alertId::bigint
) entry
where :micros::bigint is null or (micros, source, id) < (:micros::bigint, :source::integer, :id::bigint)
order by micros desc, source desc, id desc limit :limit`);
