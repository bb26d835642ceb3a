// Replays of drafts, as people start and read them; a worker runs them (replay.ts).
import { sql } from 'kysely';
import { WHAT_IF, type WhatIf, type WhatIfChange } from '#lib/domain/cause-table/what-if.ts';
import type pg from 'pg';
import { inTurn, lock, type Person } from './version-rows.ts';
import { activeVersion, type Refusal } from './cause-tables.ts';
import { asSupplier, type Database } from '#lib/server/postgres/database.ts';

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

export function createWhatIfs(deps: {
	db: Database;
	pool: pg.Pool;
	enqueueReplay: (version: string) => void;
}) {
	return {
		/** Starts the replay of a draft against the active table; one that runs is replaced. */
		async start(version: string, by: Person): Promise<Refusal | null> {
			const refusal = await inTurn(deps.pool, async (client): Promise<Refusal | null> => {
				const draft = await lock(client, version);
				if (!draft) return { refused: 404, why: `There is no cause table ${version}` };
				if (draft.status !== 'draft' && draft.status !== 'proposed')
					return {
						refused: 409,
						why: `${version} is ${draft.status}: a what-if is for drafts and proposals`
					};
				await client.query(START, [
					version,
					draft.revision,
					await activeVersion(client),
					new Date(Date.now() - WHAT_IF.days * 86_400_000),
					by.name,
					by.id
				]);
				return null;
			});
			if (!refusal) deps.enqueueReplay(version);
			return refusal;
		},

		/** The newest replay of a draft, with the figures of this Supplier; `null` where none was started. */
		of: (supplierId: number, version: string): Promise<WhatIf | null> =>
			asSupplier(deps.db, supplierId, async (tx) => {
				const { rows } = await sql<Row>`
					select r.version, r.against, r.state, r.fault, r.started_by, r.started_at, r.finished_at, r.since,
						r.stopped_early, coalesce(w.progress, 0) as progress, coalesce(w.total, 0) as total,
						coalesce(w.changed, 0) as changed, coalesce(w.result, '[]') as result,
						r.revision = t.revision
							and (t.activated_at is not null or r.against = (select version from cause_table where status = 'active')) as stands
					from what_if_run r join cause_table t using (version)
					left join what_if w on w.version = r.version and w.run = r.run and w.supplier_id = ${supplierId}
					where r.version = ${version}`.execute(tx);
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

const START = `
insert into what_if_run (version, run, revision, against, state, since, started_by, started_by_id)
values ($1, gen_random_uuid(), $2, $3, 'waiting', $4, $5, $6)
on conflict (version) do update set run = excluded.run, revision = excluded.revision, against = excluded.against,
	state = 'waiting', attempts = 0, touched_at = null, since = excluded.since, stopped_early = false, fault = null,
	started_by = excluded.started_by, started_by_id = excluded.started_by_id, started_at = now(), finished_at = null`;
