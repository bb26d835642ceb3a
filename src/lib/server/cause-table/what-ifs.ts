// Starts the replay of a draft of the cause table, and reads the result. A worker runs the replay (replay.ts).
import type pg from 'pg';
import { REPLAY_LIMITS, type WhatIf, type WhatIfChange } from '#lib/domain/cause-table/what-if.ts';
import { query } from '#lib/server/postgres/statement.ts';
import { asSupplier } from '#lib/server/postgres/transaction.ts';
import { activeVersion, type Refusal } from './cause-tables.ts';
import { changeTable, lockVersion, type Person } from './version-rows.ts';

export type WhatIfs = ReturnType<typeof createWhatIfs>;

interface Row extends Pick<WhatIf, 'version' | 'against' | 'state' | 'fault' | 'stands'> {
	started_by: string;
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
				const draft = await lockVersion(client, version);
				if (!draft) return { refused: 404, why: `There is no cause table ${version}` };
				if (draft.status !== 'draft' && draft.status !== 'proposed')
					return {
						refused: 409,
						why: `${version} is ${draft.status}: a what-if is for drafts and proposals`
					};
				await client.query(
					START({
						version,
						revision: draft.revision,
						against: await activeVersion(client),
						since: new Date(Date.now() - REPLAY_LIMITS.days * DAY_MS),
						by: by.name,
						byId: by.id
					})
				);
				return null;
			});
			if (!refusal) deps.enqueueReplay(version);
			return refusal;
		},

		/**
		 * Reads the latest replay of a draft with the figures of this Supplier; `null`: no replay of this draft was
		 * started.
		 */
		of: (supplierId: number, version: string): Promise<WhatIf | null> =>
			asSupplier(deps.pool, supplierId, async (client) => {
				const { rows } = await client.query<Row>(READ({ supplierId, version }));
				return rows[0] ? toWhatIf(rows[0]) : null;
			})
	};
}

const toWhatIf = (row: Row): WhatIf => ({
	version: row.version,
	against: row.against,
	state: row.state,
	stands: row.stands,
	startedBy: row.started_by,
	startedAt: row.started_at.toISOString(),
	finishedAt: row.finished_at?.toISOString() ?? null,
	since: row.since.toISOString(),
	stoppedEarly: row.stopped_early,
	progress: row.progress,
	total: row.total,
	changed: row.changed,
	changes: row.result,
	fault: row.fault
});

const START = query(`
insert into what_if_run (version, run, revision, against, state, since, started_by, started_by_id)
values (:version, gen_random_uuid(), :revision, :against, 'waiting', :since, :by, :byId)
on conflict (version) do update set run = excluded.run, revision = excluded.revision, against = excluded.against,
	state = 'waiting', attempts = 0, touched_at = null, since = excluded.since, stopped_early = false, fault = null,
	started_by = excluded.started_by, started_by_id = excluded.started_by_id, started_at = now(), finished_at = null`);

const READ = query(`
select r.version, r.against, r.state, r.fault, r.started_by, r.started_at, r.finished_at, r.since,
	r.stopped_early, coalesce(w.progress, 0) as progress, coalesce(w.total, 0) as total,
	coalesce(w.changed, 0) as changed, coalesce(w.result, '[]') as result,
	r.revision = t.revision
		and (t.activated_at is not null or r.against = (select version from cause_table where status = 'active')) as stands
from what_if_run r join cause_table t using (version)
left join what_if w on w.version = r.version and w.run = r.run and w.supplier_id = :supplierId
where r.version = :version`);
