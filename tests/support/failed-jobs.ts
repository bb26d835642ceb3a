// Finds jobs that failed, also those whose next attempt ended well.
import type { ChildProcess } from 'node:child_process';
import { expect } from 'vitest';
import { stopProcess } from '../../launcher/process.ts';
import { metricsTargets, readMetrics } from './metrics.ts';
import { eventually, type System } from './system.ts';

/**
 * Stops the workers of a system, and checks that none of their jobs or timers had failed. `others`: the workers beside the
 * worker of the system.
 *
 * BullMQ reports a failure only if Redis still has the job, and the timers only log theirs. But each failure rolls its
 * transaction back, and PostgreSQL counts that. A job that Redis lost while it ran has not failed: its transaction commits,
 * and BullMQ only misses the job at its end.
 */
export async function stopWithoutFailures(system: System, others: readonly ChildProcess[]): Promise<void> {
	const targets = metricsTargets(system.env.CAUSEWAY_HOME!).filter(({ process }) => process === 'worker');
	expect(targets).toHaveLength(1 + others.length);
	const failed = await Promise.all(
		targets.map(async ({ url }) =>
			[...(await readMetrics(url))].filter(([name]) => name.startsWith('causeway_jobs_failed_total'))
		)
	);
	expect(failed.flat()).toEqual([]);

	// A session reports its last rollback at the latest when it ends.
	await Promise.all([system.stopWorker(), ...others.map((worker) => stopProcess(worker, 'SIGTERM'))]);
	await eventually(async () => {
		const { rows } = await system.database.query(
			`select pid from pg_stat_activity where datname = current_database() and application_name = 'causeway_worker'`
		);
		expect(rows).toEqual([]);
	});
	const { rows } = await system.database.query(
		'select deadlocks::int, xact_rollback::int as rollbacks from pg_stat_database where datname = current_database()'
	);
	expect(rows).toEqual([{ deadlocks: 0, rollbacks: 0 }]);
}
