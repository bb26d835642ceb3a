// Compares new explanations with the stored explanations. Most Alerts that are explained again keep their explanation.
import type pg from 'pg';
import { statement } from '#lib/server/postgres/statement.ts';
import { joinBodies, splitBodies } from './explanation-rows.ts';
import { stateColumns, type ExplanationRow, type StoredState } from './feed.ts';

/** A new explanation that differs from the explanation that the Supplier has. */
export interface ChangedExplanation {
	row: ExplanationRow;
	/** The stored state of the Alert; `null`: the Supplier does not have the Alert yet, or no longer has it. */
	stored: StoredState | null;
	/** Whether the Supplier had the Alert before and lost it by a corrected tenure. */
	isBack: boolean;
}

/** Returns whether the Supplier has the Alert. */
export const isStored = (
	change: ChangedExplanation
): change is ChangedExplanation & { stored: StoredState } => change.stored !== null;

/** Returns the explanations among these rows that differ from the stored explanations. */
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

// An unchanged body is the same text as the stored body, unless an older version of Causeway wrote the stored body. So
// the bodies are also compared as `jsonb`.
const COMPARE = statement(
	'compare-explanations',
	`
select i.place::int as place, s.body::text = i.body or s.body::jsonb = i.body::jsonb as same, ${stateColumns('s')},
	s.version is null and exists (
		select from retracted_alert where supplier_id = i.supplier_id and alert_id = i.alert_id
	) as back
from unnest(:supplierIds::smallint[], :alertIds::bigint[], ${splitBodies(':bodies')})
	with ordinality as i(supplier_id, alert_id, body, place)
left join lateral (
	select body, ${stateColumns('a')} from supplier_alert a
	where supplier_id = i.supplier_id and alert_id = i.alert_id limit 1
) s on true order by i.place`
);
