// Opens the daily test page of each rota, so that a broken channel shows by day (started by a timer of the worker).
import type pg from 'pg';
import { testContent } from '#lib/domain/on-call/message.ts';
import { query, statement } from '#lib/server/postgres/statement.ts';
import { inTransaction } from '#lib/server/postgres/transaction.ts';
import { finish, nothingToDo, type AfterCommit, type PagingDeps } from './after-commit.ts';
import { NO_ALERT, openPage } from './open-page.ts';
import { PAGE_COLUMNS, type PageRow } from './page-rows.ts';
import { ended, resolvePage } from './refresh-page.ts';

/** The local hour at which a rota gets its daily test page. */
const TEST_HOUR = 10;

/**
 * Opens the daily test page of each rota after 10:00 of its time zone, by all channels of the routes of the rota.
 * Yesterday's test page that nobody acknowledged is resolved. Returns the number of pages opened.
 */
export async function openTestPages(deps: PagingDeps): Promise<number> {
	const after = nothingToDo();
	let opened = 0;
	await inTransaction(deps.pool, async (client) => {
		const { rows } = await client.query<{ supplier_id: number; name: string; channels: string[] }>(
			TEST_DUE({ hour: TEST_HOUR })
		);
		for (const { supplier_id: supplierId, name, channels } of rows)
			if (await openTestPage(client, supplierId, name, channels, after)) opened++;
	});
	await finish(deps, after);
	return opened;
}

/** Opens a test page of a rota now. A test page that is not resolved ends first. */
async function openTestPage(
	client: pg.ClientBase,
	supplierId: number,
	rota: string,
	channels: readonly string[],
	after: AfterCommit
): Promise<PageRow | null> {
	const { rows } = await client.query<PageRow>(OPEN_TESTS({ supplierId, key: `test ${rota}` }));
	for (const page of rows) await resolvePage(client, page, ended('A new test page replaces it'), after);
	return openPage(
		client,
		{
			...NO_ALERT,
			supplierId,
			subject: 'test',
			subjectKey: `test ${rota}`,
			route: 'test page',
			plan: { rota, channels: [...channels], acknowledgeSeconds: 3600, then: [], once: true },
			quietHours: null,
			priority: 4,
			content: testContent(rota),
			why: 'daily test',
			actor: null
		},
		after
	);
}

const OPEN_TESTS = statement(
	'open-test-pages',
	`select ${PAGE_COLUMNS} from page where supplier_id = :supplierId and subject_key = :key and state <> 'resolved' for update`
);

// A rota that no route uses has no channels, and gets no test page.
const TEST_DUE = query(`
with due as (
	select r.id, r.supplier_id, r.name, (now() at time zone (r.definition->>'timeZone'))::date as today, array(
		select distinct channel from on_call_route route cross join jsonb_array_elements_text(route.definition->'channels') channel
		where route.supplier_id = r.supplier_id and route.enabled and route.definition->>'rota' = r.name order by channel
	) as channels
	from on_call_rota r
	where extract(hour from now() at time zone (r.definition->>'timeZone')) >= :hour
		and r.tested_on is distinct from (now() at time zone (r.definition->>'timeZone'))::date
	for update skip locked
)
update on_call_rota r set tested_on = due.today from due where r.id = due.id and cardinality(due.channels) > 0
returning r.supplier_id, r.name, due.channels`);
