// sweep: enqueues a job again for each doorbell that has waited too long, whatever happened to the first job of the
// doorbell. The sweeper reads PostgreSQL only, so Redis may be emptied at any moment.
import type pg from 'pg';
import { countOverdue } from '#lib/server/process/worker-metrics.ts';
import { takeOverdueDoorbells } from './doorbells.ts';
import type { Enqueue } from './queues.ts';

/** Enqueues the jobs of overdue doorbells. Returns the number of jobs enqueued. */
export async function sweep({ pool, enqueue }: { pool: pg.Pool; enqueue: Enqueue }): Promise<number> {
	const overdue = await takeOverdueDoorbells(pool);
	for (const { id, job } of overdue) {
		countOverdue(job);
		enqueue(job, id);
	}
	return overdue.length;
}
