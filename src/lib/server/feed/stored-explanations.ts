// Compares new explanations with the stored ones: most Alerts that are explained again read as they did.
import type pg from 'pg';
import { statement } from '#lib/server/postgres/statement.ts';
import { joinBodies, splitBodies } from './explanation-rows.ts';
import type { ExplanationRow, StoredState } from './feed.ts';

/** An explanation that differs from what the Supplier has. */
export interface ChangedExplanation {
	row: ExplanationRow;
	/** `null`: the Supplier does not have the Alert, not yet or no longer. */
	stored: StoredState | null;
	/** The Supplier had the Alert before, and a corrected tenure took it away. */
	isBack: boolean;
}

/** Whether the Supplier has the Alert. */
export const isStored = (
	change: ChangedExplanation
): change is ChangedExplanation & { stored: StoredState } => change.stored !== null;

/** The explanations of these rows that differ from what is stored. */
export async function findChanged(
	client: pg.ClientBase,
	rows: readonly ExplanationRow[]
): Promise<ChangedExplanation[]> {
	if (rows.length === 0) return [];
	const { rows: found } = await client.query<
		StoredState & { place: number; same: boolean | null; back: boolean }
	>(
		COMPARE({
			supplierIds: rows.map((row) => row.supplierId),
			alertIds: rows.map((row) => row.alertId),
			bodies: joinBodies(rows)
		})
	);
	return found.flatMap(({ place, same, back, ...stored }): ChangedExplanation[] => {
		const row = rows[place - 1]!;
		if (same === null) return [{ row, stored: null, isBack: back }];
		return same ? [] : [{ row, stored, isBack: false }];
	});
}

// An unchanged body is the same text, unless an older version of Causeway wrote it.
const COMPARE = statement(
	'compare-explanations',
	`
select i.place::int as place, s.body::text = i.body or s.body::jsonb = i.body::jsonb as same, s.version, s.seq, s.decision, s.episode_id,
	s.version is null and exists (
		select from retracted_alert where supplier_id = i.supplier_id and alert_id = i.alert_id
	) as back
from unnest(:supplierIds::smallint[], :alertIds::bigint[], ${splitBodies(':bodies')})
	with ordinality as i(supplier_id, alert_id, body, place)
left join lateral (
	select body, version, seq, decision, episode_id from supplier_alert
	where supplier_id = i.supplier_id and alert_id = i.alert_id limit 1
) s on true order by i.place`
);
