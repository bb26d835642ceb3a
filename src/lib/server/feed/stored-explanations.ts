// Compares new explanations with the stored explanations. Most Alerts that are explained again keep their explanation.
import { isDeepStrictEqual } from 'node:util';
import type pg from 'pg';
import { statement } from '#lib/server/postgres/statement.ts';
import { bodyColumns, readBody, type WholeBody } from './body-reader.ts';
import { joinBodies, splitBodies } from './explanation-rows.ts';
import { ownStateColumns, type ExplanationRow, type StoredState } from './feed.ts';
import type { AlertBody, StoredBody } from './stored-body.ts';

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

/**
 * Returns the explanations among these rows that differ from the stored explanations. Two explanations differ if their
 * readers would read something else, whatever the form of the stored body is.
 */
export async function findChanged(
	client: pg.ClientBase,
	rows: readonly ExplanationRow[]
): Promise<ChangedExplanation[]> {
	if (rows.length === 0) return [];
	const { rows: found } = await client.query<ComparedRow>(
		COMPARE({
			supplierIds: rows.map((row) => row.supplierId),
			alertIds: rows.map((row) => row.alertId),
			tableVersions: rows.map((row) => row.tableVersion),
			bodies: joinBodies(rows)
		})
	);
	return found.flatMap(({ place, same, back, body, columns, ...stored }): ChangedExplanation[] => {
		const row = rows[place - 1]!;
		if (same === null) return [{ row, stored: null, isBack: back }];
		return same || isSame(row.body, readBody(body!, columns!)) ? [] : [{ row, stored, isBack: false }];
	});
}

interface ComparedRow extends StoredState {
	place: number;
	/** Whether body and table version are the same text as stored; `null`: the Alert is not stored. */
	same: boolean | null;
	back: boolean;
	/** The stored body if it is another text. */
	body: StoredBody | WholeBody | null;
}

/** Returns whether clients read the same. JSON has no negative zero. */
const isSame = (body: AlertBody, stored: AlertBody): boolean =>
	isDeepStrictEqual(JSON.parse(JSON.stringify(body)), JSON.parse(JSON.stringify(stored)));

// Only a body with another text, or of another version of the cause table, is sent here and read.
const COMPARE = statement(
	'compare-explanations',
	`
select i.place::int as place, s.same, case when not s.same then s.body end as body,
	case when not s.same then ${bodyColumns('s')} end as columns, ${ownStateColumns('s')},
	s.version is null and exists (
		select from retracted_alert where supplier_id = i.supplier_id and alert_id = i.alert_id
	) as back
from unnest(:supplierIds::smallint[], :alertIds::bigint[], :tableVersions::text[], ${splitBodies(':bodies')})
	with ordinality as i(supplier_id, alert_id, table_version, body, place)
left join lateral (
	select a.*, a.body::text = i.body and a.table_version = i.table_version as same from supplier_alert a
	where supplier_id = i.supplier_id and alert_id = i.alert_id limit 1
) s on true order by i.place`
);
