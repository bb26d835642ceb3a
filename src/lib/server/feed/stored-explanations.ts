// What stands of explanations, beside what is to be written: most of what is looked at again reads as it did.
import type pg from 'pg';
import { bodiesOf, textsIn } from './explanation-columns.ts';
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

// A body is as it was to the letter, but for one that an older version has written.
const STANDING = `
select i.place::int as place, s.body::text = i.body or s.body::jsonb = i.body::jsonb as same, s.version, s.seq, s.decision, s.episode_id,
	s.version is null and exists (
		select from retracted_alert where supplier_id = i.supplier_id and alert_id = i.alert_id
	) as back
from unnest($1::smallint[], $2::bigint[], ${textsIn(3)}) with ordinality as i(supplier_id, alert_id, body, place)
left join lateral (
	select body, version, seq, decision, episode_id from supplier_alert
	where supplier_id = i.supplier_id and alert_id = i.alert_id limit 1
) s on true order by i.place`;
