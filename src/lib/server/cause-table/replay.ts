// what-if: replays the stored Alerts of the last 30 days under a draft of the cause table and under the active one, and
// counts for each Supplier what would read differently. It writes its counts and nothing else.
import type pg from 'pg';
import { describeAlert } from '#lib/domain/alert-code.ts';
import { readCauseTable, type CauseTable } from '#lib/domain/cause-table/cause-table.ts';
import { WHAT_IF, WhatIfTally, explanationChange } from '#lib/domain/cause-table/what-if.ts';
import { loadContext } from '#lib/server/evidence/alert-context.ts';
import { leastIdSince } from '#lib/server/postgres/record-id.ts';
import { inTransaction } from '#lib/server/postgres/transaction.ts';
import type { FollowLearned } from '#lib/server/learning/learned-patterns.ts';
import type { RequestIndex } from '#lib/server/evidence/request-index.ts';
import { explainAlerts, type Explained } from '#lib/server/correlation/explain-alerts.ts';

export interface WhatIfDeps {
	pool: pg.Pool;
	index: RequestIndex;
	learned: FollowLearned;
	roleOnly: ReadonlySet<string>;
}

/** A run that this call has taken; `attempts` tells it from an earlier taker that is not heard of any more. */
interface Run {
	version: string;
	run: string;
	attempts: number;
	against: string;
	since: Date;
}

const MOST_ATTEMPTS = 5;
/** A run that nobody touched for so long is taken over. */
const LOST_AFTER = '15 seconds';

/** Runs the replay that is asked for, and the one that replaces it meanwhile. Returns how many Alerts were looked at. */
export async function whatIf(deps: WhatIfDeps, version: string): Promise<number> {
	let looked = 0;
	for (let run = await take(deps.pool, version); run; run = await take(deps.pool, version)) {
		try {
			looked += await replay(deps, run);
		} catch (error) {
			await giveBack(deps.pool, run);
			throw error;
		}
	}
	return looked;
}

/** Calls for replays that no worker has taken up, or whose worker is gone. Returns how many. */
export async function enqueueLostWhatIfs({
	pool,
	enqueueReplay
}: {
	pool: pg.Pool;
	enqueueReplay: (version: string) => void;
}): Promise<number> {
	const { rows } = await pool.query<{ version: string }>(
		`select version from what_if_run
		 where (state = 'waiting' and started_at < now() - interval '5 seconds')
			or (state = 'running' and touched_at < now() - $1::interval)`,
		[LOST_AFTER]
	);
	for (const row of rows) enqueueReplay(row.version);
	return rows.length;
}

async function replay(deps: WhatIfDeps, run: Run): Promise<number> {
	const { pool } = deps;
	const [active, draft] = [await tableOf(pool, run.against), await tableOf(pool, run.version)];
	const { ids, stoppedEarly } = await alertsSince(pool, run.since);
	const tallies = await begin(pool, run, ids);
	for (let at = 0; at < ids.length; at += WHAT_IF.page) {
		const seen = await comparePage(deps, ids.slice(at, at + WHAT_IF.page), active, draft);
		for (const { before, after } of seen) {
			const { alert, supplierId } = before;
			const { code, name } = describeAlert(alert);
			const tally = tallies.get(supplierId);
			tally?.add(
				{ id: alert.id.toString(), code, name },
				explanationChange(before.explanation, after.explanation)
			);
		}
		// A second start has replaced this one: it is no longer meant.
		if (!(await save(pool, run, tallies))) return at;
	}
	await finish(pool, run, tallies, stoppedEarly);
	return ids.length;
}

/** The Alerts of a page under both tables, on one state of the record; nothing can be written in it. */
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
			// Who sees an Alert does not depend on the table: both lists have the same order.
			return before.map((explained, i) => ({ before: explained, after: after[i]! }));
		},
		{ snapshot: true }
	);
}

