// Owns the doorbells: rows of the table `doorbell`, the transactional outbox. A doorbell names stored Alerts, Service
// Requests or Devices that a job has to work on. No other module inserts, takes or deletes doorbells.
import type pg from 'pg';
import { statement } from '#lib/server/postgres/statement.ts';
import type { Job } from './queues.ts';

/** How many ids one doorbell of a large set holds. */
const IDS_PER_DOORBELL = 500;
/** A batch takes doorbells of about this many ids together. */
const IDS_PER_BATCH = 500;
const DOORBELLS_PER_BATCH = 100;
/** The sweeper enqueues a job again for a doorbell that has waited this long. */
const OVERDUE_AFTER = '5 seconds';
const OVERDUE_PER_SWEEP = 1000;

/** SQL: inserts one doorbell with the different values of `id` in the rows of `from`, none for no rows; returns its `id`. */
export const insertDoorbell = (job: Job, id: string, from: string): string => `
	insert into doorbell (job, ids) select '${job}', array_agg(distinct ${id} order by ${id}) from ${from}
	having count(*) > 0 returning id`;

/**
 * SQL: the same, with `urgent` where a row of `from` is urgent. Where `apart` holds, urgent rows get a doorbell of their
 * own, which comes first.
 */
export const insertUrgentDoorbells = (
	job: Job,
	from: string,
	{ id, urgent, apart }: { id: string; urgent: string; apart: string }
): string => `
	insert into doorbell (job, ids, urgent) select '${job}', array_agg(${id} order by ${id}), bool_or(${urgent})
	from ${from} group by case when ${apart} then ${urgent} end order by 3 desc returning id`;

/** SQL: inserts doorbells for the `id`s of `from`, some hundred each; returns `id` and `count` of each. */
export const insertDoorbells = (job: Job, from: string): string => `
	insert into doorbell (job, ids) select '${job}', array_agg(id order by id) from (
		select id, (row_number() over (order by id) - 1) / ${IDS_PER_DOORBELL} as part from ${from}
	) numbered group by part returning id, cardinality(ids) as count`;

/** What `insertDoorbells` returns of a doorbell. */
export interface NewDoorbell {
	id: bigint;
	/** How many ids it names. */
	count: number;
}

/** SQL: deletes the doorbells with these ids, in the transaction that does their work. */
export const deleteDoorbells = (ids: string): string => `delete from doorbell where id = any(${ids})`;

/** Inserts a doorbell within the caller's transaction. Returns its id. */
export async function addDoorbell(client: pg.ClientBase, job: Job, ids: readonly bigint[]): Promise<bigint> {
	const { rows } = await client.query<{ id: bigint }>(ADD({ job, ids: [...new Set(ids)] }));
	return rows[0]!.id;
}

const ADD = statement('add-doorbell', 'insert into doorbell (job, ids) values (:job, :ids) returning id');

/** Doorbells that a batch has taken. */
export interface TakenDoorbells {
	ids: bigint[];
	/** The Alerts or Service Requests that they name, each once. */
	recordIds: bigint[];
	/** Other doorbells wait. */
	more: boolean;
}

/**
 * Takes the most urgent doorbells that wait, as many as name about 500 ids. They stay locked until the caller's transaction
 * ends; doorbells that another worker holds are passed over.
 */
export async function takeDoorbells(client: pg.ClientBase, job: Job): Promise<TakenDoorbells> {
	const { rows } = await client.query<{ id: bigint; ids: string[]; due: number }>(TAKE({ job }));
	return {
		ids: rows.map((row) => row.id),
		recordIds: [...new Set(rows.flatMap((row) => row.ids.map(BigInt)))],
		more: rows.length > 0 && rows[0]!.due > rows.length
	};
}

// Of the urgent doorbells the newest comes first, of the others the oldest.
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

/** Doorbells that have waited five seconds, at most a thousand; of several sweepers one gets each of them. */
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

/** How many ids wait in doorbells, by job. */
export async function countWaiting(pool: pg.Pool): Promise<ReadonlyMap<string, number>> {
	const { rows } = await pool.query<{ job: string; waiting: number }>(WAITING({}));
	return new Map(rows.map((row) => [row.job, row.waiting]));
}

const WAITING = statement('backlog', 'select job, sum(size)::int as waiting from doorbell group by job');
