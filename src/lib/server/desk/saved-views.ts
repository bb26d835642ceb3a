// Keeps the views that people save, and how far each person has looked at each view. Row-level security keeps the views of
// a Supplier apart; a statement leaves out the private views of other people.
import type pg from 'pg';
import type { FacetFilters } from '#lib/domain/alert-facets.ts';
import {
	DESK_FILTERS,
	VIEW_NAMES,
	isViewName,
	narrow,
	viewNamed,
	type ViewName
} from '#lib/domain/desk/list-view.ts';
import {
	MOST_VIEWS,
	type SavedView,
	type SavedViewIn,
	type ViewCounts,
	type ViewList,
	type ViewLook
} from '#lib/domain/desk/saved-view.ts';
import { resolveFilters, type AlertFilters } from '#lib/domain/alert-filter.ts';
import { alertConditions } from '#lib/server/feed/alert-conditions.ts';
import { query } from '#lib/server/postgres/statement.ts';
import { asSupplierWithin } from '#lib/server/postgres/time-limit.ts';
import { asSupplier } from '#lib/server/postgres/transaction.ts';

/** The time for the counts of one view. */
const COUNT_SECONDS = 2;

/** Who calls. `mayManage`: the caller may change the shared views of others. */
export interface ViewReader {
	supplierId: number;
	personId: string;
	name: string;
	mayManage: boolean;
}

interface ViewRow {
	id: number;
	name: string;
	base: ViewName;
	filters: FacetFilters;
	shared: boolean;
	owner: string;
	owner_id: string;
}

/** `unknown`: the reader has no such view. `not-yours`: another person saved it. */
export type Change = { view: SavedView } | { refused: 'unknown' | 'not-yours' | 'too-many' };

export type SavedViews = ReturnType<typeof createSavedViews>;

export function createSavedViews(pool: pg.Pool) {
	const one = async (client: pg.ClientBase, reader: ViewReader, id: string): Promise<ViewRow | null> =>
		(await client.query<ViewRow>(ONE({ ...keyOf(reader), id }))).rows[0] ?? null;

	/** Returns why the reader may not change a view; `null`: the reader may. */
	const refusalOf = (row: ViewRow | null, reader: ViewReader): 'unknown' | 'not-yours' | null =>
		row === null ? 'unknown' : mayChange(row, reader) ? null : 'not-yours';

	return {
		list: (reader: ViewReader): Promise<ViewList> =>
			asSupplier(pool, reader.supplierId, async (client) => {
				const { rows } = await client.query<ViewRow>(ALL(keyOf(reader)));
				const { rows: looks } = await client.query<LookRow>(LOOKS(keyOf(reader)));
				return {
					names: [...VIEW_NAMES],
					items: rows.map((row) => toView(row, reader)),
					looks: looks.map(toLook)
				};
			}),

		save: (reader: ViewReader, view: SavedViewIn): Promise<Change> =>
			asSupplier(pool, reader.supplierId, async (client) => {
				const { rows } = await client.query<ViewRow>(
					SAVE({ ...keyOf(reader), ...toColumns(view), owner: reader.name, most: MOST_VIEWS })
				);
				return rows[0] ? { view: toView(rows[0], reader) } : { refused: 'too-many' };
			}),

		change: (reader: ViewReader, id: string, view: SavedViewIn): Promise<Change> =>
			asSupplier(pool, reader.supplierId, async (client) => {
				const refused = refusalOf(await one(client, reader, id), reader);
				if (refused) return { refused };
				const { rows } = await client.query<ViewRow>(CHANGE({ ...keyOf(reader), ...toColumns(view), id }));
				return rows[0] ? { view: toView(rows[0], reader) } : { refused: 'unknown' };
			}),

		/** Deletes a view. Returns why it did not; `null`: the view is gone. */
		remove: (reader: ViewReader, id: string): Promise<'unknown' | 'not-yours' | null> =>
			asSupplier(pool, reader.supplierId, async (client) => {
				const refused = refusalOf(await one(client, reader, id), reader);
				if (!refused) await client.query(REMOVE({ supplierId: reader.supplierId, id }));
				return refused;
			}),

		/** Notes that the reader has seen the Alerts of a view up to an id. Returns whether there is such a view. */
		look: (reader: ViewReader, view: string, seenId: string): Promise<boolean> =>
			asSupplier(pool, reader.supplierId, async (client) => {
				if (!isViewName(view) && !(await one(client, reader, view))) return false;
				await client.query(LOOK({ ...keyOf(reader), view, seenId }));
				return true;
			}),

		/** Counts a view; `null`: the reader has no such view. */
		async counts(reader: ViewReader, view: string, nowMs = Date.now()): Promise<ViewCounts | null> {
			const found = await asSupplier(pool, reader.supplierId, async (client) => {
				const saved = isViewName(view) ? null : await one(client, reader, view);
				if (!isViewName(view) && !saved) return null;
				const { rows } = await client.query<LookRow>(LOOKS(keyOf(reader)));
				const base = isViewName(view) ? view : saved!.base;
				return {
					...narrow(viewNamed(base).filters, saved?.filters ?? {}),
					seenId: rows.find((row) => row.view === view)?.seen_id ?? null
				};
			});
			if (!found) return null;
			if (found.unmet) return { open: 0, new: found.seenId === null ? null : 0 };
			const filters = resolveFilters(found.filters, { callerId: reader.personId, nowMs });
			return (await count(reader.supplierId, filters, found.seenId)) ?? { open: null, new: null };
		}
	};

	/** Counts the Alerts that need a decision; `null`: the time was too short. */
	function count(
		supplierId: number,
		filters: AlertFilters,
		seenId: bigint | null
	): Promise<ViewCounts | null> {
		const { where, values } = alertConditions(supplierId, filters);
		const statement = query(`
select count(*)::int as open, count(*) filter (where alert_id > :seenId::bigint)::int as new from supplier_alert
where (decision is null or contradicted) and supplier_alert.priority <= :leastUrgent and ${where}`);
		return asSupplierWithin(pool, supplierId, COUNT_SECONDS, async (client) => {
			const { rows } = await client.query<{ open: number; new: number }>(
				statement({ ...values, seenId, leastUrgent: DESK_FILTERS.priority })
			);
			return { open: rows[0]!.open, new: seenId === null ? null : rows[0]!.new };
		});
	}
}

