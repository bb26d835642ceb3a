// Undoes the action of a selection: makes a second selection of the Alerts that the action changed, each in the version
// that the action made, and starts the opposite action on it. An Alert that has said something new since is left as it is.
import type pg from 'pg';
import type { Actor } from '#lib/server/desk/desk-changes.ts';
import { query } from '#lib/server/postgres/statement.ts';
import type { DeskAction } from './desk-action.ts';

/** Returns the action that undoes an action; `null`: a selection cannot undo it. */
export function oppositeOf(action: DeskAction, actor: Actor): DeskAction | null {
	if (action.kind === 'decide')
		return action.verdict ? { kind: 'decide', verdict: null, reason: null, note: null, ...actor } : null;
	if (action.kind === 'shelve')
		return action.for ? { kind: 'shelve', for: null, note: null, ...actor } : null;
	return action.assignee ? { kind: 'assign', assignee: null, ...actor } : null;
}

interface Undone {
	id: string;
	supplierId: number;
	byId: string;
	undoes: DeskAction['kind'];
	opposite: DeskAction;
	batchSize: number;
}

/** Stores the second selection with its action, which starts at once. Returns the id of the selection. */
export async function insertUndo(
	client: pg.ClientBase,
	{ undoes, opposite, ...selection }: Undone
): Promise<string> {
	const insert = undoes === 'decide' ? UNDO_DECISIONS : UNDO_DESK_ACTIONS;
	const { rows } = await client.query<{ id: bigint }>(
		insert({
			...selection,
			kind: undoes === 'shelve' ? 'shelved' : 'assigned',
			action: JSON.stringify(opposite)
		})
	);
	return rows[0]!.id.toString();
}

/** `made`: selects the versions that changes of the person made, of the Alerts of `acted`, while the action ran. */
const undo = (made: string) =>
	query(`
with done as (
	select * from selection where id = :id::bigint and supplier_id = :supplierId::smallint and created_by_id = :byId::text
), acted as (
	select a.alert_id, d.supplier_id, d.started_at - interval '1 minute' as since, d.ended_at + interval '1 second' as until
	from done d join selection_batch b on b.selection_id = d.id cross join lateral unnest(b.ids) a(alert_id)
	where not (b.conflicts || b.refused) @> jsonb_build_array(jsonb_build_object('id', a.alert_id::text))
), made as (
	${made}
), matched as (
	select alert_id, max(version) as version, row_number() over (order by alert_id desc) - 1 as place from made group by alert_id
), undoing as (
	insert into selection (supplier_id, filters, size, created_by_id, created_at, expires_at, action, started_at, ended_at)
	select :supplierId::smallint, d.filters, m.size, :byId::text, now(), now(), :action::jsonb, now(), case when m.size = 0 then now() end
	from done d cross join (select count(*)::int as size from matched) m returning id
), batches as (
	insert into selection_batch (selection_id, supplier_id, place, ids, versions)
	select u.id, :supplierId::smallint, place / :batchSize::int, array_agg(alert_id order by place), array_agg(version order by place)
	from matched cross join undoing u group by u.id, place / :batchSize::int
)
select id from undoing`);

/** A row of `decision` has the version before the decision. */
const UNDO_DECISIONS = undo(`
	select a.alert_id, d.version + 1 as version from acted a
	join decision d on d.supplier_id = a.supplier_id and d.alert_id = a.alert_id
	where d.decided_by_id = :byId::text and d.decided_at between a.since and a.until`);

const UNDO_DESK_ACTIONS = undo(`
	select a.alert_id, d.version from acted a
	join desk_action d on d.supplier_id = a.supplier_id and d.alert_id = a.alert_id
	where d.kind = :kind::text and d.done_by_id = :byId::text and d.done_at between a.since and a.until`);
