// Pages about faults of the feeds: a feed that has stopped must not look like a calm night (started by a timer of the
// worker).
import { feedContent } from '#lib/domain/on-call/message.ts';
import type { FeedFault } from '#lib/domain/feed-state.ts';
import type { Route } from '#lib/domain/on-call/route.ts';
import { readRoutes } from '#lib/server/on-call/routing/routes.ts';
import { statement } from '#lib/server/postgres/statement.ts';
import { inTransaction } from '#lib/server/postgres/transaction.ts';
import { finish, nothingToDo, type PagingDeps } from './after-commit.ts';
import { NO_ALERT, openPage, planOf, type Opening } from './open-page.ts';
import { PAGE_COLUMNS, type PageRow } from './page-rows.ts';
import { ended, resolvePage } from './refresh-page.ts';

/**
 * Opens a page for each fault of a feed that a Supplier has a route for, and resolves the pages of faults that are
 * over. `faultsOf`: reads the faults that bear on a Supplier.
 */
export async function pageFeedFaults(
	deps: PagingDeps,
	faultsOf: (supplierId: number) => Promise<readonly FeedFault[]>
): Promise<void> {
	const { rows } = await deps.pool.query<{ supplier_id: number }>(WATCHED({}));
	for (const { supplier_id: supplierId } of rows) {
		const faults = await faultsOf(supplierId);
		const after = nothingToDo();
		await inTransaction(deps.pool, async (client) => {
			const route = (await readRoutes(client, supplierId)).find(
				({ when, enabled }) => enabled && when.feedFault
			);
			const { rows: open } = await client.query<PageRow>(OPEN_FAULTS({ supplierId }));
			for (const page of open)
				if (!faults.some(({ key }) => faultKey(key) === page.subject_key))
					await resolvePage(client, page, ended('The feed works again'), after);
			if (!route) return;
			for (const fault of faults)
				if (!open.some((page) => page.subject_key === faultKey(fault.key)))
					await openPage(client, faultOpening(supplierId, fault, route), after);
		});
		await finish(deps, after);
	}
}

const faultKey = (key: string): string => `feed ${key}`;

function faultOpening(supplierId: number, { key, text }: FeedFault, route: Route): Opening {
	return {
		...NO_ALERT,
		supplierId,
		subject: 'feed',
		subjectKey: faultKey(key),
		route: route.name,
		plan: planOf(route),
		quietHours: null, // a stopped feed looks like a calm night, so that its page never waits for the morning
		priority: 2,
		content: feedContent(text),
		why: `route ${route.name}`,
		actor: null
	};
}

const WATCHED = statement(
	'suppliers-with-feed-routes',
	`select distinct supplier_id from on_call_route where enabled and definition->'when' ? 'feedFault'
	union select supplier_id from page where subject = 'feed' and state <> 'resolved'`
);

const OPEN_FAULTS = statement(
	'open-feed-pages',
	`select ${PAGE_COLUMNS} from page where supplier_id = :supplierId and subject = 'feed' and state <> 'resolved'
	order by id for update`
);