async function take(pool: pg.Pool, version: string): Promise<Run | null> {
	const { rows } = await pool.query<Run & { state: string }>(
		`update what_if_run set
			state = case when attempts < $2 then 'running' else 'failed' end,
			fault = case when attempts < $2 then null else 'It was begun ' || attempts || ' times and never came to its end; the log has the details.' end,
			attempts = attempts + 1, touched_at = now()
		 where version = $1 and (state = 'waiting' or (state = 'running' and touched_at < now() - $3::interval))
		 returning version, run, attempts, against, since, state`,
		[version, MOST_ATTEMPTS, LOST_AFTER]
	);
	return rows[0]?.state === 'running' ? rows[0] : null;
}

const giveBack = (pool: pg.Pool, { version, run, attempts }: Run): Promise<unknown> =>
	pool
		.query(
			`update what_if_run set state = 'waiting' where version = $1 and run = $2 and attempts = $3 and state = 'running'`,
			[version, run, attempts]
		)
		.catch(() => {}); // the record cannot be reached: the run is taken over when it is back

async function tableOf(pool: pg.Pool, version: string): Promise<CauseTable> {
	const { rows } = await pool.query<{ body: unknown }>('select body from cause_table where version = $1', [
		version
	]);
	return readCauseTable(rows[0]?.body);
}

/** Newest first, at most the limit. */
async function alertsSince(pool: pg.Pool, since: Date): Promise<{ ids: bigint[]; stoppedEarly: boolean }> {
	const { rows } = await pool.query<{ id: bigint }>(
		'select id from alert where effective_at >= $1 and id >= $2 order by effective_at desc, id desc limit $3',
		[since, leastIdSince(since.getTime()), WHAT_IF.alerts + 1]
	);
	const ids = rows.slice(0, WHAT_IF.alerts).map((row) => row.id);
	return { ids, stoppedEarly: rows.length > ids.length };
}

/** A row for each Supplier, with how many of its Alerts will be looked at. */
async function begin(pool: pg.Pool, run: Run, ids: readonly bigint[]): Promise<Map<number, WhatIfTally>> {
	const { rows } = await pool.query<{ supplier_id: number }>(
		`insert into what_if (version, supplier_id, run, total)
		 select $1, s.id, $2, (
			select count(*) from supplier_alert a join unnest($3::bigint[]) as w(id) on a.alert_id = w.id where a.supplier_id = s.id
		 ) from supplier s
		 on conflict (version, supplier_id) do update set run = excluded.run, total = excluded.total, progress = 0,
			changed = 0, result = '[]'
		 returning supplier_id`,
		[run.version, run.run, ids]
	);
	return new Map(rows.map((row) => [row.supplier_id, new WhatIfTally()]));
}

/** Keeps how far it came; `false` where the run is no longer this one. */
async function save(
	pool: pg.Pool,
	{ version, run, attempts }: Run,
	tallies: ReadonlyMap<number, WhatIfTally>
): Promise<boolean> {
	const { rowCount } = await pool.query(
		`with mine as (
			update what_if_run set touched_at = now()
			where version = $1 and run = $2 and attempts = $3 and state = 'running' returning 1
		), counted as (
			update what_if w set progress = i.progress, total = greatest(w.total, i.progress), changed = i.changed, result = i.result
			from unnest($4::smallint[], $5::integer[], $6::integer[], $7::jsonb[]) as i(supplier_id, progress, changed, result)
			where w.version = $1 and w.run = $2 and w.supplier_id = i.supplier_id and exists (select from mine)
		) select from mine`,
		[
			version,
			run,
			attempts,
			[...tallies.keys()],
			[...tallies.values()].map((tally) => tally.progress),
			[...tallies.values()].map((tally) => tally.changed),
			[...tallies.values()].map((tally) => JSON.stringify(tally.changes))
		]
	);
	return rowCount === 1;
}

async function finish(
	pool: pg.Pool,
	run: Run,
	tallies: ReadonlyMap<number, WhatIfTally>,
	stoppedEarly: boolean
): Promise<void> {
	if (!(await save(pool, run, tallies))) return;
	await pool.query('update what_if set total = progress where version = $1 and run = $2', [
		run.version,
		run.run
	]);
	await pool.query(
		`update what_if_run set state = 'done', finished_at = now(), stopped_early = $4
		 where version = $1 and run = $2 and attempts = $3 and state = 'running'`,
		[run.version, run.run, run.attempts, stoppedEarly]
	);
}
