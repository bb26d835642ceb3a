// sweep: enqueues a job again for each doorbell that has waited too long, whatever happened to its first job. It asks
// PostgreSQL alone, so that Redis may be emptied at any moment.
import type pg from 'pg';
import { takeOverdueDoorbells } from './doorbells.ts';
import type { Enqueue } from './queues.ts';

/** Returns how many jobs it enqueued. */
export async function sweep({ pool, enqueue }: { pool: pg.Pool; enqueue: Enqueue }): Promise<number> {
	const overdue = await takeOverdueDoorbells(pool);
	for (const { id, job } of overdue) enqueue(job, id);
	return overdue.length;
}
