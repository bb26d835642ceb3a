// Opens pages about episodes that have grown large enough for a route (started by a timer of the worker).
import type pg from 'pg';
import { matches } from '#lib/domain/on-call/route.ts';
import { readRoutes } from '#lib/server/on-call/routing/routes.ts';
import { statement } from '#lib/server/postgres/statement.ts';
import { inTransaction } from '#lib/server/postgres/transaction.ts';
import { finish, nothingToDo, type AfterCommit, type PagingDeps } from './after-commit.ts';
import { readOpenMember } from './news.ts';
import { openAboutAlert } from './open-about-alert.ts';

/** A recent episode without a page, which has as many Devices as one of the routes of its Supplier asks for. */
interface GrownEpisode {
	supplier_id: number;
	id: bigint;
	devices: number;
}

/**
 * Creates the job. Grouping counts a large episode after its Alerts have entered the feed, so the feed alone does not show
 * the growth. Each call looks at the episodes that have grown since the call before, and returns the number of pages
 * opened.
 */
export function createLargeEpisodePaging(deps: PagingDeps): () => Promise<number> {
	/** The Devices of each episode when it was last looked at, so that an episode that no route fits is not read again. */
	let looked = new Map<bigint, number>();

	return async () => {
		const { rows } = await deps.pool.query<GrownEpisode>(GROWN({}));
		const grown = rows.filter(({ id, devices }) => looked.get(id) !== devices);
		looked = new Map(rows.map(({ id, devices }) => [id, devices]));
		let opened = 0;
		for (const episode of grown) {
			const after = nothingToDo();
			if (await inTransaction(deps.pool, (client) => pageAbout(client, episode, after))) opened++;
			await finish(deps, after);
		}
		return opened;
	};
}

async function pageAbout(
	client: pg.ClientBase,
	{ supplier_id: supplierId, id, devices }: GrownEpisode,
	after: AfterCommit
): Promise<boolean> {
	const alert = await readOpenMember(client, supplierId, id);
	const routes = alert && (await readRoutes(client, supplierId));
	const route = routes?.find((one) => one.enabled && matches(one.when, { ...alert!, devices }));
	if (!alert || !route) return false;
	const { id: alertId, priority } = alert;
	const why = `route ${route.name}`;
	const about = { supplierId, alert, alertIds: [alertId], route, priority, why, actor: null };
	return (await openAboutAlert(client, about, after)) !== null;
}

const GROWN = statement(
	'grown-episodes',
	`select e.supplier_id, e.id, e.devices from (
		select supplier_id, min((definition->'when'->>'minDevices')::int) as least from on_call_route
		where enabled and definition->'when' ? 'minDevices' group by supplier_id
	) r join episode e on e.supplier_id = r.supplier_id and e.last_at > now() - interval '2 hours' and e.devices >= r.least
	where not exists (select from page p where p.supplier_id = e.supplier_id and p.subject_key = 'episode ' || e.id)
	order by e.id`
);
