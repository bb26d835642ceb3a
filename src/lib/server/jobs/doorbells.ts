// Owns the doorbells: rows of the table `doorbell`, the transactional outbox. A doorbell names stored Alerts, Service
// Requests or Devices that a job has to work on. No other module inserts, takes or deletes doorbells.
import type pg from 'pg';
import { statement } from '#lib/server/postgres/statement.ts';
import type { Job } from './queues.ts';

/** The greatest number of ids in one doorbell of a large set. */
const IDS_PER_DOORBELL = 500;
/** A batch takes doorbells that together name about this many ids. */
const IDS_PER_BATCH = 500;
const DOORBELLS_PER_BATCH = 100;
/** The sweeper enqueues a job again for a doorbell that has waited for this time. */
const OVERDUE_AFTER = '5 seconds';
const OVERDUE_PER_SWEEP = 1000;

/**
 * SQL: inserts one doorbell with the different values of `id` in the rows of `from`, or no doorbell if there are no
 * rows. Returns the `id` of the doorbell.
 */
export const insertDoorbell = (job: Job, id: string, from: string): string => `
	insert into doorbell (job, ids) select '${job}', array_agg(distinct ${id} order by ${id}) from ${from}
	having count(*) > 0 returning id`;

/**
 * SQL: inserts one doorbell with the values of `id` in the rows of `from`. The doorbell is urgent if a row is `urgent`.
 * If `apart` is true, the urgent rows get a separate doorbell, which is returned first.
 */
export const insertUrgentDoorbells = (
	job: Job,
	from: string,
	{ id, urgent, apart }: { id: string; urgent: string; apart: string }
): string => `
	insert into doorbell (job, ids, urgent) select '${job}', array_agg(${id} order by ${id}), bool_or(${urgent})
	from ${from} group by case when ${apart} then ${urgent} end order by 3 desc returning id`;

/**
 * SQL: inserts doorbells for the values of `id` in the rows of `from`, at most 500 ids in each. Returns the `id` of
 * each doorbell and the `count` of its ids.
 */
export const insertDoorbells = (job: Job, from: string): string => `
	insert into doorbell (job, ids) select '${job}', array_agg(id order by id) from (
		select id, (row_number() over (order by id) - 1) / ${IDS_PER_DOORBELL} as part from ${from}
	) numbered group by part returning id, cardinality(ids) as count`;

/** A doorbell that `insertDoorbells` has inserted. */
export interface NewDoorbell {
	id: bigint;
	/** The number of ids that the doorbell names. */
	count: number;
}

/** SQL: deletes the doorbells with these ids, in the transaction that does their work. */
export const deleteDoorbells = (ids: string): string => `delete from doorbell where id = any(${ids})`;

/** Inserts a doorbell with these ids within the caller's transaction. Returns the id of the doorbell. */
export async function addDoorbell(client: pg.ClientBase, job: Job, ids: readonly bigint[]): Promise<bigint> {
	const { rows } = await client.query<{ id: bigint }>(ADD({ job, ids: [...new Set(ids)] }));
	return rows[0]!.id;
}

const ADD = statement('add-doorbell', 'insert into doorbell (job, ids) values (:job, :ids) returning id');

/** The doorbells that a batch has taken. */
export interface TakenDoorbells {
	ids: bigint[];
	/** The ids of the Alerts or Service Requests that the doorbells name, each once. */
	recordIds: bigint[];
	/** Whether other doorbells of the job wait. */
	more: boolean;
}

/**
 * Takes the most urgent waiting doorbells, which together name about 500 ids. The doorbells stay locked until the
 * caller's transaction ends. Doorbells that another worker has locked are skipped.
 */
export async function takeDoorbells(client: pg.ClientBase, job: Job): Promise<TakenDoorbells> {
	const { rows } = await client.query<{ id: bigint; ids: string[]; due: number }>(TAKE({ job }));
	return {
		ids: rows.map((row) => row.id),
		recordIds: [...new Set(rows.flatMap((row) => row.ids.map(BigInt)))],
		more: rows.length > 0 && rows[0]!.due > rows.length
	};
}

// Urgent doorbells come first, newest first. The other doorbells follow, oldest first.
const TAKE = statement(
	'take-doorbells',
	`
with due as (
	select size from doorbell where job = :job
)
select id, ids::text[] as ids, (select count(*)::int from due) as due
from doorbell where job = :job
order by urgent desc, case when urgent then -id else id end
limit (select greatest(1, least(${DOORBELLS_PER_BATCH}, ${IDS_PER_BATCH} / greatest(1, avg(size))))::int from due)
for update skip locked`
);

/** Deletes doorbells within the transaction that does their work. */
export async function endDoorbells(client: pg.ClientBase, ids: readonly bigint[]): Promise<void> {
	await client.query(END({ ids }));
}

const END = statement('end-doorbells', deleteDoorbells(':ids'));

/**
 * Returns at most 1,000 doorbells that have waited five seconds. If several sweepers run, only one of them gets each
 * doorbell.
 */
export async function takeOverdueDoorbells(pool: pg.Pool): Promise<Array<{ id: bigint; job: Job }>> {
	const { rows } = await pool.query<{ id: bigint; job: Job }>(
		OVERDUE({ after: OVERDUE_AFTER, most: OVERDUE_PER_SWEEP })
	);
	return rows;
}

const OVERDUE = statement(
	'overdue-doorbells',
	`update doorbell set rung_at = now() where id in (
		select id from doorbell where rung_at < now() - :after::interval order by id limit :most for update skip locked
	) returning id, job`
);

/** Returns the number of ids that wait in doorbells, by job. */
export async function countWaiting(pool: pg.Pool): Promise<ReadonlyMap<string, number>> {
	const { rows } = await pool.query<{ job: string; waiting: number }>(WAITING({}));
	return new Map(rows.map((row) => [row.job, row.waiting]));
}

const WAITING = statement('backlog', 'select job, sum(size)::int as waiting from doorbell group by job');

/** Returns the waiting ids of each job with waiting work, and the age of its oldest doorbell. */
export async function readQueues(
	pool: pg.Pool
): Promise<ReadonlyMap<string, { records: number; ageSeconds: number }>> {
	const { rows } = await pool.query<{ job: string; records: number; ageSeconds: number }>(QUEUES({}));
	return new Map(rows.map(({ job, ...figures }) => [job, figures]));
}

const QUEUES = statement(
	'queues',
	`select job, sum(size)::int as records, greatest(0, extract(epoch from now() - min(stored_at)))::float8 as "ageSeconds"
	from doorbell group by job`
);
