// Starts the replay of a draft of the cause table, and reads the result. A worker runs the replay (replay.ts). People of
// the installation read figures over all Suppliers, which name no Alert.
import type pg from 'pg';
import { REPLAY_LIMITS, type WhatIf, type WhatIfChange } from '#lib/domain/cause-table/what-if.ts';
import { query } from '#lib/server/postgres/statement.ts';
import { asSupplier } from '#lib/server/postgres/transaction.ts';
import { activeVersion } from './cause-tables.ts';
import {
	authorFor,
	changeTable,
	isShownTo,
	lockForChange,
	type Person,
	type Refusal,
	type VersionRow
} from './version-rows.ts';

export type WhatIfs = ReturnType<typeof createWhatIfs>;

interface Row
	extends
		Pick<WhatIf, 'version' | 'against' | 'state' | 'fault' | 'stands' | 'suppliers'>,
		Pick<VersionRow, 'supplier_id' | 'proposed_at' | 'activated_at'> {
	started_by: string;
	started_by_supplier: number | null;
	started_at: Date;
	finished_at: Date | null;
	since: Date;
	stopped_early: boolean;
	progress: number;
	total: number;
	changed: number;
	result: WhatIfChange[];
}

const DAY_MS = 86_400_000;

export function createWhatIfs(deps: { pool: pg.Pool; enqueueReplay: (version: string) => void }) {
	return {
		/**
		 * Starts the replay of a draft against the active table, in place of any earlier replay of this draft. Returns
		 * the refusal, or `null` if the replay was started.
		 */
		async start(version: string, by: Person): Promise<Refusal | null> {
			const refusal = await changeTable(deps.pool, async (client): Promise<Refusal | null> => {
				const locked = await lockForChange(client, version, by);
				if ('refused' in locked) return locked;
				const { row: draft } = locked;
				if (draft.status !== 'draft' && draft.status !== 'proposed')
					return {
						refused: 409,
						why: `${version} is ${draft.status}: a what-if is for drafts and proposals`
					};
				await queueReplay(client, draft, await activeVersion(client), by);
				return null;
			});
			if (!refusal) deps.enqueueReplay(version);
			return refusal;
		},

		/**
		 * Reads the latest replay of a draft with the figures of the reader's Supplier, or over all Suppliers for a
		 * reader of the installation. Returns `null` if the reader sees no such draft, or if no replay was started.
		 */
		async of(reader: Person, version: string): Promise<WhatIf | null> {
			const { supplierId } = reader;
			const row =
				supplierId === null
					? (await deps.pool.query<Row>(READ_TOTALS({ version }))).rows[0]
					: await asSupplier(
							deps.pool,
							supplierId,
							async (client) => (await client.query<Row>(READ({ supplierId, version }))).rows[0]
						);
			return row && isShownTo(row, reader) ? toWhatIf(row, reader) : null;
		}
	};
}

/** Adds the replay of a draft against the active table, in place of any earlier replay. A worker finds the replay. */
export const queueReplay = (
	client: pg.ClientBase,
	draft: Pick<VersionRow, 'version' | 'revision'>,
	against: string,
	by: Person
): Promise<unknown> =>
	client.query(
		START({
			version: draft.version,
			revision: draft.revision,
			against,
			since: new Date(Date.now() - REPLAY_LIMITS.days * DAY_MS),
			by: by.name,
			byId: by.id,
			supplierId: by.supplierId
		})
	);

const toWhatIf = (row: Row, reader: Person): WhatIf => ({
	version: row.version,
	against: row.against,
	state: row.state,
	stands: row.stands,
	startedBy: authorFor(reader, { name: row.started_by, supplierId: row.started_by_supplier }),
	startedAt: row.started_at.toISOString(),
	finishedAt: row.finished_at?.toISOString() ?? null,
	since: row.since.toISOString(),
	stoppedEarly: row.stopped_early,
	suppliers: row.suppliers,
	progress: row.progress,
	total: row.total,
	changed: row.changed,
	changes: row.result,
	fault: row.fault
});

const START = query(`
insert into what_if_run (version, run, revision, against, state, since, started_by, started_by_id, supplier_id)
values (:version, gen_random_uuid(), :revision, :against, 'waiting', :since, :by, :byId, :supplierId)
on conflict (version) do update set run = excluded.run, revision = excluded.revision, against = excluded.against,
	state = 'waiting', attempts = 0, touched_at = null, since = excluded.since, stopped_early = false, fault = null,
	started_by = excluded.started_by, started_by_id = excluded.started_by_id, supplier_id = excluded.supplier_id,
	started_at = now(), finished_at = null, suppliers = 0, progress = 0, total = 0, changed = 0, changes = '[]'`);

const RUN = `
select r.version, r.against, r.state, r.fault, r.started_by, r.started_at, r.finished_at, r.since, r.stopped_early,
	r.supplier_id as started_by_supplier, t.supplier_id, t.proposed_at, t.activated_at,
	r.revision = t.revision
		and (t.activated_at is not null or r.against = (select version from cause_table where status = 'active')) as stands`;

const READ =
	query(`${RUN}, null as suppliers, coalesce(w.progress, 0) as progress, coalesce(w.total, 0) as total,
	coalesce(w.changed, 0) as changed, coalesce(w.result, '[]') as result
from what_if_run r join cause_table t using (version)
left join what_if w on w.version = r.version and w.run = r.run and w.supplier_id = :supplierId
where r.version = :version`);

const READ_TOTALS = query(`${RUN}, r.suppliers, r.progress, r.total, r.changed, r.changes as result
from what_if_run r join cause_table t using (version) where r.version = :version`);
