// Explanations that have changed, in the place of those that stand: one statement for a whole batch under the counters of
// the feeds. What has changed is found out before, so that most of what is looked at again locks nothing.
import { basisOf, contradictionOf } from '#lib/domain/contradiction.ts';
import type pg from 'pg';
import { statement } from '#lib/server/postgres/database.ts';
import { ofThese, reachOf } from '#lib/server/postgres/record-id.ts';
import { behindRows, columnsOf, inputRows, placedRows, replacedBy } from './explanation-columns.ts';
import { toldBy, type Entry, type Written } from './insert-explanations.ts';
import type { Again } from './stored-explanations.ts';
import type { Standing } from './feed.ts';

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
