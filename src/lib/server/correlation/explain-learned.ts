// explain-learned: explains again what a newly learned pattern may bear on, behind the hot path, and gives way to it.
import { setTimeout as pause } from 'node:timers/promises';
import type { Backlog } from '#lib/server/jobs/backlog.ts';
import { onSession } from '#lib/server/postgres/database.ts';
import { takeAgain } from '#lib/server/learning/re-explain-queue.ts';
import { KNOWN, explain, tell, type CorrelateDeps } from './correlate-alerts.ts';

export interface ExplainLearnedDeps extends CorrelateDeps {
	backlog: Pick<Backlog, 'alerts' | 'isPressed'>;
}

/** Goes on until nothing is left, or Alerts wait for their first explanation. Returns how many entries the feeds have of it. */
export async function explainLearned(deps: ExplainLearnedDeps): Promise<number> {
	let count = 0;
	while (!deps.backlog.isPressed) {
		const began = performance.now();
		const work = await onSession(deps.pool, async (client) => {
			await client.query(`begin; ${KNOWN}`);
			const records = await takeAgain(client);
			if (records?.length) return explain(client, deps, { ids: [], records }, true);
			await client.query('commit');
			return records;
		});
		if (work === null) break;
		if (!Array.isArray(work)) count += await tell(deps, work);
		// While Alerts come in it takes a quarter of its time.
		if (deps.backlog.alerts > 0) await pause(3 * (performance.now() - began));
	}
	return count;
}
