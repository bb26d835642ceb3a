// Reads the episodes of one Supplier, finds the members that one decision covers, and stores the decision of an episode.
import type pg from 'pg';
import type { Decision } from '#lib/domain/decision.ts';
import {
	episodeTitle,
	sharedFacts,
	type Episode,
	type EpisodeDetail,
	type EpisodeFigures,
	type EpisodePage,
	type OutsideEpisode
} from '#lib/domain/episode.ts';
import type { EpisodeCursor, EpisodeFilters, EpisodeSort } from '#lib/domain/episode-list.ts';
import { query } from '#lib/server/postgres/statement.ts';
import { asSupplier } from '#lib/server/postgres/transaction.ts';
import { countOutside, readOutside, withoutUser, type EpisodeRow } from './episode-outside.ts';
import { nameOfRunKey } from '#lib/server/runs/run-key.ts';

const DEFAULT_PAGE_SIZE = 100;

interface Row extends EpisodeRow {
	members: number;
	devices: number;
	occurrences: bigint;
	at_least: boolean;
	priority: number;
	version: number;
	decision: Decision | null;
	open: number;
	actionable: number;
	ignorable: number;
}
/** The columns that count the members of an episode by their decisions. */
type Counted = 'open' | 'actionable' | 'ignorable';

export interface EpisodeQuery extends EpisodeFilters {
	/** The ids of the only episodes to list; absent: all. */
	ids?: readonly string[] | undefined;
	limit?: number | undefined;
	/** The end of the page before, in the same order; absent for the first page. */
	cursor?: EpisodeCursor | undefined;
}

export type Episodes = ReturnType<typeof createEpisodes>;

export function createEpisodes(pool: pg.Pool) {
	return {
		/** Reads one page of episodes. */
		page: (
			supplierId: number,
			{ open = false, kind, code, sort = 'newest', ids, limit = DEFAULT_PAGE_SIZE, cursor }: EpisodeQuery
		): Promise<EpisodePage> =>
			asSupplier(pool, supplierId, async (client) => {
				const { rows } = await client.query<Row & { place: bigint }>(
					PAGES[sort]({
						supplierId,
						place: cursor?.place ?? null,
						afterId: cursor?.id ?? null,
						open,
						kind: kind ?? null,
						code: code ?? null,
						ids: ids ?? null,
						limit: limit + 1
					})
				);
				const last = rows.length > limit ? rows[limit - 1]! : null;
				return {
					items: rows.slice(0, limit).map(toEpisode),
					nextCursor: last && `${last.place}.${last.id}`
				};
			}),

		/**
		 * Reads one episode; `null`: this Supplier has no such episode, or the episode is not shown.
		 */
		one: (supplierId: number, id: string): Promise<EpisodeDetail | null> =>
			asSupplier(pool, supplierId, async (client) => {
				const row = await readRow(client, supplierId, id);
				return row && { ...toEpisode(row), outside: await countOutside(client, row) };
			}),

		/**
		 * Reads the Alerts outside an episode; `null`: this Supplier has no such episode, or the episode is not shown.
		 */
		outside: (supplierId: number, id: string): Promise<OutsideEpisode | null> =>
			asSupplier(pool, supplierId, async (client) => {
				const row = await readRow(client, supplierId, id);
				return row && readOutside(client, row);
			})
	};
}

async function readRow(client: pg.ClientBase, supplierId: number, id: string): Promise<Row | null> {
	const { rows } = await client.query<Row>(ONE({ supplierId, id }));
	return rows[0] ?? null;
}

/**
 * Reads the figures of one episode within the caller's transaction, without counting its members; `null`: this Supplier
 * has no such episode.
 */
export async function readEpisodeFigures(
	client: pg.ClientBase,
	supplierId: number,
	id: bigint
): Promise<EpisodeFigures | null> {
	const { rows } = await client.query<Omit<Row, Counted>>(FIGURES({ supplierId, id }));
	return rows[0] ? toFigures(rows[0]) : null;
}

function toFigures(row: Omit<Row, Counted>): EpisodeFigures {
	const facts = sharedFacts(nameOfRunKey(row.key), withoutUser(row.facts));
	return {
		id: row.id.toString(),
		kind: row.kind,
		title: episodeTitle(row.kind, facts, row.devices),
		facts,
		firstAt: row.first_at.toISOString(),
		lastAt: row.last_at.toISOString(),
		members: row.members,
		devices: row.devices,
		occurrences: Number(row.occurrences),
		atLeast: row.at_least,
		priority: row.priority,
		version: row.version,
		decision: row.decision
	};
}

