// keep-partitions: makes the partitions of the coming weeks, and drops the partitions that are past retention. The job
// opens its own session as the owner of the tables, and closes the session afterwards.
import { LOCKS } from './locks.ts';
import { dropOldPartitions, ensurePartitions } from './partitions.ts';
import { inSession } from './session.ts';

/**
 * Makes and drops partitions. Returns the names of the dropped partitions. The function is safe to run at any time, and
 * in several workers at once.
 */
export async function keepPartitions(
	databaseUrl: string,
	retentionDays: number,
	now: number
): Promise<string[]> {
	return inSession(databaseUrl, async (client) => {
		await client.query(`set lock_timeout = '5s'`);
		await client.query('select pg_advisory_lock($1)', [LOCKS.tables]);
		await ensurePartitions(client, now);
		return dropOldPartitions(client, now, retentionDays);
	});
}
