// Follows the feeds of the Suppliers and opens, updates and resolves pages (started by a timer of the worker). The pages
// of a batch of feed entries are committed together with the place up to which the feed was read. So no change is
// missed or handled twice, whatever ends the process.
import type pg from 'pg';
import { JOURNAL } from '#lib/domain/alert-state.ts';
import { matches, type Route } from '#lib/domain/on-call/route.ts';
import { inTurn } from '#lib/server/feed/feed-cursor.ts';
import { readRoutes } from '#lib/server/on-call/routing/routes.ts';
import { statement } from '#lib/server/postgres/statement.ts';
import { finish, nothingToDo, type AfterCommit, type PagingDeps } from './after-commit.ts';
import { createFeedWatch, takeNews, type ChangedAlert, type News } from './news.ts';
import { openAboutAlert } from './open-about-alert.ts';
import { isDamped, pageOfFlood } from './open-page.ts';
import { addAlerts, changePage, lockPages, removeAlerts, type PageRow } from './page-rows.ts';
import { keyOfMatter, refreshPage } from './refresh-page.ts';

const ENTRIES_PER_STEP = 1000;

/** A matter that a route asks to page about: Alerts of one episode, or of one Device and code. */
interface Matter {
	key: string;
	route: Route;
	/** The Alert that the page shows. */
	first: ChangedAlert;
	alertIds: bigint[];
	/** The most urgent priority of the Alerts. */
	priority: number;
	/** Whether new evidence contradicts a decision. Then it does not matter how short ago the decision was. */
	isNews: boolean;
}

/** Creates the job. Each call reads the unread entries of all feeds, and returns the number of Alerts that it read. */
export function createPaging(deps: PagingDeps): () => Promise<number> {
	const suppliersToFollow = createFeedWatch(deps.pool);

	return async () => {
		let count = 0;
		for (const supplierId of await suppliersToFollow()) {
			for (;;) {
				const after = nothingToDo();
				const news = await inTurn(deps.pool, 'on-call', supplierId, async (client, seq) => {
					const unread = await takeNews(client, supplierId, seq, ENTRIES_PER_STEP);
					await pageAbout(client, supplierId, unread, after);
					return unread;
				});
				await finish(deps, after);
				count += news?.alerts.length ?? 0;
				if (!news?.more) break;
			}
		}
		return count;
	};
}

async function pageAbout(
	client: pg.ClientBase,
	supplierId: number,
	{ alerts, gone }: News,
	after: AfterCommit
): Promise<void> {
	if (alerts.length + gone.length === 0) return;
	const [routes, pagesOf, devicesOf] = await Promise.all([
		readRoutes(client, supplierId),
		pagesOfAlerts(client, supplierId, [...alerts.map(({ id }) => id), ...gone]),
		devicesOfEpisodes(client, supplierId, alerts)
	]);
	const matters = mattersOf(alerts, routes, devicesOf);
	const byKey = await pagesOfKeys(client, supplierId, [...matters.keys()]);
	/** The pages to bring up to date, each with the most urgent priority of the Alerts that have joined it. */
	const touched = new Map([...pagesOf.values()].flat().map((pageId) => [pageId, JOURNAL]));

	for (const matter of matters.values()) {
		const { key, alertIds, priority } = matter;
		const known =
			byKey.get(key) ??
			alertIds.flatMap((id) => pagesOf.get(id) ?? [])[0] ??
			(await openOrFold(client, supplierId, matter, after));
		if (known === null) continue;
		await addAlerts(client, { id: known, supplier_id: supplierId }, alertIds);
		touched.set(known, Math.min(priority, touched.get(known) ?? JOURNAL));
	}
	await removeAlerts(client, supplierId, gone);
	for (const page of await lockPages(client, supplierId, [...touched.keys()]))
		await refreshPage(client, page, touched.get(page.id)!, after);
}