const toEpisode = (row: Row): Episode => ({
	...toFigures(row),
	open: row.open,
	decided: { actionable: row.actionable, ignorable: row.ignorable }
});

interface MemberVersion {
	id: string;
	version: number;
}

/**
 * Reads the members of an episode that a person saw at `version` of the episode. Members in `waiting` need the
 * decision: they are undecided or contradicted, or, with `reopen`, decided. Returns `null` if there is no such episode.
 */
export async function membersToDecide(
	client: pg.ClientBase,
	supplierId: number,
	{ episode, version, reopen }: { episode: string; version: number; reopen: boolean }
): Promise<{ waiting: MemberVersion[]; others: MemberVersion[] } | null> {
	const { rows: found } = await client.query(EXISTS({ supplierId, episode }));
	if (found.length === 0) return null;
	const { rows } = await client.query<MemberVersion & { waits: boolean }>(
		MEMBERS({ supplierId, episode, version, reopen })
	);
	const membersWhere = (waits: boolean): MemberVersion[] =>
		rows.filter((row) => row.waits === waits).map(({ id, version }) => ({ id, version }));
	return { waiting: membersWhere(true), others: membersWhere(false) };
}

/** Stores the decision of an episode as the next version of the episode. `decision: null` reopens the episode. */
export async function markEpisode(
	client: pg.ClientBase,
	supplierId: number,
	episode: string,
	decision: Decision | null
): Promise<void> {
	await client.query(MARK({ supplierId, episode, decision: decision && JSON.stringify(decision) }));
}

/**
 * SQL: whether the episode `e` is shown. An episode is not shown while it has fewer members than its rule asks
 * (src/lib/domain/episode-rule.ts).
 */
export const isShown = (e: string): string =>
	`${e}.members >= ${e}.least_members and ${e}.devices >= ${e}.least_devices`;

const COUNTED_MEMBERS = `
	select count(*) filter (where s.decision is null or s.contradicted)::int as open,
		count(*) filter (where s.decision->>'verdict' = 'actionable')::int as actionable,
		count(*) filter (where s.decision->>'verdict' = 'ignorable')::int as ignorable
	from supplier_alert s where s.supplier_id = e.supplier_id and s.episode_id = e.id`;

/** Lists episodes by a place, a bigint, the highest first. */
const pageBy = (place: string) =>
	query(`
select e.*, ${place} as place, c.* from episode e cross join lateral (${COUNTED_MEMBERS}) c
where e.supplier_id = :supplierId and ${isShown('e')}
	and (:place::bigint is null or (${place}, e.id) < (:place::bigint, :afterId::bigint))
	and (:ids::bigint[] is null or e.id = any(:ids::bigint[]))
	and (:kind::text is null or e.kind = :kind::text)
	and (:code::text is null or e.facts->>'code' = :code::text)
	and (:open::boolean is not true or c.open > 0)
order by ${place} desc, e.id desc limit :limit`);

const PAGES: Record<EpisodeSort, ReturnType<typeof pageBy>> = {
	newest: pageBy('e.id'),
	latest: pageBy('(extract(epoch from e.last_at) * 1000)::bigint'),
	largest: pageBy('e.members::bigint'),
	urgent: pageBy('-e.priority::bigint')
};

const ONE = query(`
select e.*, c.* from episode e cross join lateral (${COUNTED_MEMBERS}) c
where e.supplier_id = :supplierId and e.id = :id::bigint and ${isShown('e')}`);

const FIGURES = query(
	`select * from episode e where supplier_id = :supplierId and id = :id and ${isShown('e')}`
);

const EXISTS = query(
	`select from episode e where supplier_id = :supplierId and id = :episode::bigint and ${isShown('e')}`
);

const MEMBERS = query(`
select alert_id::text as id, version,
	case when :reopen::boolean then decision is not null else decision is null or contradicted end as waits
from supplier_alert s
where supplier_id = :supplierId and episode_id = :episode::bigint and episode_version <= :version
order by alert_id`);

const MARK = query(`
update episode set version = version + 1, decision = :decision::jsonb
where supplier_id = :supplierId and id = :episode::bigint`);
