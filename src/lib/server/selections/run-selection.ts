// Runs the job run-selection: carries out the action of a person on a selection, batch by batch. The transaction that
// changes a batch also stores its result. So a batch is done once, also if a worker is killed or two workers run.
import type pg from 'pg';
import { publishChanged, type PublishDeps } from '#lib/server/decisions/publish-changed.ts';
import { query } from '#lib/server/postgres/statement.ts';
import { inTransaction } from '#lib/server/postgres/transaction.ts';
import { carryOut, type DeskAction } from './desk-action.ts';

export interface RunSelectionDeps extends PublishDeps {
	pool: pg.Pool;
	runSelection(id: string): void;
}

/** Carries out what is left of the action. Returns the number of Alerts that it changed. */
export async function runSelection(deps: RunSelectionDeps, id: string): Promise<number> {
	let count = 0;
	for (let done = await runBatch(deps, id); done !== null; done = await runBatch(deps, id)) count += done;
	await deps.pool.query(END({ id }));
	return count;
}

/** Enqueues the actions that have started and not ended: their job was lost, or its worker was killed. */
export async function runLostSelections({
	pool,
	runSelection
}: Pick<RunSelectionDeps, 'pool' | 'runSelection'>): Promise<number> {
	const { rows } = await pool.query<{ id: bigint }>(UNFINISHED({}));
	for (const { id } of rows) runSelection(id.toString());
	return rows.length;
}

/** Deletes the selections of more than a day ago. Their decisions stay in the history of the Alerts. */
export const deleteOldSelections = async (pool: pg.Pool): Promise<void> =>
	void (await pool.query(DELETE({})));

interface BatchRow {
	place: number;
	supplier_id: number;
	ids: bigint[];
	versions: number[];
	action: DeskAction;
	started_at: Date;
}

/** Carries out the action on the next waiting batch; `null`: no batch waits. Returns the number of changed Alerts. */
async function runBatch(deps: RunSelectionDeps, id: string): Promise<number | null> {
	const batch = await inTransaction(deps.pool, async (client) => {
		const { rows } = await client.query<BatchRow>(NEXT({ id }));
		const [row] = rows;
		if (!row) return null;
		const { place, supplier_id: supplierId, ids, versions, action, started_at } = row;
		const items = ids.map((alertId, i) => ({ id: alertId.toString(), version: versions[i]! }));
		const changed = await carryOut(client, supplierId, items, {
			action,
			startedAt: started_at.getTime()
		});
		await client.query(
			STORE({
				id,
				place,
				done: changed.done.length,
				conflicts: JSON.stringify(changed.conflicts),
				refused: JSON.stringify(changed.refused)
			})
		);
		return { supplierId, changed, decided: action.kind === 'decide' };
	});
	if (!batch) return null;
	const { supplierId, changed, decided } = batch;
	await publishChanged(deps, supplierId, changed, { decided });
	return changed.done.length;
}

const NEXT = query(`
select b.place, b.supplier_id, b.ids, b.versions, s.action, s.started_at from selection_batch b join selection s on s.id = b.selection_id
where b.selection_id = :id::bigint and b.done is null and s.action is not null
order by b.place limit 1 for update of b skip locked`);

const STORE = query(`
update selection_batch set done = :done, conflicts = :conflicts::jsonb, refused = :refused::jsonb
where selection_id = :id::bigint and place = :place`);

const END = query(`
update selection set ended_at = now() where id = :id::bigint and started_at is not null and ended_at is null
	and not exists (select from selection_batch where selection_id = :id::bigint and done is null)`);

const UNFINISHED = query(
	'select id from selection where started_at is not null and ended_at is null order by started_at limit 100'
);

const DELETE = query(`
delete from selection where created_at < now() - interval '1 day' and (started_at is null or ended_at is not null)`);
