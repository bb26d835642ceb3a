// Runs the job what-if: explains the stored Alerts of the last 30 days by a draft of the cause table and by the active
// table. The job counts the different explanations for each Supplier and over all, and writes only these counts.
import type pg from 'pg';
import { describeAlert } from '#lib/domain/alert-code.ts';
import { readCauseTable, type CauseTable } from '#lib/domain/cause-table/cause-table.ts';
import { REPLAY_LIMITS, WhatIfTally, explanationChange } from '#lib/domain/cause-table/what-if.ts';
import { explainAlerts, type Explained } from '#lib/server/correlation/explain-alerts.ts';
import { loadContext } from '#lib/server/evidence/alert-context.ts';
import type { RequestIndex } from '#lib/server/evidence/request-index.ts';
import type { LearnedPatternCache } from '#lib/server/learning/learned-patterns.ts';
import { leastIdSince } from '#lib/server/postgres/record-id.ts';
import { columns, query } from '#lib/server/postgres/statement.ts';
import { inTransaction } from '#lib/server/postgres/transaction.ts';

export interface WhatIfDeps {
	pool: pg.Pool;
	index: RequestIndex;
	learned: LearnedPatternCache;
	roleOnly: ReadonlySet<string>;
}

/** A replay that this worker has taken. */
interface Run {
	version: string;
	/** The id of this start of the replay. A new start has a new id. */
	run: string;
	/**
	 * The number of times that a worker has taken this replay. The number tells this worker from an earlier worker that
	 * may have been killed.
	 */
	attempts: number;
	/** The version that was active when the replay was started. */
	against: string;
	/** The earliest effective time of the Alerts that are replayed. */
	since: Date;
}

const MAX_ATTEMPTS = 5;
/** A worker takes a replay over when the earlier worker has not touched it for this time. */
const LOST_AFTER = '15 seconds';
/** A waiting replay is enqueued again after this time, because its job was lost. */
const ENQUEUED_AGAIN_AFTER = '5 seconds';

/**
 * Runs the replay of a draft, and each new start of this replay that comes in the meantime. Returns the number of
 * Alerts explained.
 */
export async function whatIf(deps: WhatIfDeps, version: string): Promise<number> {
	let count = 0;
	for (let run = await takeRun(deps.pool, version); run; run = await takeRun(deps.pool, version)) {
		try {
			count += await replay(deps, run);
		} catch (error) {
			await returnRun(deps.pool, run);
			throw error;
		}
	}
	return count;
}

/**
 * Enqueues the replays that no worker has taken, and the replays whose worker was killed. Returns the number of replays
 * enqueued.
 */
export async function enqueueLostWhatIfs({
	pool,
	enqueueReplay
}: {
	pool: pg.Pool;
	enqueueReplay: (version: string) => void;
}): Promise<number> {
	const { rows } = await pool.query<{ version: string }>(
		LOST({ lostAfter: LOST_AFTER, enqueuedAgainAfter: ENQUEUED_AGAIN_AFTER })
	);
	for (const row of rows) enqueueReplay(row.version);
	return rows.length;
}

async function replay(deps: WhatIfDeps, run: Run): Promise<number> {
	const { pool } = deps;
	const [active, draft] = [await readTable(pool, run.against), await readTable(pool, run.version)];
	const { ids, stoppedEarly } = await readAlertIds(pool, run.since);
	const tallies = await createTallies(pool, run, ids);
	const overall = new WhatIfTally();
	for (let at = 0; at < ids.length; at += REPLAY_LIMITS.page) {
		const compared = await comparePage(deps, ids.slice(at, at + REPLAY_LIMITS.page), active, draft);
		for (const { before, after } of compared) {
			const { alert, supplierId } = before;
			const { code, name } = describeAlert(alert);
			const change = explanationChange(before.explanation, after.explanation);
			tallies.get(supplierId)?.add({ id: alert.id.toString(), code, name }, change);
			overall.add({ id: alert.id.toString(), code, name }, change);
		}
		// A new start or another worker has replaced this run, so the run ends.
		if (!(await saveProgress(pool, run, tallies, overall))) return at;
	}
	await finishRun(pool, run, tallies, overall, stoppedEarly);
	return ids.length;
}

