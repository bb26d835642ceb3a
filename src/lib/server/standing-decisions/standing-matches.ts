// Reads the Alerts that a standing decision decided, page by page.
import type pg from 'pg';
import type { StandingMatches } from '#lib/domain/standing-decision/standing-decision.ts';
import { stateColumns, toAlert, type AlertBody, type StoredState } from '#lib/server/feed/feed.ts';
import { query } from '#lib/server/postgres/statement.ts';
import { asSupplier } from '#lib/server/postgres/transaction.ts';

const DEFAULT_PAGE_SIZE = 50;

interface MatchRow extends StoredState {
	alert_id: bigint;
	body: AlertBody;
	matched_at: Date;
	reopened_at: Date | null;
	reopened_by: string | null;
	withdrawn_at: Date | null;
}

export interface MatchQuery {
	/** Whether to list only Alerts that people reopened or decided otherwise. */
	reopened: boolean;
	limit?: number | undefined;
	/** The `nextCursor` of the page before; absent for the first page. */
	cursor?: string | undefined;
}

export type StandingMatchReader = ReturnType<typeof createStandingMatches>;

export function createStandingMatches(pool: pg.Pool) {
	return {
		/** Reads one page, the newest Alerts first; `null`: this Supplier has no such standing decision. */
		page: (
			supplierId: number,
			id: string,
			{ reopened, limit = DEFAULT_PAGE_SIZE, cursor }: MatchQuery
		): Promise<StandingMatches | null> =>
			asSupplier(pool, supplierId, async (client) => {
				const { rowCount } = await client.query(KNOWN({ supplierId, id }));
				if (rowCount === 0) return null;
				const { rows } = await client.query<MatchRow>(
					PAGE({ supplierId, id, reopened, cursor: cursor ?? null, limit: limit + 1 })
				);
				return {
					items: rows.slice(0, limit).map(({ body, alert_id: _, ...row }) => ({
						alert: toAlert(body, row),
						matchedAt: row.matched_at.toISOString(),
						reopenedAt: row.reopened_at?.toISOString() ?? null,
						reopenedBy: row.reopened_by,
						withdrawnAt: row.withdrawn_at?.toISOString() ?? null
					})),
					nextCursor: rows.length > limit ? rows[limit - 1]!.alert_id.toString() : null
				};
			})
	};
}

const KNOWN = query('select from standing_decision where supplier_id = :supplierId and id = :id::bigint');

// An Alert that was retracted since is left out: the Supplier may no longer see it.
const PAGE = query(`
select m.alert_id, m.matched_at, m.reopened_at, m.reopened_by, m.withdrawn_at,
	s.body, ${stateColumns('s')}
from standing_match m join supplier_alert s on s.supplier_id = m.supplier_id and s.alert_id = m.alert_id
where m.supplier_id = :supplierId and m.standing_id = :id::bigint and (not :reopened::boolean or m.reopened_at is not null)
	and (:cursor::bigint is null or m.alert_id < :cursor::bigint)
order by m.alert_id desc limit :limit`);
