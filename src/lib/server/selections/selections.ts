// Freezes selections and starts actions on them. The rows of PostgreSQL decide: the job of the worker that carries out an
// action only names the selection.
import type pg from 'pg';
import { isDeepStrictEqual } from 'node:util';
import {
	MOST_SELECTED,
	SELECTION_MINUTES,
	type LeftOutPage,
	type Selection,
	type SelectionIn
} from '#lib/domain/desk/selection.ts';
import type { Actor } from '#lib/server/desk/desk-changes.ts';
import { alertConditions } from '#lib/server/feed/alert-conditions.ts';
import { query } from '#lib/server/postgres/statement.ts';
import { asSupplier } from '#lib/server/postgres/transaction.ts';
import type { DeskAction } from './desk-action.ts';
import { insertUndo, oppositeOf } from './undo-selection.ts';

/** The number of Alerts that one transaction changes. The feed of the Supplier is locked only that long. */
const BATCH_SIZE = 500;

/** A selection belongs to the caller who made it. Nobody else may use it or read it. */
export interface SelectionOwner {
	supplierId: number;
	/** The author of the selection: the id of a person or of a key. */
	byId: string;
}

interface SelectionRow {
	id: bigint;
	size: number;
	created_at: Date;
	expires_at: Date;
	action: DeskAction | null;
	started_at: Date | null;
	ended_at: Date | null;
	done: number;
	conflicts: number;
	refused: number;
	is_expired: boolean;
}

/** The start of an action. `other`: another action has already started on this selection. */
export type Start = { started: Selection } | { refused: 'unknown' | 'expired' | 'other' };

/** The undoing of an action. `not-done`: no action on this selection is complete. `no-undo`: such an action has no undo. */
export type Undo = { started: Selection } | { refused: 'unknown' | 'not-done' | 'no-undo' };

export type Selections = ReturnType<typeof createSelections>;

export function createSelections(deps: { pool: pg.Pool; runSelection(id: string): void }) {
	const { pool, runSelection } = deps;
	const read = async (
		client: pg.ClientBase,
		{ supplierId, byId }: SelectionOwner,
		id: string
	): Promise<SelectionRow | null> =>
		(await client.query<SelectionRow>(ONE({ supplierId, byId, id }))).rows[0] ?? null;
	return {
		/** Freezes the Alerts that match now. Returns `null` if more Alerts match than a selection may have. */
		freeze: ({ supplierId, byId }: SelectionOwner, filters: SelectionIn): Promise<Selection | null> =>
			asSupplier(pool, supplierId, async (client) => {
				const { where, values } = alertConditions(supplierId, filters);
				const { rows } = await client.query<{ id: bigint | null }>(
					freezeQuery(where)({
						...values,
						filters: JSON.stringify(filters),
						byId,
						minutes: SELECTION_MINUTES,
						most: MOST_SELECTED,
						batchSize: BATCH_SIZE
					})
				);
				const { id } = rows[0]!;
				return id === null ? null : toSelection((await read(client, { supplierId, byId }, id.toString()))!);
			}),

		/** Reads a selection and how far its action has come; `null`: the caller has no such selection. */
		one: (owner: SelectionOwner, id: string): Promise<Selection | null> =>
			asSupplier(pool, owner.supplierId, async (client) => {
				const row = await read(client, owner, id);
				return row && toSelection(row);
			}),

		/** Reads a page of the Alerts that the action left as they are; `null`: the caller has no such selection. */
		leftOut: (owner: SelectionOwner, id: string, cursor = '0'): Promise<LeftOutPage | null> =>
			asSupplier(pool, owner.supplierId, async (client) => {
				if (!(await read(client, owner, id))) return null;
				const { rows } = await client.query<LeftOutRow>(LEFT_OUT({ id, from: Number(cursor) }));
				const [row, next] = rows;
				return { items: row ? toLeftOut(row) : [], nextCursor: next?.place.toString() ?? null };
			}),

		/**
		 * Starts the action on the selection. A repeated start of the same action starts nothing: it reads how far the
		 * action has come, and enqueues its job again in case the job was lost.
		 */
		async start(owner: SelectionOwner, id: string, action: DeskAction): Promise<Start> {
			const row = await asSupplier(pool, owner.supplierId, async (client) => {
				await client.query(START({ ...owner, id, action: JSON.stringify(action) }));
				return read(client, owner, id);
			});
			if (!row) return { refused: 'unknown' };
			if (!row.action) return { refused: 'expired' };
			if (!isDeepStrictEqual(row.action, action)) return { refused: 'other' };
			if (!row.ended_at) runSelection(id);
			return { started: toSelection(row) };
		},

		/** Undoes the action of a selection, by a second selection. */
		async undo(owner: SelectionOwner, id: string, actor: Actor): Promise<Undo> {
			const undo = await asSupplier(pool, owner.supplierId, async (client): Promise<Undo> => {
				const row = await read(client, owner, id);
				if (!row) return { refused: 'unknown' };
				if (!row.action || !row.ended_at) return { refused: 'not-done' };
				const opposite = oppositeOf(row.action, actor);
				if (!opposite) return { refused: 'no-undo' };
				const undoes = row.action.kind;
				const undoing = await insertUndo(client, { ...owner, id, undoes, opposite, batchSize: BATCH_SIZE });
				return { started: toSelection((await read(client, owner, undoing))!) };
			});
			if ('started' in undo) runSelection(undo.started.id);
			return undo;
		}
	};
}

