// Sends the pages that quiet hours or a maintenance window has held back (started by a timer of the worker).
import { statement } from '#lib/server/postgres/statement.ts';
import { inTransaction } from '#lib/server/postgres/transaction.ts';
import { finish, nothingToDo, type PagingDeps } from './after-commit.ts';
import { PAGE_COLUMNS, type PageRow } from './page-rows.ts';
import { releasePage } from './refresh-page.ts';

/** Sends the pages whose quiet hours or maintenance window has ended. Returns their number. */
export async function releaseHeldPages(deps: PagingDeps): Promise<number> {
	const after = nothingToDo();
	const released = await inTransaction(deps.pool, async (client) => {
		const { rows } = await client.query<PageRow>(HELD({}));
		for (const page of rows) await releasePage(client, page, 'the time is over', after);
		return rows.length;
	});
	await finish(deps, after);
	return released;
}

const HELD = statement(
	'held-pages',
	`select ${PAGE_COLUMNS} from page where held_until <= now() and state = 'open' order by id limit 100 for update skip locked`
);
