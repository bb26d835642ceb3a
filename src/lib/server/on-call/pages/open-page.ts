// Opens a page: holds it back in quiet hours and maintenance, folds a flood of pages into one, and damps a matter that
// comes back soon after somebody resolved its page. Nothing holds back priority 1.
import type pg from 'pg';
import { expects } from '#lib/domain/on-call/maintenance.ts';
import type { PageContent, PageSubject } from '#lib/domain/on-call/page.ts';
import { quietUntil } from '#lib/domain/on-call/quiet-hours.ts';
import type { PagePlan, Route } from '#lib/domain/on-call/route.ts';
import { maintenanceReason, readOpenWindows } from '#lib/server/on-call/maintenance/maintenance.ts';
import { readRota } from '#lib/server/on-call/rotas/rota-rows.ts';
import { statement } from '#lib/server/postgres/statement.ts';
import type { AfterCommit } from './after-commit.ts';
import {
	PAGE_COLUMNS,
	addAlerts,
	changeOf,
	changePage,
	insertPage,
	type Actor,
	type PageRow
} from './page-rows.ts';
import { takeStep } from './steps.ts';

/** A matter that comes back within this time after its page was resolved opens no new page. */
const DAMPED_SECONDS = 15 * 60;
/** A route that opened this many pages in five minutes folds further Alerts into its newest open page. */
const FLOOD_PAGES = 20;

/** A page to be opened, as a route or a person asks for it. */
export interface Opening {
	supplierId: number;
	subject: PageSubject;
	subjectKey: string;
	alertIds: readonly bigint[];
	alertId: bigint | null;
	episodeId: bigint | null;
	route: string;
	plan: PagePlan;
	quietHours: Route['quietHours'];
	priority: number;
	content: PageContent;
	/** The place of the matter, for maintenance windows; `null`: no window fits, such as for a fault of a feed. */
	place: { area: string | null; code: string; hubId: string | null } | null;
	/** Why the page opens, in words. */
	why: string;
	/** The person who opens the page by hand; `null`: a route opens it. */
	actor: Actor | null;
}

/** The parts of an opening that is about no Alert. */
export const NO_ALERT = { alertIds: [], alertId: null, episodeId: null, place: null };

export const planOf = (route: Route): PagePlan => ({
	rota: route.rota,
	channels: route.channels,
	acknowledgeSeconds: route.acknowledgeMinutes * 60,
	then: route.then
});

/** Opens the page and tells its first receivers. Returns `null` if the same subject has a page that is not resolved. */
export async function openPage(
	client: pg.ClientBase,
	opening: Opening,
	after: AfterCommit
): Promise<PageRow | null> {
	const isUrgent = opening.priority === 1 || opening.actor !== null;
	const held = isUrgent ? null : await heldUntil(client, opening, Date.now());
	const page = await insertPage(client, {
		...opening,
		heldUntil: held && new Date(held.until),
		heldWhy: held && held.why
	});
	if (!page) return null;
	after.opened.push(opening.subject);
	if (!held) return takeStep(client, page, 0, opening.why, opening.actor, after);
	after.changes.push(changeOf(page));
	return page;
}

async function heldUntil(
	client: pg.ClientBase,
	{ supplierId, quietHours, plan, place }: Opening,
	now: number
): Promise<{ until: number; why: string } | null> {
	const rota = quietHours && plan.rota ? await readRota(client, supplierId, plan.rota) : null;
	const quiet = quietHours && quietUntil(quietHours, rota?.timeZone ?? 'Europe/London', now);
	const windows = place ? await readOpenWindows(client, supplierId, now) : [];
	const ends = windows
		.filter((window) => expects(window, place!))
		.map((window) => ({ until: Date.parse(window.to), why: maintenanceReason(window.id) }));
	if (quiet) ends.push({ until: quiet, why: 'quiet hours' });
	return ends.sort((a, b) => b.until - a.until)[0] ?? null;
}

/**
 * Adds Alerts to the page of their matter if a person resolved that page a short time ago. Returns whether this is so. In
 * that case no page opens.
 */
export async function isDamped(
	client: pg.ClientBase,
	{
		supplierId,
		subjectKey,
		episodeId,
		priority
	}: Pick<Opening, 'supplierId' | 'subjectKey' | 'episodeId' | 'priority'>,
	alertIds: readonly bigint[]
): Promise<boolean> {
	if (priority === 1) return false;
	const { rows } = await client.query<PageRow>(
		RECENT({ supplierId, subjectKey, episodeId, seconds: DAMPED_SECONDS })
	);
	const [page] = rows;
	if (!page) return false;
	const added = await addAlerts(client, page, alertIds);
	if (added > 0) await changePage(client, page, { more_alerts: page.more_alerts + added });
	return true;
}

// A page that ended without a person damps nothing: nobody has looked at the matter. The page of an Alert that has joined
// an episode since is the page of the episode.
const RECENT = statement(
	'recent-page-of-matter',
	`select ${PAGE_COLUMNS} from page p
	where supplier_id = :supplierId and resolved_at > now() - make_interval(secs => :seconds) and resolved->>'by' is not null
		and (subject_key = :subjectKey or exists (
			select from page_alert a
			join supplier_alert s on s.supplier_id = a.supplier_id and s.alert_id = a.alert_id
			where a.page_id = p.id and s.episode_id = :episodeId
		))
	order by id desc limit 1 for update`
);

/**
 * Returns the newest page of the route that is not resolved, if the route has opened so many pages in five minutes that
 * further Alerts belong into it; `null`: there is no flood.
 */
export async function pageOfFlood(
	client: pg.ClientBase,
	supplierId: number,
	route: string
): Promise<bigint | null> {
	const { rows } = await client.query<{ newest: bigint | null }>(
		FLOOD({ supplierId, route, most: FLOOD_PAGES })
	);
	return rows[0]?.newest ?? null;
}

const FLOOD = statement(
	'flood-of-pages',
	`select max(id) filter (where state <> 'resolved') as newest from (
		select id, state, opened_at from page where supplier_id = :supplierId and route = :route order by id desc limit :most
	) recent having count(*) = :most and min(opened_at) > now() - interval '5 minutes'`
);
