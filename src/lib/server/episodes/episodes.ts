// Episodes as one Supplier reads them; and which of their members one decision covers.
import { isUncounted } from './episode-turn.ts';
import { sql } from 'kysely';
import type { Decision } from '#lib/domain/decision.ts';
import {
	episodeTitle,
	type Episode,
	type EpisodeDetail,
	type EpisodePage,
	type OutsideEpisode
} from '#lib/domain/episode.ts';
import { asSupplier, type Database, type Tx } from '#lib/server/postgres/database.ts';
import { countOutside, readOutside, type EpisodeRow } from './episode-outside.ts';

/** An Alert that now stands alone is no episode. */
const LEAST_MEMBERS = 2;

interface Row extends EpisodeRow {
	members: number;
	devices: number;
	occurrences: bigint;
	at_least: boolean;
	priority: number;
	version: number;
	decision: Decision | null;
	open: number;
}

export interface EpisodeQuery {
	/** Only those with members that wait for a decision. */
	open?: boolean | undefined;
	limit?: number | undefined;
	cursor?: string | undefined;
}

export type Episodes = ReturnType<typeof createEpisodes>;

export function createEpisodes(db: Database) {
	return {
		/** One page, the newest first. */
		page: (supplierId: number, { open, limit = 100, cursor }: EpisodeQuery): Promise<EpisodePage> =>
			asSupplier(db, supplierId, async (tx) => {
				const { rows } = await sql<Row>`
					select e.*, o.open from episode e cross join lateral (${openMembers}) o
					where e.supplier_id = ${supplierId} and e.members >= ${LEAST_MEMBERS}
						and (${cursor ?? null}::bigint is null or e.id < ${cursor ?? null}::bigint)
						and (${open ?? false}::boolean is not true or o.open > 0)
					order by e.id desc limit ${limit + 1}`.execute(tx);
				return {
					items: rows.slice(0, limit).map(toEpisode),
					nextCursor: rows.length > limit ? rows[limit - 1]!.id.toString() : null
				};
			}),

		/**
		 * One episode, or `null` where there is none or it is another Supplier's. One that nobody belongs to any more is
		 * none: its facts may be of an Alert that was retracted.
		 */
		one: (supplierId: number, id: string): Promise<EpisodeDetail | null> =>
			asSupplier(db, supplierId, async (tx) => {
				const row = await readRow(tx, supplierId, id);
				return row && { ...toEpisode(row), outside: await countOutside(tx, row) };
			}),

		/** What is outside an episode; `null` where `one` finds none. */
		outside: (supplierId: number, id: string): Promise<OutsideEpisode | null> =>
			asSupplier(db, supplierId, async (tx) => {
				const row = await readRow(tx, supplierId, id);
				return row && readOutside(tx, row);
			})
	};
}

async function readRow(tx: Tx, supplierId: number, id: string): Promise<Row | null> {
	const { rows } = await sql<Row>`
		select e.*, o.open from episode e cross join lateral (${openMembers}) o
		where e.supplier_id = ${supplierId} and e.id = ${id}::bigint and e.members > 0`.execute(tx);
	return rows[0] ?? null;
}

const openMembers = sql`
	select count(*)::int as open from supplier_alert s
	where s.supplier_id = e.supplier_id and s.episode_id = e.id and (s.decision is null or s.contradicted)`;

const toEpisode = (row: Row): Episode => ({
	id: row.id.toString(),
	kind: row.kind,
	title: episodeTitle(row.kind, row.facts, row.devices),
	facts: row.facts,
	firstAt: row.first_at.toISOString(),
	lastAt: row.last_at.toISOString(),
	members: row.members,
	devices: row.devices,
	occurrences: Number(row.occurrences),
	atLeast: row.at_least,
	open: row.open,
	priority: row.priority,
	version: row.version,
	decision: row.decision
});

interface Seen {
	id: string;
	version: number;
}

/**
 * The members that a person saw at `version`: those that the verdict is news for, and the others. `null`: there is no
 * such episode.
 */
export async function membersToDecide(
	tx: Tx,
	supplierId: number,
	{ episode, version, reopen }: { episode: string; version: number; reopen: boolean }
): Promise<{ waiting: Seen[]; others: Seen[] } | null> {
	const { rows: found } = await sql`
		select from episode where supplier_id = ${supplierId} and id = ${episode}::bigint and members > 0`.execute(
		tx
	);
	if (found.length === 0) return null;
	const { rows } = await sql<{ id: string; version: number; waits: boolean }>`
		select alert_id::text as id, version,
			case when ${reopen}::boolean then decision is not null else decision is null or contradicted end as waits
		from supplier_alert s
		where supplier_id = ${supplierId} and episode_id = ${episode}::bigint and episode_version <= ${version}
			and not ${sql.raw(isUncounted('current_supplier()'))}
		order by alert_id`.execute(tx);
	const seen = (waits: boolean): Seen[] =>
		rows.filter((row) => row.waits === waits).map(({ id, version }) => ({ id, version }));
	return { waiting: seen(true), others: seen(false) };
}

export async function markEpisode(
	tx: Tx,
	supplierId: number,
	episode: string,
	decision: Decision | null
): Promise<void> {
	await sql`
		update episode set version = version + 1, decision = ${decision && JSON.stringify(decision)}::jsonb
		where supplier_id = ${supplierId} and id = ${episode}::bigint`.execute(tx);
}
