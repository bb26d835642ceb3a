// Stores the sources of audit data and their completeness marks. A source belongs to the installation or to one Supplier,
// and only its owner moves its mark.
import type pg from 'pg';
import {
	MARK_AHEAD_MS,
	completeUntilFor,
	type CompletenessSources,
	type OwnerMark
} from '#lib/domain/completeness.ts';
import { nearest } from '#lib/server/http/nearest.ts';
import type { Enqueue } from '#lib/server/jobs/queues.ts';
import { query } from '#lib/server/postgres/statement.ts';

/** The owner of a source: the id of a Supplier; `null`: the installation. */
export type Owner = number | null;

/**
 * The result of a mark. `in-future`: the mark is more than five minutes ahead of the clock. `foreign`: the installation
 * owns a source of this name. `unknown`: the owner has other sources, and none of this name; `nearest` is the one with
 * the most similar name.
 */
export type MarkResult = 'stored' | 'in-future' | 'foreign' | { unknown: true; nearest: string | null };

export type Completeness = ReturnType<typeof createCompleteness>;

interface SourceRow {
	source: string;
	supplier_id: number | null;
	slug: string | null;
	complete_until: Date | null;
	reported_at: Date | null;
}

/** Creates the store of sources. `pool`: sessions that may write sources. */
export function createCompleteness({ pool, enqueue }: { pool: pg.Pool; enqueue: Enqueue }) {
	const settle = (): void => enqueue('settle-pending');

	return {
		/**
		 * Sets the completeness mark of a source of this owner. A source that has withdrawn data may set its mark to an
		 * earlier instant. The first mark of an owner registers its source; every further source is registered with
		 * `register`, so that a misspelt name cannot hold explanations back.
		 */
		async mark(owner: Owner, source: string, completeUntil: string, now = Date.now()): Promise<MarkResult> {
			if (Date.parse(completeUntil) > now + MARK_AHEAD_MS) return 'in-future';
			const { rowCount } = await pool.query(MARK({ owner, source, completeUntil }));
			if (rowCount === 0) {
				const { rows } = await pool.query<{ source: string; supplier_id: number | null }>(
					REGISTERED({ owner })
				);
				if (rows.some((row) => row.source === source)) return 'foreign';
				const own = rows.filter((row) => row.supplier_id === owner).map((row) => row.source);
				if (own.length > 0) return { unknown: true, nearest: nearest(source, own) };
				await pool.query(REGISTER({ owner, source, completeUntil }));
			}
			settle();
			return 'stored';
		},

		/**
		 * Registers a source of this owner, without a mark. Until its first mark, no explanation of the owner counts on
		 * complete audit data. Returns whether the source is new. `foreign`: the installation owns a source of this name.
		 */
		async register(owner: Owner, source: string): Promise<'registered' | 'known' | 'foreign'> {
			const { rows } = await pool.query<{ source: string; supplier_id: number | null }>(
				REGISTERED({ owner })
			);
			const same = rows.filter((row) => row.source === source);
			if (same.some((row) => row.supplier_id === owner)) return 'known';
			if (same.length > 0) return 'foreign';
			await pool.query(REGISTER({ owner, source, completeUntil: null }));
			return 'registered';
		},

		/** Deletes a source of this owner. It no longer holds explanations back. Returns whether there was such a source. */
		async remove(owner: Owner, source: string): Promise<boolean> {
			const { rowCount } = await pool.query(REMOVE({ owner, source }));
			settle();
			return rowCount === 1;
		},

		/**
		 * Returns the sources that bear on the explanations of a Supplier: those of the installation and its own. `null`
		 * returns the sources of all owners.
		 */
		list: (viewer: Owner, now = Date.now()): Promise<CompletenessSources> => listSources(pool, viewer, now)
	};
}

/** Reads the sources that bear on a Supplier; `null`: the sources of all owners. `now`: epoch ms. */
export async function listSources(pool: pg.Pool, viewer: Owner, now: number): Promise<CompletenessSources> {
	const { rows } = await pool.query<SourceRow>(LIST({ viewer }));
	const marks = rows.map(({ supplier_id: supplierId, complete_until: until }): OwnerMark => {
		return { supplierId, until: until?.getTime() ?? null };
	});
	// The installation has no explanations of its own, so its answer says how far its own sources have come.
	const until = completeUntilFor(viewer ?? NO_SUPPLIER, marks);
	return {
		completeUntil: until === null ? null : new Date(until).toISOString(),
		items: rows.map((row) => ({
			source: row.source,
			supplier: row.slug,
			completeUntil: row.complete_until?.toISOString() ?? null,
			reportedAt: row.reported_at?.toISOString() ?? null,
			lagSeconds: row.complete_until && Math.round((now - row.complete_until.getTime()) / 1000)
		}))
	};
}

/** No Supplier has this id. */
const NO_SUPPLIER = 0;

const MARK = query(`
update completeness_source set complete_until = :completeUntil, reported_at = now()
where source = :source and supplier_id is not distinct from :owner::smallint`);

const REGISTERED = query(`
select source, supplier_id from completeness_source where supplier_id is null or supplier_id = :owner::smallint
order by source`);

const REGISTER = query(`
insert into completeness_source as s (source, supplier_id, complete_until, reported_at)
values (:source, :owner, :completeUntil::timestamptz, case when :completeUntil::timestamptz is not null then now() end)
on conflict (coalesce(supplier_id, 0), source) do update
set complete_until = coalesce(excluded.complete_until, s.complete_until), reported_at = coalesce(excluded.reported_at, s.reported_at)`);

const REMOVE = query(
	'delete from completeness_source where source = :source and supplier_id is not distinct from :owner::smallint'
);

const LIST = query(`
select c.source, c.supplier_id, s.slug, c.complete_until, c.reported_at
from completeness_source c left join supplier s on s.id = c.supplier_id
where :viewer::smallint is null or c.supplier_id is null or c.supplier_id = :viewer
order by s.slug nulls first, c.source`);
