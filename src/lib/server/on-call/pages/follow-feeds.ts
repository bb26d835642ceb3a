// Follows the feeds of the Suppliers and opens, updates and resolves pages (started by a timer of the worker). The pages
// of a batch of feed entries are committed together with the place up to which the feed was read. So no change is
// missed or handled twice, whatever ends the process.
import type pg from 'pg';
import { matches, type Route } from '#lib/domain/on-call/route.ts';
import { inTurn } from '#lib/server/feed/feed-cursor.ts';
import { readRoutes } from '#lib/server/on-call/routing/routes.ts';
import { statement } from '#lib/server/postgres/statement.ts';
import { finish, nothingToDo, type AfterCommit, type PagingDeps } from './after-commit.ts';
import { suppliersToFollow, takeNews, type ChangedAlert, type News } from './news.ts';
import { openAboutAlert } from './open-about-alert.ts';
import { isDamped, pageOfFlood } from './open-page.ts';
import { addAlerts, changePage, lockPages, type PageRow } from './page-rows.ts';
import { keyOfMatter, refreshPage } from './refresh-page.ts';

const ENTRIES_PER_STEP = 1000;
/** A page with more Alerts than this is brought up to date at most once in `REST_MS`. */
const LARGE_PAGE = 500;
const REST_MS = 2000;

/** A matter that a route asks to page about: Alerts of one episode, or of one Device and code. */
interface Matter {
	key: string;
	route: Route;
	episodeId: bigint | null;
	alerts: ChangedAlert[];
}

/** Creates the job. Each call reads the unread entries of all feeds, and returns the number of Alerts that it read. */
export function createPaging(deps: PagingDeps): () => Promise<number> {
	/** The large pages that changed while they rested, by id, with the time of their last refresh (`performance.now`). */
	const resting = new Map<bigint, number>();

	return async () => {
		let count = 0;
		for (const supplierId of await suppliersToFollow(deps.pool)) {
			for (;;) {
				const after = nothingToDo();
				const news = await inTurn(deps.pool, 'on-call', supplierId, async (client, seq) => {
					const unread = await takeNews(client, supplierId, seq, ENTRIES_PER_STEP);
					await pageAbout(client, supplierId, unread, resting, after);
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
	resting: Map<bigint, number>,
	after: AfterCommit
): Promise<void> {
	if (alerts.length + gone.length === 0) return;
	const ids = [...alerts.map(({ id }) => id), ...gone];
	const [routes, pagesOf, devicesOf] = await Promise.all([
		readRoutes(client, supplierId),
		pagesOfAlerts(client, supplierId, ids),
		devicesOfEpisodes(client, supplierId, alerts)
	]);
	const matters = mattersOf(alerts, routes, devicesOf);
	const byKey = await pagesOfKeys(client, supplierId, [...matters.keys()]);
	/** The pages to bring up to date. */
	const touched = new Set([...pagesOf.values()].flat());

	for (const matter of matters.values()) {
		const known = byKey.get(matter.key) ?? matter.alerts.flatMap(({ id }) => pagesOf.get(id) ?? [])[0];
		const pageId = known ?? (await open(client, supplierId, matter, after));
		if (pageId === null) continue;
		await addAlerts(
			client,
			{ id: pageId, supplier_id: supplierId },
			matter.alerts.map(({ id }) => id)
		);
		if (known !== undefined) touched.add(known);
	}

	const isEnding = new Set([...gone, ...alerts.filter(({ decided }) => decided).map(({ id }) => id)]);
	const urgent = new Set(ids.filter((id) => isEnding.has(id)).flatMap((id) => pagesOf.get(id) ?? []));
	for (const page of await lockPages(client, supplierId, [...touched])) {
		const last = resting.get(page.id) ?? -Infinity;
		const rests = page.alerts > LARGE_PAGE && performance.now() - last < REST_MS;
		if (rests && !urgent.has(page.id)) continue;
		if (page.alerts > LARGE_PAGE) resting.set(page.id, performance.now());
		const now = await refreshPage(client, page, after);
		if (now.state === 'resolved') resting.delete(page.id);
	}
}

/** Groups the Alerts that meet a route by their matter. The first route that an Alert meets counts. */
function mattersOf(
	alerts: readonly ChangedAlert[],
	routes: readonly Route[],
	devicesOf: ReadonlyMap<bigint, number>
): Map<string, Matter> {
	const enabled = routes.filter(({ enabled }) => enabled);
	const matters = new Map<string, Matter>();
	for (const alert of alerts) {
		const devices = alert.episodeId === null ? 0 : (devicesOf.get(alert.episodeId) ?? 0);
		const route = enabled.find(({ when }) => matches(when, { ...alert, devices }));
		if (!route) continue;
		const key = keyOfMatter(alert);
		const matter = matters.get(key) ?? { key, route, episodeId: alert.episodeId, alerts: [] };
		if (route.place < matter.route.place) matter.route = route;
		matter.alerts.push(alert);
		matters.set(key, matter);
	}
	return matters;
}

/** Opens a page about a matter. Returns the page that the Alerts belong to; `null`: the matter is damped. */
async function open(
	client: pg.ClientBase,
	supplierId: number,
	{ key, route, episodeId, alerts }: Matter,
	after: AfterCommit
): Promise<bigint | null> {
	const priority = Math.min(...alerts.map((alert) => alert.priority));
	const subject = { supplierId, subjectKey: key, episodeId, priority };
	const alertIds = alerts.map(({ id }) => id);
	// New evidence against a decision is news, however short ago the decision was.
	const isNews = alerts.some(({ contradicted }) => contradicted);
	if (!isNews && (await isDamped(client, subject, alertIds))) return null;
	const flood = await pageOfFlood(client, supplierId, route.name);
	if (flood !== null) return foldInto(client, supplierId, flood, alerts.length);
	const page = await openAboutAlert(
		client,
		{ supplierId, alert: alerts[0]!, alertIds, route, priority, why: `route ${route.name}`, actor: null },
		after
	);
	return page?.id ?? null;
}

async function foldInto(
	client: pg.ClientBase,
	supplierId: number,
	pageId: bigint,
	alerts: number
): Promise<bigint> {
	const [page] = await lockPages(client, supplierId, [pageId]);
	await changePage(client, page!, { more_alerts: page!.more_alerts + alerts });
	return pageId;
}

/** Returns the pages of these Alerts that are not resolved, by Alert. */
async function pagesOfAlerts(
	client: pg.ClientBase,
	supplierId: number,
	alertIds: readonly bigint[]
): Promise<Map<bigint, bigint[]>> {
	const { rows } = await client.query<{ alert_id: bigint; page_id: bigint }>(
		PAGES_OF_ALERTS({ supplierId, alertIds })
	);
	return Map.groupBy(rows, (row) => row.alert_id)
		.entries()
		.map(([id, some]): [bigint, bigint[]] => [id, some.map((row) => row.page_id)])
		.reduce((map, [id, pages]) => map.set(id, pages), new Map<bigint, bigint[]>());
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
	`select a.alert_id, a.page_id from page_alert a join page p on p.id = a.page_id
	where a.supplier_id = :supplierId and a.alert_id = any(:alertIds::bigint[]) and p.state <> 'resolved'
	order by a.alert_id, a.page_id`
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
