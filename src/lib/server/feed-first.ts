// The way of an Alert that nobody has explained before into the feeds of its Suppliers: one statement for a whole batch,
// so that the counters of the feeds are locked for as long as it takes and no longer.
import type pg from 'pg';
import { statement } from './database.ts';
import { LOCK, WRITTEN, columnsOf, inputRows, placedRows } from './feed-columns.ts';
import { toAlert, type FeedRow, type Frame, type Standing } from './feed.ts';

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
		client.query(LOCK([[...new Set(rows.map((row) => row.supplierId))]])),
		client.query<Written>(WRITE(columnsOf(rows)))
	]);
	return framesOf(rows, written, () => ({ version: 1, decision: null, episode_id: null }));
}

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

const WRITE = statement(
	'write-first-explanations',
	`
with input as (${inputRows()}
), fresh as (
	select * from input i
	where not exists (select from supplier_alert s where s.supplier_id = i.supplier_id and s.alert_id = i.alert_id)
), ${placedRows('fresh')}, explained as (
	insert into supplier_alert (${WRITTEN}) select ${WRITTEN} from placed
), entered as (
	insert into feed (supplier_id, seq, alert_id) select supplier_id, seq, alert_id from placed
)
select place::int as place, seq from placed order by seq`
);
