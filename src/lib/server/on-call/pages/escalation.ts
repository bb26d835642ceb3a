// Escalates pages that nobody has acknowledged. A delayed job of BullMQ starts each step on time. The rows of
// PostgreSQL decide: a doubled job does nothing, and a timer of the worker finds the steps whose job was lost.
import { statement } from '#lib/server/postgres/statement.ts';
import { inTransaction } from '#lib/server/postgres/transaction.ts';
import { finish, nothingToDo, type PagingDeps } from './after-commit.ts';
import { PAGE_COLUMNS, type PageRow } from './page-rows.ts';
import { takeStep } from './steps.ts';

/**
 * Takes a page one step further if it is still open, still at `step`, and its wait is over. Returns whether the page
 * has moved.
 */
export async function escalate(deps: PagingDeps, pageId: bigint, step: number): Promise<boolean> {
	const after = nothingToDo();
	const moved = await inTransaction(deps.pool, async (client) => {
		const { rows } = await client.query<PageRow & { wait_seconds: number }>(DUE({ pageId, step }));
		const [page] = rows;
		if (!page) return false;
		const minutes = Math.round(page.wait_seconds / 60);
		const reason =
			page.alarm === 'unreached'
				? 'no channel has reached anybody'
				: `nobody has acknowledged for ${minutes <= 1 ? 'a minute' : `${minutes} minutes`}`;
		await takeStep(client, page, page.step + 1, reason, null, after);
		return true;
	});
	await finish(deps, after);
	return moved;
}

const DUE = statement(
	'page-step-due',
	`select ${PAGE_COLUMNS}, step_seconds::float8 as wait_seconds from page
	where id = :pageId and step = :step and state = 'open' and step_at <= now() + interval '50 ms' for update`
);

/**
 * Escalates the pages whose step is overdue, because their job was lost. Also repairs waits that a clock which was set
 * back has made too long. Returns the number of pages that have moved.
 */
export async function escalateOverdue(deps: PagingDeps): Promise<number> {
	await deps.pool.query(SHORTEN({}));
	const { rows } = await deps.pool.query<{ id: bigint; step: number }>(OVERDUE({}));
	let moved = 0;
	for (const { id, step } of rows) if (await escalate(deps, id, step)) moved++;
	return moved;
}

const SHORTEN = statement(
	'shorten-page-waits',
	`update page set step_at = now() + make_interval(secs => step_seconds)
	where step_at > now() + make_interval(secs => step_seconds + 5) and state = 'open'`
);

const OVERDUE = statement(
	'overdue-page-steps',
	`select id, step from page where step_at < now() - interval '1 second' and state = 'open' order by step_at limit 200`
);