const keyOf = ({ supplierId, personId }: ViewReader) => ({ supplierId, personId });

const toColumns = ({ name, base, filters, shared }: SavedViewIn) => ({
	name,
	base,
	filters: JSON.stringify(filters),
	shared
});

const mayChange = (row: ViewRow, { personId, mayManage }: ViewReader): boolean =>
	row.owner_id === personId || (row.shared && mayManage);

const toView = (row: ViewRow, reader: ViewReader): SavedView => ({
	id: String(row.id),
	name: row.name,
	base: row.base,
	filters: row.filters as SavedView['filters'],
	shared: row.shared,
	owner: row.owner,
	mayChange: mayChange(row, reader)
});

interface LookRow {
	view: string;
	seen_id: bigint;
	looked_at: Date;
}
const toLook = ({ view, seen_id, looked_at }: LookRow): ViewLook => ({
	view,
	seenId: seen_id.toString(),
	lookedAt: looked_at.toISOString()
});

const VISIBLE = 'supplier_id = :supplierId and (shared or owner_id = :personId)';

const ALL = query(`select * from saved_view where ${VISIBLE} order by shared desc, lower(name), id`);
const ONE = query(`select * from saved_view where ${VISIBLE} and id = :id::bigint`);
const LOOKS = query('select * from view_look where supplier_id = :supplierId and person_id = :personId');

const SAVE = query(`
insert into saved_view (supplier_id, name, base, filters, shared, owner, owner_id)
select :supplierId::smallint, :name::text, :base::text, :filters::jsonb, :shared::boolean, :owner::text, :personId::text
where (select count(*) from saved_view where supplier_id = :supplierId::smallint and owner_id = :personId::text) < :most::int
returning *`);

const CHANGE = query(`
update saved_view set name = :name, base = :base, filters = :filters::jsonb, shared = :shared, saved_at = now()
where ${VISIBLE} and id = :id::bigint returning *`);

const REMOVE = query(`
with gone as (delete from saved_view where supplier_id = :supplierId and id = :id::bigint returning id)
delete from view_look where supplier_id = :supplierId and view in (select id::text from gone)`);

// A look from an older window never takes a later one back.
const LOOK = query(`
insert into view_look (supplier_id, person_id, view, seen_id) values (:supplierId, :personId, :view, :seenId::bigint)
on conflict (supplier_id, person_id, view) do update
set seen_id = greatest(view_look.seen_id, excluded.seen_id), looked_at = now()`);
