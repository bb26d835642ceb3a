// Finds jobs that failed, also those whose next attempt ended well.
import type { ChildProcess } from 'node:child_process';
import { expect } from 'vitest';
import { stopProcess } from '../../launcher/process.ts';
import { metricsTargets, readMetrics } from './metrics.ts';
import { eventually, type System } from './system.ts';

/**
 * Stops the workers of a system, and checks that none of their jobs had failed, and that no two transactions had waited for
 * each other. `others`: the workers beside the worker of the system.
 *
 * BullMQ reports a failure only if Redis still has the job. So PostgreSQL is asked for deadlocks too. It also counts
 * rollbacks, but a cancelled vacuum or a session that ends early counts as one.
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

	// A session reports its last deadlock at the latest when it ends.
	await Promise.all([system.stopWorker(), ...others.map((worker) => stopProcess(worker, 'SIGTERM'))]);
	await eventually(async () => {
		const { rows } = await system.database.query(
			`select pid from pg_stat_activity where datname = current_database() and application_name = 'causeway_worker'`
		);
		expect(rows).toEqual([]);
	});
	const { rows } = await system.database.query(
		'select deadlocks::int from pg_stat_database where datname = current_database()'
	);
	expect(rows).toEqual([{ deadlocks: 0 }]);
}
