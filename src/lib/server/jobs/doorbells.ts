// The doorbells that a round takes. A row is held by who works on it and goes in the transaction that does the work.
import type pg from 'pg';
import { statement } from '#lib/server/postgres/database.ts';
import type { Job } from './queues.ts';

export interface Bells {
	ids: bigint[];
	/** The Alerts or Service Requests that they are rung for; each once. */
	records: bigint[];
	/** Others wait. */
	more: boolean;
}

/** Takes the most urgent of those that wait, as many as make some five hundred records; of those that others work on, none. */
export async function takeDoorbells(client: pg.ClientBase, job: Job): Promise<Bells> {
	const { rows } = await client.query<{ id: bigint; ids: string[]; due: number }>(TAKE([job]));
	return {
		ids: rows.map((row) => row.id),
		records: [...new Set(rows.flatMap((row) => row.ids.map(BigInt)))],
		more: rows.length > 0 && rows[0]!.due > rows.length
	};
}

// Of the critical the newest comes first, of the others the oldest.
const TAKE = statement(
	'take-doorbells',
	`
with due as (
	select size from doorbell where job = $1
)
select id, ids::text[] as ids, (select count(*)::int from due) as due
from doorbell where job = $1
order by urgent desc, case when urgent then -id else id end
limit (select greatest(1, least(100, 500 / greatest(1, avg(size))))::int from due)
for update skip locked`
);
