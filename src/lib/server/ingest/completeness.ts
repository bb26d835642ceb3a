// Completeness marks: up to which instant the audit data of a source is complete. Without one, "nothing found" means
// nothing.
import type pg from 'pg';
import type { Ring } from '#lib/server/jobs/queues.ts';

export type Completeness = ReturnType<typeof createCompleteness>;

export function createCompleteness({ pool, ring }: { pool: pg.Pool; ring: Ring }) {
	return {
		/** Moves the mark of a source; a source that has to take data back may move it backwards. */
		async mark(source: string, completeUntil: string): Promise<void> {
			await pool.query(
				`insert into completeness (source, complete_until) values ($1, $2)
				 on conflict (source) do update set complete_until = excluded.complete_until, recorded_at = now()`,
				[source, completeUntil]
			);
			ring('settle-pending');
		}
	};
}
