// Returns Alerts from the shelf in the statement that replaces their explanation. New evidence that changes the
// explanation or the priority ends a shelving at once.
import type pg from 'pg';
import { returnsFromShelf } from '#lib/domain/desk/shelving.ts';
import { query } from '#lib/server/postgres/statement.ts';
import type { DeskState, ExplanationRow } from './feed.ts';

type Shelf = Pick<DeskState, 'shelved' | 'shelved_until'>;

const NOT_SHELVED: Shelf = { shelved: null, shelved_until: null };

type Explained = Pick<ExplanationRow, 'body' | 'standing'>;

/** Returns whether a new explanation, or a standing decision that decides by it, ends the shelving of an Alert. */
export const returnsByEvidence = ({ shelved }: Shelf, { body, standing }: Explained): boolean =>
	shelved !== null && (Boolean(standing?.decides) || returnsFromShelf(shelved.basis, body));

/** Returns the shelf of an Alert after a new explanation. */
export const shelfAfter = ({ shelved, shelved_until }: Shelf, row: Explained): Shelf =>
	returnsByEvidence({ shelved, shelved_until }, row) ? NOT_SHELVED : { shelved, shelved_until };

/** SQL: sets the shelf of the stored Alert `s` by the column `returns` of its new explanation `n`. */
export const KEEP_SHELF = `shelved = case when not n.returns then s.shelved end,
	shelved_until = case when not n.returns then s.shelved_until end`;

/** SQL: notes that new evidence returned the Alerts of `from`. `from` has `returns`, and the version before. */
export const noteReturned = (from: string): string => `
	insert into desk_action (supplier_id, alert_id, version, kind, why)
	select supplier_id, alert_id, version + 1, 'returned', 'evidence' from ${from} where returns`;

/**
 * Takes these Alerts off the shelf because of new evidence, within the transaction that has written their explanations as
 * new versions.
 */
export async function takeOffShelf(
	client: pg.ClientBase,
	supplierId: number,
	alertIds: readonly bigint[]
): Promise<void> {
	if (alertIds.length > 0) await client.query(TAKE_OFF({ supplierId, alertIds }));
}

const TAKE_OFF = query(`
with returned as (
	update supplier_alert set shelved = null, shelved_until = null
	where supplier_id = :supplierId and alert_id = any(:alertIds::bigint[]) returning supplier_id, alert_id, version
)
insert into desk_action (supplier_id, alert_id, version, kind, why)
select supplier_id, alert_id, version, 'returned', 'evidence' from returned`);