/** Groups the Alerts that meet a route by their matter. The first route that an Alert meets counts. */
function mattersOf(
	alerts: readonly ChangedAlert[],
	routes: readonly Route[],
	devicesOf: ReadonlyMap<bigint, number>
): Map<string, Matter> {
	const enabled = routes.filter((route) => route.enabled);
	const matters = new Map<string, Matter>();
	for (const alert of alerts) {
		const devices = alert.episodeId === null ? 0 : (devicesOf.get(alert.episodeId) ?? 0);
		const route = enabled.find(({ when }) => matches(when, { ...alert, devices }));
		if (!route) continue;
		const key = keyOfMatter(alert);
		const matter = matters.get(key) ?? {
			key,
			route,
			first: alert,
			alertIds: [],
			priority: JOURNAL,
			isNews: false
		};
		if (route.place < matter.route.place) matter.route = route;
		matter.alertIds.push(alert.id);
		matter.priority = Math.min(matter.priority, alert.priority);
		matter.isNews ||= alert.contradicted;
		matters.set(key, matter);
	}
	return matters;
}

/**
 * Opens a page about a matter. In a flood of pages, returns an open page of the same route to which the Alerts are added
 * instead. Returns `null` if there is nothing more to do: the page is new, or the matter is damped.
 */
async function openOrFold(
	client: pg.ClientBase,
	supplierId: number,
	{ key, route, first, alertIds, priority, isNews }: Matter,
	after: AfterCommit
): Promise<bigint | null> {
	const matter = { supplierId, subjectKey: key, episodeId: first.episodeId, priority };
	if (!isNews && (await isDamped(client, matter, alertIds))) return null;
	const flooded = await pageOfFlood(client, supplierId, route.name);
	if (flooded !== null) {
		const [page] = await lockPages(client, supplierId, [flooded]);
		await changePage(client, page!, { more_alerts: page!.more_alerts + alertIds.length });
		return flooded;
	}
	const why = `route ${route.name}`;
	await openAboutAlert(
		client,
		{ supplierId, alert: first, alertIds, route, priority, why, actor: null },
		after
	);
	return null;
}

/** Returns the pages of these Alerts that are not resolved, by Alert. */
async function pagesOfAlerts(
	client: pg.ClientBase,
	supplierId: number,
	alertIds: readonly bigint[]
): Promise<Map<bigint, bigint[]>> {
	const { rows } = await client.query<{ alert_id: bigint; pages: string[] }>(
		PAGES_OF_ALERTS({ supplierId, alertIds })
	);
	return new Map(rows.map((row) => [row.alert_id, row.pages.map(BigInt)]));
}

async function pagesOfKeys(
	client: pg.ClientBase,
	supplierId: number,
	keys: readonly string[]
): Promise<Map<string, bigint>> {
	if (keys.length === 0) return new Map();
	const { rows } = await client.query<Pick<PageRow, 'id' | 'subject_key'>>(
		PAGES_OF_KEYS({ supplierId, keys })
	);
	return new Map(rows.map((row) => [row.subject_key, row.id]));
}

async function devicesOfEpisodes(
	client: pg.ClientBase,
	supplierId: number,
	alerts: readonly ChangedAlert[]
): Promise<Map<bigint, number>> {
	const ids = [...new Set(alerts.flatMap(({ episodeId }) => episodeId ?? []))];
	if (ids.length === 0) return new Map();
	const { rows } = await client.query<{ id: bigint; devices: number }>(DEVICES({ supplierId, ids }));
	return new Map(rows.map((row) => [row.id, row.devices]));
}

const PAGES_OF_ALERTS = statement(
	'pages-of-alerts',
	`select a.alert_id, array_agg(a.page_id::text order by a.page_id) as pages
	from page_alert a join page p on p.id = a.page_id
	where a.supplier_id = :supplierId and a.alert_id = any(:alertIds::bigint[]) and p.state <> 'resolved'
	group by a.alert_id`
);

const PAGES_OF_KEYS = statement(
	'pages-of-keys',
	`select id, subject_key from page
	where supplier_id = :supplierId and subject_key = any(:keys::text[]) and state <> 'resolved'`
);

const DEVICES = statement(
	'devices-of-episodes',
	'select id, devices from episode where supplier_id = :supplierId and id = any(:ids::bigint[])'
);