/** Explains the Alerts of a page by both tables, on the same state of the database. The transaction cannot write. */
async function comparePage(
	deps: WhatIfDeps,
	ids: readonly bigint[],
	active: CauseTable,
	draft: CauseTable
): Promise<Array<{ before: Explained; after: Explained }>> {
	return inTransaction(
		deps.pool,
		async (client) => {
			const context = await loadContext(client, ids);
			const learned = await deps.learned.read(client);
			const place = new Map(ids.map((id, i) => [id, i]));
			context.alerts.sort((a, b) => place.get(a.id)! - place.get(b.id)!);
			const now = Date.now();
			const before = await explainAlerts(client, { ...deps, learned, table: active }, context, now);
			const after = await explainAlerts(client, { ...deps, learned, table: draft }, context, now);
			// The Suppliers that see an Alert do not depend on the table, so both lists have the same order.
			return before.map((explained, i) => ({ before: explained, after: after[i]! }));
		},
		{ snapshot: true }
	);
}

async function takeRun(pool: pg.Pool, version: string): Promise<Run | null> {
	const { rows } = await pool.query<Run & { state: string }>(
		TAKE({ version, maxAttempts: MAX_ATTEMPTS, lostAfter: LOST_AFTER })
	);
	return rows[0]?.state === 'running' ? rows[0] : null;
}

/** Gives the replay back, so that another worker can take it at once. */
const returnRun = (pool: pg.Pool, { version, run, attempts }: Run): Promise<unknown> =>
	// If the database cannot be reached, another worker takes the replay over later.
	pool.query(RETURN({ version, run, attempts })).catch(() => {});

async function readTable(pool: pg.Pool, version: string): Promise<CauseTable> {
	const { rows } = await pool.query<{ body: unknown }>(TABLE({ version }));
	return readCauseTable(rows[0]?.body);
}

/**
 * Reads the ids of the newest Alerts since `since`, at most `REPLAY_LIMITS.alerts`. `stoppedEarly`: the limit was
 * reached, and older Alerts are left out.
 */
async function readAlertIds(pool: pg.Pool, since: Date): Promise<{ ids: bigint[]; stoppedEarly: boolean }> {
	const { rows } = await pool.query<{ id: bigint }>(
		ALERT_IDS({ since, leastId: leastIdSince(since.getTime()), limit: REPLAY_LIMITS.alerts + 1 })
	);
	const ids = rows.slice(0, REPLAY_LIMITS.alerts).map((row) => row.id);
	return { ids, stoppedEarly: rows.length > ids.length };
}

/** Creates a tally for each Supplier, and stores the number of Alerts that are replayed for each Supplier and over all. */
async function createTallies(
	pool: pg.Pool,
	{ version, run }: Run,
	ids: readonly bigint[]
): Promise<Map<number, WhatIfTally>> {
	const { rows } = await pool.query<{ supplier_id: number; total: number }>(
		CREATE_TALLIES({ version, run, ids })
	);
	const shown = rows.filter((row) => row.total > 0);
	const total = shown.reduce((sum, row) => sum + row.total, 0);
	await pool.query(SET_OVERALL({ version, run, suppliers: shown.length, total }));
	return new Map(rows.map((row) => [row.supplier_id, new WhatIfTally()]));
}

/**
 * Stores the tallies. Returns `false` if another worker or a new start has replaced this run; in that case nothing was
 * stored.
 */
