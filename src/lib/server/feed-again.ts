// Explanations that have changed, in the place of those that stand: one statement for a whole batch under the counters of
// the feeds. What has changed is found out before, so that most of what is looked at again locks nothing.
import { basisOf, contradictionOf } from '#lib/domain/contradiction.ts';
import type pg from 'pg';
import { statement } from './database.ts';
import { reachOf } from './record-id.ts';
import {
	LOCK,
	bodiesOf,
	columnsOf,
	inputRows,
	isSame,
	placedRows,
	replacedBy,
	textsIn
} from './feed-columns.ts';
import { framesOf, type Written } from './feed-first.ts';
import type { FeedRow, Frame, Standing } from './feed.ts';

/** An explanation, and what stands in its place; nothing where the Supplier does not have the Alert yet. */
export interface Again {
	row: FeedRow;
	standing: Standing | null;
}

/** Whether something stands in its place: an Alert may have come to this Supplier, or come back to it. */
export const hasStanding = (one: Again): one is Again & { standing: Standing } => one.standing !== null;

/** Those of these explanations that read otherwise than what stands. */
export async function findChanged(client: pg.ClientBase, rows: readonly FeedRow[]): Promise<Again[]> {
	if (rows.length === 0) return [];
	const { rows: found } = await client.query<Standing & { place: number; same: boolean }>({
		name: 'standing-explanations',
		text: STANDING,
		values: [rows.map((row) => row.supplierId), rows.map((row) => row.alertId), bodiesOf(rows)]
	});
	const byPlace = new Map(found.map((one) => [one.place - 1, one]));
	return rows.flatMap((row, i) => {
		const standing = byPlace.get(i) ?? null;
		return standing?.same ? [] : { row, standing };
	});
}

/**
 * Replaces explanations that stand, within the caller's transaction, and returns the frames to push after its commit. All
 * of it is sent before this returns: send the commit next. An Alert that was decided or joined an episode since it was
 * read is left as it is; `behind` is the doorbell that has those explained once more.
 */
export async function writeAgain(
	client: pg.ClientBase,
	again: ReadonlyArray<Again & { standing: Standing }>
): Promise<{ frames: Frame[]; behind: bigint | null }> {
	if (again.length === 0) return { frames: [], behind: null };
	const rows = again.map(({ row }) => row);
	const [, { rows: written }] = await Promise.all([
		client.query(LOCK([[...new Set(rows.map((row) => row.supplierId))]])),
		client.query<Written & { behind: bigint | null }>(
			REWRITE([
				...columnsOf(rows),
				again.map(({ standing }) => standing.version),
				again.map(
					({ row, standing: { decision } }) =>
						decision !== null && contradictionOf(decision, basisOf(row.body)) !== null
				),
				...reachOf(rows.map((row) => row.alertId))
			])
		)
	]);
	const placed = written.filter(({ place }) => place !== null);
	const frames = framesOf(rows, placed, ({ place }) => {
		const { version, decision, episode_id } = again[place - 1]!.standing;
		return { version: version + 1, decision, episode_id };
	});
	return { frames, behind: written[0]?.behind ?? null };
}

const STANDING = `
select i.place::int as place, ${isSame('s.body', 'i.body')} as same, s.version, s.seq, s.decision, s.episode_id
from rows from (unnest($1::smallint[], $2::bigint[]), ${textsIn(3)}) with ordinality as i(supplier_id, alert_id, body, place)
cross join lateral (
	select body, version, seq, decision, episode_id from supplier_alert
	where supplier_id = i.supplier_id and alert_id = i.alert_id limit 1
) s`;

const REWRITE = statement(
	'write-explanations-again',
	`
with input as (${inputRows({ version: 'integer', contradicted: 'boolean' })}
), standing as (
	select * from input i where exists (
		select from supplier_alert s
		where s.supplier_id = i.supplier_id and s.alert_id = i.alert_id and s.version = i.version offset 0
	)
), ${placedRows('standing')}, explained as (
	update supplier_alert s set ${replacedBy('p')} from placed p
	where s.supplier_id = p.supplier_id and s.alert_id = p.alert_id and s.alert_id between $20 and $21
), entered as (
	insert into feed (supplier_id, seq, alert_id) select supplier_id, seq, alert_id from placed
), behind as (
	insert into doorbell (job, ids)
	select 'correlate-again', array_agg(distinct alert_id) from input where place not in (select place from standing)
	having count(*) > 0 returning id
)
select place::int as place, seq, null::bigint as behind from placed
union all select null, null, id from behind order by seq nulls first`
);
