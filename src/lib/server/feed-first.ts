// The way of an Alert that nobody has explained before into the feeds of its Suppliers: one statement for a whole batch,
// so that the counters of the feeds are locked for as long as it takes and no longer.
import type pg from 'pg';
import { statement } from './database.ts';
import { LOCK, WRITTEN, arrayText, columnsOf, inputRows, placedRows } from './feed-columns.ts';
import { toAlert, type FeedRow, type Frame, type Standing } from './feed.ts';

/**
 * Writes first explanations within the caller's transaction and returns the frames to push after its commit. All of it is
 * sent before this returns, so that a commit that is sent next lets the counters go at once. Where an explanation stands
 * already (a Service Request came in between, and had the Alert explained again before it was explained at all), that one
 * has seen more and stays. An Alert joins its episode with it where that one is still large.
 */
export async function writeFirst(client: pg.ClientBase, rows: readonly FeedRow[]): Promise<Frame[]> {
	if (rows.length === 0) return [];
	const [, { rows: written }] = await Promise.all([
		// The counters first: what is read after is all that others have written, and nobody writes beside.
		client.query(LOCK([[...new Set(rows.map((row) => row.supplierId))]])),
		client.query<Written & { episode_id: bigint | null }>(
			WRITE([
				...columnsOf(rows),
				rows.map(({ joins }) => (joins ? arrayText(joins.keys) : null)),
				rows.map(({ joins }) => joins?.episodeId ?? null)
			])
		)
	]);
	return framesOf(rows, written, ({ episode_id }) => ({ version: 1, decision: null, episode_id }));
}

/** An entry of a feed; `place`: of its row in the input, from 1. */
export interface Written {
	place: number;
	seq: bigint;
}

/** What to push of these entries. `standing`: what stands beside the explanation of an entry. */
export function framesOf<T extends Written>(
	rows: readonly FeedRow[],
	written: readonly T[],
	standing: (entry: T) => Omit<Standing, 'seq'>
): Frame[] {
	const frames = new Map<number, Frame>();
	for (const entry of written) {
		const { place, seq } = entry;
		const { supplierId, body } = rows[place - 1]!;
		let frame = frames.get(supplierId);
		if (!frame)
			frames.set(supplierId, (frame = { supplierId, from: Infinity, to: 0, items: [], retracted: [] }));
		const at = Number(seq);
		frame.from = Math.min(frame.from, at);
		frame.to = Math.max(frame.to, at);
		frame.items.push(toAlert(body, { ...standing(entry), seq }));
	}
	return [...frames.values()];
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
)
select place::int as place, seq, episode_id from placed order by seq`
);
