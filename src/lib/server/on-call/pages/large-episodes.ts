// Opens pages about episodes that have grown large enough for a route (started by a timer of the worker).
import { matches } from '#lib/domain/on-call/route.ts';
import { readRoutes } from '#lib/server/on-call/routing/routes.ts';
import { statement } from '#lib/server/postgres/statement.ts';
import { inTransaction } from '#lib/server/postgres/transaction.ts';
import { finish, nothingToDo, type PagingDeps } from './after-commit.ts';
import { readOpenMember } from './news.ts';
import { openAboutAlert } from './open-about-alert.ts';

/**
 * Opens pages about episodes that have grown large enough for a route. Grouping counts a large episode after its
 * Alerts have entered the feed, so the feed alone does not show the growth. Returns the number of pages opened.
 */
export async function pageLargeEpisodes(deps: PagingDeps): Promise<number> {
	const { rows } = await deps.pool.query<{ supplier_id: number; id: bigint; devices: number }>(GROWN({}));
	let opened = 0;
	for (const { supplier_id: supplierId, id, devices } of rows) {
		const after = nothingToDo();
		await inTransaction(deps.pool, async (client) => {
			const member = await readOpenMember(client, supplierId, id);
			if (!member) return;
			const routes = (await readRoutes(client, supplierId)).filter(({ enabled }) => enabled);
			const route = routes.find(({ when }) => matches(when, { ...member, devices }));
			if (!route) return;
			const page = await openAboutAlert(
				client,
				{
					supplierId,
					alert: member,
					alertIds: [member.id],
					route,
					priority: member.priority,
					why: `route ${route.name}`,
					actor: null
				},
				after
			);
			if (page) opened++;
		});
		await finish(deps, after);
	}
	return opened;
}

const GROWN = statement(
	'grown-episodes',
	`select e.supplier_id, e.id, e.devices from (
		select supplier_id, min((definition->'when'->>'minDevices')::int) as least from on_call_route
		where enabled and definition->'when' ? 'minDevices' group by supplier_id
	) r join episode e on e.supplier_id = r.supplier_id and e.last_at > now() - interval '2 hours' and e.devices >= r.least
	where not exists (select from page p where p.supplier_id = e.supplier_id and p.subject_key = 'episode ' || e.id)
	order by e.id limit 50`
);
