// The jobs and the timers of on call in the worker process.
import {
	deliver,
	enqueueOverdueDeliveries,
	type DeliverDeps
} from '#lib/server/on-call/deliveries/deliver.ts';
import { escalate, escalateOverdue } from '#lib/server/on-call/pages/escalation.ts';
import { createPaging } from '#lib/server/on-call/pages/follow-feeds.ts';
import { releaseHeldPages } from '#lib/server/on-call/pages/held-pages.ts';
import { createLargeEpisodePaging } from '#lib/server/on-call/pages/large-episodes.ts';
import { openTestPages } from '#lib/server/on-call/pages/test-pages.ts';
import type { JobData } from '#lib/server/jobs/queues.ts';
import type { Every } from './timers.ts';

const SECOND_MS = 1000;
/** A page opens at most about this time after the explanation of its Alert, in ms. */
const PAGING_MS = 200;

/** The jobs of on call, by the name of their queue. Each resolves with 1 if it had something to do, or with 0. */
export const onCallJobs = (deps: DeliverDeps) => ({
	'deliver-page': {
		concurrency: 20,
		run: async ({ delivery }: JobData) => ((await deliver(deps, BigInt(delivery!))) ? 1 : 0)
	},
	'escalate-page': {
		concurrency: 4,
		run: async ({ page, step }: JobData) => ((await escalate(deps, BigInt(page!), step!)) ? 1 : 0)
	}
});

/** Starts the timers of on call. */
export function onCallTimers(deps: DeliverDeps, every: Every): void {
	every(PAGING_MS, 'paging', createPaging(deps));
	every(SECOND_MS, 'paging about large episodes', createLargeEpisodePaging(deps));
	every(SECOND_MS, 'sending held pages', () => releaseHeldPages(deps));
	every(SECOND_MS, 'enqueuing overdue deliveries', () => enqueueOverdueDeliveries(deps));
	every(SECOND_MS, 'escalating overdue pages', () => escalateOverdue(deps));
	every(60 * SECOND_MS, 'opening test pages', () => openTestPages(deps));
}