async function saveProgress(
	pool: pg.Pool,
	{ version, run, attempts }: Run,
	tallies: ReadonlyMap<number, WhatIfTally>,
	overall: WhatIfTally
): Promise<boolean> {
	const { rowCount } = await pool.query(
		SAVE({
			version,
			run,
			attempts,
			overallProgress: overall.progress,
			overallChanged: overall.changed,
			// People of the installation read these figures, and they may see no Alert.
			changes: JSON.stringify(overall.changes.map((change) => ({ ...change, examples: [] }))),
			...TALLY.values([...tallies])
		})
	);
	return rowCount === 1;
}

async function finishRun(
	pool: pg.Pool,
	run: Run,
	tallies: ReadonlyMap<number, WhatIfTally>,
	overall: WhatIfTally,
	stoppedEarly: boolean
): Promise<void> {
	if (!(await saveProgress(pool, run, tallies, overall))) return;
	await pool.query(SET_TOTALS({ version: run.version, run: run.run }));
	await pool.query(FINISH({ version: run.version, run: run.run, attempts: run.attempts, stoppedEarly }));
}

const LOST = query(`
select version from what_if_run
where (state = 'waiting' and started_at < now() - :enqueuedAgainAfter::interval)
	or (state = 'running' and touched_at < now() - :lostAfter::interval)`);

const TAKE = query(`
update what_if_run set
	state = case when attempts < :maxAttempts then 'running' else 'failed' end,
	fault = case when attempts < :maxAttempts then null
		else 'The replay was started ' || attempts || ' times and never finished; the log of the worker has the errors.' end,
	attempts = attempts + 1, touched_at = now()
where version = :version and (state = 'waiting' or (state = 'running' and touched_at < now() - :lostAfter::interval))
returning version, run, attempts, against, since, state`);

const RETURN = query(`
update what_if_run set state = 'waiting'
where version = :version and run = :run and attempts = :attempts and state = 'running'`);

const TABLE = query('select body from cause_table where version = :version');

const ALERT_IDS = query(`
select id from alert where effective_at >= :since and id >= :leastId order by effective_at desc, id desc limit :limit`);

const CREATE_TALLIES = query(`
insert into what_if (version, supplier_id, run, total)
select :version::text, s.id, :run::uuid, (
	select count(*) from supplier_alert a join unnest(:ids::bigint[]) as w(id) on a.alert_id = w.id where a.supplier_id = s.id
) from supplier s
on conflict (version, supplier_id) do update set run = excluded.run, total = excluded.total, progress = 0,
	changed = 0, result = '[]'
returning supplier_id, total`);

const SET_OVERALL = query(`
update what_if_run set suppliers = :suppliers, total = :total, progress = 0, changed = 0, changes = '[]'
where version = :version and run = :run and state = 'running'`);

const TALLY = columns<[supplierId: number, tally: WhatIfTally]>({
	supplier_id: ['smallint', ([supplierId]) => supplierId],
	progress: ['integer', ([, tally]) => tally.progress],
	changed: ['integer', ([, tally]) => tally.changed],
	result: ['jsonb', ([, tally]) => JSON.stringify(tally.changes)]
});

const SAVE = query(`
with mine as (
	update what_if_run set touched_at = now(), progress = :overallProgress::integer,
		total = greatest(total, :overallProgress::integer), changed = :overallChanged, changes = :changes::jsonb
	where version = :version and run = :run and attempts = :attempts and state = 'running' returning 1
), counted as (
	update what_if w set progress = t.progress, total = greatest(w.total, t.progress), changed = t.changed, result = t.result
	from ${TALLY.from}
	where w.version = :version and w.run = :run and w.supplier_id = t.supplier_id and exists (select from mine)
) select from mine`);

const SET_TOTALS = query('update what_if set total = progress where version = :version and run = :run');

const FINISH = query(`
update what_if_run set state = 'done', finished_at = now(), total = progress, stopped_early = :stoppedEarly
where version = :version and run = :run and attempts = :attempts and state = 'running'`);
