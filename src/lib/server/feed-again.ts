// Explanations that have changed, in the place of those that stand: one statement for a whole batch under the counters of
// the feeds. What has changed is found out before, so that most of what is looked at again locks nothing.
import { basisOf, contradictionOf } from '#lib/domain/contradiction.ts';
import type pg from 'pg';
import { statement } from './database.ts';
import { ofThese, reachOf } from './record-id.ts';
import {
	behindRows,
	bodiesOf,
	columnsOf,
	inputRows,
	isSame,
	placedRows,
	replacedBy,
	textsIn
} from './feed-columns.ts';
import { toldBy, type Entry, type Written } from './feed-first.ts';
import type { FeedRow, Standing } from './feed.ts';

/** An explanation, and what stands in its place. */
export interface Again {
	row: FeedRow;
	/** `null`: the Supplier does not have the Alert yet; or no longer. */
	standing: Standing | null;
	/** It had the Alert, and lost it. */
	isBack: boolean;
}

/** Whether something stands in its place. */
export const hasStanding = (one: Again): one is Again & { standing: Standing } => one.standing !== null;

/** Those of these explanations that read otherwise than what stands. */
export async function findChanged(client: pg.ClientBase, rows: readonly FeedRow[]): Promise<Again[]> {
	if (rows.length === 0) return [];
	const { rows: found } = await client.query<
		Standing & { place: number; same: boolean | null; back: boolean }
	>({
		name: 'standing-explanations',
		text: STANDING,
		values: [rows.map((row) => row.supplierId), rows.map((row) => row.alertId), bodiesOf(rows)]
	});
	return found.flatMap(({ place, same, back, ...standing }): Again[] => {
		const row = rows[place - 1]!;
		if (same === null) return [{ row, standing: null, isBack: back }];
		return same ? [] : [{ row, standing, isBack: false }];
	});
}

/**
 * Replaces explanations that stand, within the caller's transaction, and returns the frames to push after its commit. Send
 * it with `lockFeeds` before and the commit after. An Alert that was decided or joined an episode since it was
 * read is left as it is; `behind` is the doorbell that has those explained once more.
 */
export async function writeAgain(
	client: pg.ClientBase,
	again: ReadonlyArray<Again & { standing: Standing }>
): Promise<Written> {
	if (again.length === 0) return { frames: [], behind: null };
	const rows = again.map(({ row }) => row);
	const { rows: written } = await client.query<Entry>(
		REWRITE([
			...columnsOf(rows),
			again.map(({ standing }) => standing.version),
			again.map(
				({ row, standing: { decision } }) =>
					decision !== null && contradictionOf(decision, basisOf(row.body)) !== null
			),
			...reachOf(rows.map((row) => row.alertId))
		])
	);
	return toldBy(rows, written, (_, place) => {
		const { version, decision, episode_id } = again[place - 1]!.standing;
		return { version: version + 1, decision, episode_id };
	});
}

const STANDING = `
select i.place::int as place, ${isSame('s.body', 'i.body')} as same, s.version, s.seq, s.decision, s.episode_id,
	s.version is null and exists (
		select from retracted_alert where supplier_id = i.supplier_id and alert_id = i.alert_id
	) as back
from unnest($1::smallint[], $2::bigint[], ${textsIn(3)}) with ordinality as i(supplier_id, alert_id, body, place)
left join lateral (
	select body, version, seq, decision, episode_id from supplier_alert
	where supplier_id = i.supplier_id and alert_id = i.alert_id limit 1
) s on true order by i.place`;

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
	where s.supplier_id = p.supplier_id and s.alert_id = p.alert_id
		and s.supplier_id = any($1::smallint[]) and ${ofThese('s', '$2', '$20', '$21')}
), entered as (
	insert into feed (supplier_id, seq, alert_id) select supplier_id, seq, alert_id from placed
), ${behindRows('standing')}
select place::int as place, seq, null::bigint as behind from placed
union all select null, null, id from behind order by seq nulls first`
);
