// The way of an Alert that nobody has explained before into the feeds of its Suppliers: one statement for a whole batch,
// so that the counters of the feeds are locked for as long as it takes and no longer.
import type pg from 'pg';
import { arrayText, isoOf, toAlert, type FeedRow, type Frame, type Standing } from './feed.ts';

/**
 * Writes first explanations within the caller's transaction and returns the frames to push after its commit. All of it is
 * sent before this returns, so that a commit that is sent next lets the counters go at once. Where an explanation stands
 * already (a Service Request came in between, and had the Alert explained again before it was explained at all), that one
 * has seen more and stays.
 */
export async function writeFirst(client: pg.ClientBase, rows: readonly FeedRow[]): Promise<Frame[]> {
	if (rows.length === 0) return [];
	const [, { rows: written }] = await Promise.all([
		// The counters first: what is read after is all that others have written, and nobody writes beside.
		client.query({ ...LOCK, values: [[...new Set(rows.map((row) => row.supplierId))]] }),
		client.query<Written>({ name: 'write-first-explanations', text: WRITE, values: columnsOf(rows) })
	]);
	return framesOf(rows, written, () => ({ version: 1, decision: null, episode_id: null }));
}

/** Locks the counters of these feeds ($1), in one order for every writer. */
export const LOCK = {
	name: 'lock-feeds',
	text: 'select next_feed_seq(id, 0) from (select unnest($1::smallint[]) as id order by 1) own'
};

/** Explanations as columns, $1 to $14. */
export const columnsOf = (rows: readonly FeedRow[]): unknown[] => [
	rows.map((row) => row.supplierId),
	rows.map((row) => row.alertId),
	rows.map((row) => row.body.explanation),
	rows.map((row) => row.body.code),
	rows.map((row) => row.body.category),
	rows.map((row) => row.body.deviceId),
	rows.map((row) => row.body.hubId),
	rows.map((row) => arrayText(row.body.candidates.map((c) => c.userId))),
	rows.map((row) => arrayText(row.body.candidates.map((c) => c.userRole))),
	rows.map((row) => row.body.effectiveAt),
	rows.map((row) => isoOf(row.settlesAt)),
	rows.map((row) => row.tableVersion),
	rows.map((row) => isoOf(row.dueAt)),
	`[${rows.map((row) => JSON.stringify(row.body)).join(',')}]`
];

/** An entry of a feed; `place`: of its row in the input, from 1. */
export interface Written {
	place: number;
	seq: bigint;
}

/** What to push of these entries. `standing`: what stands beside the explanation at this index of the input. */
export function framesOf(
	rows: readonly FeedRow[],
	written: readonly Written[],
	standing: (index: number) => Omit<Standing, 'seq'>
): Frame[] {
	const frames = new Map<number, Frame>();
	for (const { place, seq } of written) {
		const { supplierId, body } = rows[place - 1]!;
		let frame = frames.get(supplierId);
		if (!frame)
			frames.set(supplierId, (frame = { supplierId, from: Infinity, to: 0, items: [], retracted: [] }));
		const at = Number(seq);
		frame.from = Math.min(frame.from, at);
		frame.to = Math.max(frame.to, at);
		frame.items.push(toAlert(body, { ...standing(place - 1), seq }));
	}
	return [...frames.values()];
}

const WRITE = `
with input as (
	select * from unnest($1::smallint[], $2::bigint[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[],
		$9::text[], $10::timestamptz[], $11::timestamptz[], $12::text[], $13::timestamptz[])
		with ordinality as t(supplier_id, alert_id, explanation, code, category, device_id, hub_id, users, roles, effective_at,
			settles_at, table_version, due_at, place)
), fresh as (
	select i.*, row_number() over (partition by supplier_id order by place) as rank from input i
	where not exists (select from supplier_alert s where s.supplier_id = i.supplier_id and s.alert_id = i.alert_id)
), heads as (
	update feed_head h set seq = h.seq + n.size from (select supplier_id, count(*) as size from fresh group by supplier_id) n
	where h.supplier_id = n.supplier_id returning h.supplier_id, h.seq - n.size as before
), bodies as (
	select body, place from jsonb_array_elements($14::jsonb) with ordinality as b(body, place)
), placed as (
	select f.*, h.before + f.rank as seq from fresh f join heads h using (supplier_id)
), explained as (
	insert into supplier_alert (supplier_id, alert_id, seq, explanation, code, category, device_id, hub_id, users, roles,
		effective_at, settles_at, table_version, body, due_at)
	select supplier_id, alert_id, seq, explanation, code, category, device_id, hub_id, users::text[], roles::text[],
		effective_at, settles_at, table_version, body, due_at
	from placed join bodies using (place)
), entered as (
	insert into feed (supplier_id, seq, alert_id) select supplier_id, seq, alert_id from placed
)
select place::int as place, seq from placed order by seq`;