function toSelection(row: SelectionRow): Selection {
	const { done, conflicts, refused } = row;
	return {
		id: row.id.toString(),
		at: row.created_at.toISOString(),
		expiresAt: row.expires_at.toISOString(),
		count: row.size,
		state: row.ended_at ? 'done' : row.started_at ? 'running' : row.is_expired ? 'expired' : 'frozen',
		done,
		conflicts,
		refused,
		startedAt: row.started_at?.toISOString() ?? null,
		endedAt: row.ended_at?.toISOString() ?? null
	};
}

interface LeftOutRow {
	place: number;
	conflicts: Array<{ id: string; version: number | null }>;
	refused: Array<{ id: string; version: number; why: string }>;
}

const toLeftOut = ({ conflicts, refused }: LeftOutRow): LeftOutPage['items'] => [
	...conflicts.map(({ id, version }) => ({
		id,
		version,
		why: version === null ? 'You no longer have this Alert.' : 'The Alert has changed since it was selected.'
	})),
	...refused
];

/** Freezes the Alerts under a condition in one statement, so that all versions are of one instant. */
const freezeQuery = (where: string) =>
	query(`
with matched as materialized (
	select alert_id, version, row_number() over (order by alert_id desc) - 1 as place from supplier_alert
	where ${where} order by alert_id desc limit :most::int + 1
), size as (
	select count(*)::int as size from matched
), frozen as (
	insert into selection (supplier_id, filters, size, created_by_id, created_at, expires_at)
	select :supplierId::smallint, :filters::jsonb, size, :byId::text, now(), now() + make_interval(mins => :minutes::int)
	from size where size <= :most::int returning id
), batches as (
	insert into selection_batch (selection_id, supplier_id, place, ids, versions)
	select f.id, :supplierId::smallint, place / :batchSize::int, array_agg(alert_id order by place), array_agg(version order by place)
	from matched cross join frozen f group by f.id, place / :batchSize::int
)
select (select id from frozen) as id`);

const ONE = query(`
select s.*, s.expires_at <= now() as is_expired, b.* from selection s cross join lateral (
	select coalesce(sum(done), 0)::int as done, coalesce(sum(jsonb_array_length(conflicts)), 0)::int as conflicts,
		coalesce(sum(jsonb_array_length(refused)), 0)::int as refused
	from selection_batch where selection_id = s.id
) b where s.supplier_id = :supplierId and s.created_by_id = :byId and s.id = :id::bigint`);

const LEFT_OUT = query(`
select place, conflicts, refused from selection_batch
where selection_id = :id::bigint and place >= :from and (conflicts <> '[]' or refused <> '[]') order by place limit 2`);

const START = query(`
update selection set action = :action::jsonb, started_at = now(), ended_at = case when size = 0 then now() end
where supplier_id = :supplierId and created_by_id = :byId and id = :id::bigint and action is null and expires_at > now()`);
