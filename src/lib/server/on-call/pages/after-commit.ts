// Collects what must happen after the commit of a change of pages: the jobs to enqueue and the changes to publish. If
// any of it is lost, timers find the rows again, so that a crash between commit and job loses no page.
import type pg from 'pg';
import type { PageChanged, PageSubject } from '#lib/domain/on-call/page.ts';
import { countOpenedPage } from '#lib/server/process/metrics.ts';

export interface AfterCommit {
	/** The deliveries to send, each after `delayMs`; absent: now. */
	deliveries: Array<{ id: bigint; delayMs?: number }>;
	/** The steps of escalation to wait for. */
	steps: Array<{ pageId: bigint; step: number; delayMs: number }>;
	/** The subjects of the pages that have opened. */
	opened: PageSubject[];
	changes: Array<{ supplierId: number; change: PageChanged }>;
}

export const nothingToDo = (): AfterCommit => ({ deliveries: [], steps: [], opened: [], changes: [] });

/** Enqueues the jobs of on call. The jobs carry ids only. */
export interface OnCallJobs {
	deliver(deliveryId: bigint, delayMs?: number): void;
	escalate(pageId: bigint, step: number, delayMs: number): void;
}

export interface AfterDeps {
	jobs: OnCallJobs;
	publishPages(changes: AfterCommit['changes']): Promise<void>;
}

/** The database and the follow-up work of a job of the worker. */
export interface PagingDeps extends AfterDeps {
	pool: pg.Pool;
}

/** Does the follow-up work after the commit. */
export async function finish({ jobs, publishPages }: AfterDeps, after: AfterCommit): Promise<void> {
	for (const { id, delayMs } of after.deliveries) jobs.deliver(id, delayMs);
	for (const { pageId, step, delayMs } of after.steps) jobs.escalate(pageId, step, delayMs);
	for (const subject of after.opened) countOpenedPage(subject);
	await publishPages(after.changes);
}
