// Writes explanations where an Alert comes to a Supplier or leaves it, after a tenure was corrected.
import type pg from 'pg';
import { statement } from '#lib/server/postgres/database.ts';
import { WRITTEN, columnsOf, inputRows, replacedBy } from '#lib/server/feed/explanation-columns.ts';
import { findChanged } from '#lib/server/feed/stored-explanations.ts';
import { toAlert, type FeedRow, type Frame } from '#lib/server/feed/feed.ts';
import { carryOver, lastRetracted, retract, type Viewing } from './retraction.ts';

/**
 * Writes explanations within the caller's transaction and returns the frames to push after its commit: one that stands
 * is replaced where it differs. The counter row of each Supplier is locked from here to the commit, so that numbers are
 * given in the order of commits. `lost`: what Suppliers have and may no longer see. This is the way where Alerts come to
 * a Supplier or leave it; the rest takes the shorter ones of feed-first.ts and feed-again.ts.
 */
export async function writeFeed(
	client: pg.ClientBase,
	rows: readonly FeedRow[],
	lost: readonly Viewing[]
): Promise<Frame[]> {
	const frames: Frame[] = [];
	// In one order of Suppliers for every writer: no two wait for each other.
	for (const supplierId of [...new Set([...rows, ...lost].map((row) => row.supplierId))].sort(
		(a, b) => a - b
	)) {
		const own = rows.filter((row) => row.supplierId === supplierId);
		const gone = lost.filter((one) => one.supplierId === supplierId);
		const frame = await writeFor(client, supplierId, own, gone);
		if (frame) frames.push(frame);
	}
	return frames;
}

async function writeFor(
	client: pg.ClientBase,
	supplierId: number,
	rows: readonly FeedRow[],
	lost: readonly Viewing[]
): Promise<Frame | undefined> {
	await client.query('select next_feed_seq($1, 0)', [supplierId]);
	const changed = await findChanged(client, rows);
	const back = await lastRetracted(
		client,
		supplierId,
		changed.flatMap(({ row, isBack }) => (isBack ? row.alertId : []))
	);
	const due = changed.map(({ row, standing }) => ({
		...row,
		standing,
		before: standing ?? back.get(row.alertId)
	}));
	const count = due.length + lost.length;
	if (count === 0) return undefined;

	const { rows: seqs } = await client.query<{ to: bigint }>('select next_feed_seq($1, $2) as to', [
		supplierId,
		count
	]);
	const to = Number(seqs[0]!.to);
	const from = to - count + 1;
	const items = due.map((row, i) =>
		toAlert(row.body, {
			version: (row.before?.version ?? 0) + 1,
			seq: from + i,
			decision: row.before?.decision ?? null,
			episode_id: row.standing?.episode_id ?? null
		})
	);
	const gone = lost.map(({ alertId }, i) => ({ alertId, seq: from + due.length + i }));
	await retract(client, supplierId, gone);
	const retracted = gone.map(({ alertId, seq }) => ({ id: alertId.toString(), seq }));
	if (due.length === 0) return { supplierId, from, to, items, retracted };
	await client.query(
		WRITE([...columnsOf(due), due.map((_, i) => from + i), items.map((item) => item.notice !== null)])
	);
	await carryOver(client, supplierId, back);
	return { supplierId, from, to, items, retracted };
}

const WRITE = statement(
	'write-explanations',
	`
with input as (${inputRows({ seq: 'bigint', contradicted: 'boolean' })}
), explained as (
	insert into supplier_alert as s (${WRITTEN}, contradicted) select ${WRITTEN}, contradicted from input
	on conflict (supplier_id, alert_id) do update set ${replacedBy('excluded')}
)
insert into feed (supplier_id, seq, alert_id) select supplier_id, seq, alert_id from input`
);
