// The way of an Alert that nobody has explained before into the feeds of its Suppliers: one statement for a whole batch,
// so that the counters of the feeds are locked for as long as it takes and no longer.
import type pg from 'pg';
import { statement } from '#lib/server/postgres/database.ts';
import { WRITTEN, arrayText, behindRows, columnsOf, inputRows, placedRows } from './explanation-columns.ts';
import { toAlert, type FeedRow, type Frame, type Standing } from './feed.ts';

/**
 * Writes first explanations within the caller's transaction and returns the frames to push after its commit. Send it with
 * `lockFeeds` before and the commit after, so that the counters are let go at once. Where an explanation stands
 * already (a Service Request came in between, and had the Alert explained again before it was explained at all), that one
 * has seen more and stays. An Alert joins its episode with it where that one is still large. `again`: it is this one that
 * may have seen more; what has come in between is explained once more.
 */
export async function writeFirst(
	client: pg.ClientBase,
	rows: readonly FeedRow[],
	{ again = false } = {}
): Promise<Written> {
	if (rows.length === 0) return { frames: [], behind: null };
	const { rows: written } = await client.query<Entry & { episode_id: bigint | null }>(
		WRITE([
			...columnsOf(rows),
			rows.map(({ joins }) => (joins ? arrayText(joins.keys) : null)),
			rows.map(({ joins }) => joins?.episodeId ?? null),
			again
		])
	);
	return toldBy(rows, written, ({ episode_id }) => ({ version: 1, decision: null, episode_id }));
}

export interface Written {
	/** What to push after the commit. */
	frames: Frame[];
	/** The doorbell that has those explained once more which others have changed meanwhile. */
	behind: bigint | null;
}

/** An entry of a feed, with the place of its row in the input, from 1; or the doorbell, and neither. */
export interface Entry {
	place: number | null;
	seq: bigint | null;
	behind: bigint | null;
}

/** What these entries say. `standing`: what stands beside the explanation of an entry. */
export function toldBy<T extends Entry>(
	rows: readonly FeedRow[],
	written: readonly T[],
	standing: (entry: T, place: number) => Omit<Standing, 'seq'>
): Written {
	const frames = new Map<number, Frame>();
	let behind: bigint | null = null;
	for (const entry of written) {
		const { place, seq } = entry;
		if (place === null || seq === null) {
			behind = entry.behind;
			continue;
		}
		const { supplierId, body } = rows[place - 1]!;
		let frame = frames.get(supplierId);
		if (!frame)
			frames.set(supplierId, (frame = { supplierId, from: Infinity, to: 0, items: [], retracted: [] }));
		const at = Number(seq);
		frame.from = Math.min(frame.from, at);
		frame.to = Math.max(frame.to, at);
		frame.items.push(toAlert(body, { ...standing(entry, place), seq }));
	}
	return { frames: [...frames.values()], behind };
}

const WRITE = statement(
	'write-first-explanations',
	`
with input as (${inputRows({ keys: 'text', joins: 'bigint' })}
), fresh as (
	select i.*, e.id as episode_id, e.version + 1 as episode_version from input i
	left join lateral (
		select id, version from episode where id = i.joins and supplier_id = i.supplier_id and run_from is not null limit 1
	) e on true
	where not exists (
		select from supplier_alert s where s.supplier_id = i.supplier_id and s.alert_id = i.alert_id offset 0
	)
), ${placedRows('fresh')}, explained as (
	insert into supplier_alert (${WRITTEN}, episode_id, episode_version) select ${WRITTEN}, episode_id, episode_version from placed
), entered as (
	insert into feed (supplier_id, seq, alert_id, joins) select supplier_id, seq, alert_id, episode_id is not null from placed
), keyed as (
	insert into episode_member (supplier_id, alert_id, rank, key, at, device_id, episode_id)
	select supplier_id, alert_id, n - 1, key, effective_at, device_id, case when n = cardinality(keys::text[]) then episode_id end
	from placed cross join lateral unnest(keys::text[]) with ordinality as k(key, n) where episode_id is not null
	on conflict do nothing
), ${behindRows('fresh', '$20')}
select place::int as place, seq, episode_id, null::bigint as behind from placed
union all select null, null, null, id from behind order by seq`
);
