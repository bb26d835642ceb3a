// explain-learned: explains again the Alerts that a changed learned pattern may affect. The job works behind the hot
// path and pauses for it.
import { setTimeout as pause } from 'node:timers/promises';
import type { Backlog } from '#lib/server/jobs/backlog.ts';
import { takeAffected } from '#lib/server/learning/re-explain-queue.ts';
import { correlateTaken, type CorrelateDeps } from './correlate-alerts.ts';

export interface ExplainLearnedDeps extends CorrelateDeps {
	backlog: Pick<Backlog, 'alerts' | 'isPressed'>;
}

/**
 * While Alerts wait for their first explanation, this job pauses three times as long as it worked: it works a quarter
 * of the time.
 */
const PAUSE_FACTOR = 3;

/**
 * Works until no affected Alert is left, or too many Alerts wait for their first explanation. Returns the number of
 * entries added to the feeds.
 */
export async function explainLearned(deps: ExplainLearnedDeps): Promise<number> {
	let entries = 0;
	while (!deps.backlog.isPressed) {
		const startedAt = performance.now();
		const written = await correlateTaken(deps, takeAffected);
		if (written === null) break;
		entries += written;
		if (deps.backlog.alerts > 0) await pause(PAUSE_FACTOR * (performance.now() - startedAt));
	}
	return entries;
}
