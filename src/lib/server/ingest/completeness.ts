// Stores completeness marks. A mark says up to which instant the audit data of a source is complete. Without a mark,
// "no Service Request found" means nothing.
import type pg from 'pg';
import type { Enqueue } from '#lib/server/jobs/queues.ts';
import { query } from '#lib/server/postgres/statement.ts';

export type Completeness = ReturnType<typeof createCompleteness>;

export function createCompleteness({ pool, enqueue }: { pool: pg.Pool; enqueue: Enqueue }) {
	return {
		/**
		 * Sets the completeness mark of a source. A source that has withdrawn data may set its mark to an earlier
		 * instant.
		 */
		async mark(source: string, completeUntil: string): Promise<void> {
			await pool.query(MARK({ source, completeUntil }));
			enqueue('settle-pending');
		}
	};
}

const MARK = query(`
insert into completeness (source, complete_until) values (:source, :completeUntil)
on conflict (source) do update set complete_until = excluded.complete_until, recorded_at = now()`);
