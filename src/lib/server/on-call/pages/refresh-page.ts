// Brings a page up to date after one of its Alerts has changed: follows the Alert into its episode, says what is new,
// and resolves the page when all its Alerts are decided.
import { isDeepStrictEqual } from 'node:util';
import type pg from 'pg';
import type { Verdict } from '#lib/domain/decision.ts';
import { updateText } from '#lib/domain/on-call/message.ts';
import { decidedText } from '#lib/domain/on-call/answered.ts';
import { AnswerChannel } from '#lib/domain/on-call/page.ts';
import { STANDING_CHANNEL } from '#lib/domain/standing-decision/standing-decision.ts';
import { statement } from '#lib/server/postgres/statement.ts';
import type { AfterCommit } from './after-commit.ts';
import { readContent } from './content.ts';
import { tellReceivers } from './events.ts';
import { changeOf, changePage, type PageChange, type PageRow, type Resolution } from './page-rows.ts';
import { takeStep } from './steps.ts';

/** What the Alerts of a page look like now. `shown: null`: none of them waits for a decision. */
interface Standing {
	/** The number of Alerts of the page. */
	alerts: number;
	/** The Alert that the page shows: the one that opened it, or else the newest that waits for a decision. */
	shown: bigint | null;
	/** The episode of the Alert that the page shows. */
	episode: bigint | null;
}

/** The last decision on an Alert of a page. */
interface LastDecision {
	decided_by: string;
	decided_by_id: string;
	decided_at: Date;
	channel: string;
	verdict: Verdict | null;
}

/** The key of a page about an episode. */
const episodeKey = (episodeId: bigint): string => `episode ${episodeId}`;

/** The key of a page about an Alert that stands alone. A repeat on the same Device is the same matter. */
const alertKey = (deviceId: string, code: string): string => `alert ${deviceId} ${code}`;

/** Returns the key of the page about an Alert: of its episode, or of the Alert itself while it stands alone. */
export const keyOfMatter = ({
	episodeId,
	deviceId,
	code
}: {
	episodeId: bigint | null;
	deviceId: string;
	code: string;
}): string => (episodeId === null ? alertKey(deviceId, code) : episodeKey(episodeId));

/**
 * Brings a locked page up to date. `priority`: the most urgent priority of the Alerts that have joined the page. Returns
 * the page as it is now.
 */
export async function refreshPage(
	client: pg.ClientBase,
	page: PageRow,
	priority: number,
	after: AfterCommit
): Promise<PageRow> {
	if (page.state === 'resolved' || page.alert_id === null) return page;
	const { supplier_id: supplierId, id: pageId, alert_id: alertId } = page;
	const { rows } = await client.query<Standing>(STANDING({ supplierId, pageId, alertId }));
	const { alerts, shown, episode } = rows[0]!;
	if (alerts === 0) return resolvePage(client, page, ended('The Alerts are no longer yours to see'), after);
	if (shown === null) return resolvePage(client, page, await lastDecision(client, page), after);

	const joins = page.episode_id === null && episode !== null;
	if (joins) {
		const other = await pageOfEpisode(client, supplierId, episode);
		if (other !== null) return mergeInto(client, page, other, after);
	}
	const content = await readContent(
		client,
		{
			supplierId,
			alertId: shown,
			episodeId: page.episode_id ?? episode,
			moreAlerts: page.more_alerts
		},
		page.content
	);
	if (!content) return page;
	const change: PageChange = {
		content,
		alerts,
		priority: Math.min(page.priority, priority),
		...(joins ? { subject: 'episode', subject_key: episodeKey(episode), episode_id: episode } : {})
	};
	return isDeepStrictEqual({ ...page, ...change }, page) ? page : writeChange(client, page, change, after);
}

async function writeChange(
	client: pg.ClientBase,
	page: PageRow,
	change: PageChange,
	after: AfterCommit
): Promise<PageRow> {
	const changed = await changePage(client, page, change);
	after.changes.push(changeOf(changed));
	if (page.held_until !== null)
		return changed.priority === 1 ? releasePage(client, changed, 'it has priority 1 now', after) : changed;
	const why = updateText(page.content, changed.content);
	if (why) await tellReceivers(client, changed, { type: 'updated', why, actor: null }, after);
	return changed;
}

/** Sends a held page to its first receivers. */
export async function releasePage(
	client: pg.ClientBase,
	page: PageRow,
	why: string,
	after: AfterCommit
): Promise<PageRow> {
	const released = await changePage(client, page, { held_until: null, held_why: null });
	return takeStep(client, released, 0, `held back for ${page.held_why ?? 'a while'}; ${why}`, null, after);
}

/** Resolves a page, and tells everybody who has got it. */
export async function resolvePage(
	client: pg.ClientBase,
	page: PageRow,
	resolution: Resolution,
	after: AfterCommit
): Promise<PageRow> {
	const resolved = await changePage(
		client,
		page,
		{ state: 'resolved', resolved: resolution, alarm: null, held_until: null },
		null
	);
	const { by, byId, channel, why } = resolution;
	const actor = by !== null && byId !== null && channel !== null ? { by, byId, channel } : null;
	await tellReceivers(client, resolved, { type: 'resolved', why, actor }, after);
	after.changes.push(changeOf(resolved));
	return resolved;
}

/** Says that a page ended now without a person. */
export const ended = (why: string): Resolution => ({
	by: null,
	byId: null,
	at: new Date().toISOString(),
	channel: null,
	verdict: null,
	why
});

/** Says that the last decision on the Alerts of a page has ended the page. */
async function lastDecision(
	client: pg.ClientBase,
	{ supplier_id: supplierId, id: pageId }: PageRow
): Promise<Resolution> {
	const { rows } = await client.query<LastDecision>(LAST_DECISION({ supplierId, pageId }));
	const [last] = rows;
	if (!last) return ended('Decided');
	if (last.channel === STANDING_CHANNEL)
		return {
			...ended(`Decided by ${last.decided_by}`),
			at: last.decided_at.toISOString(),
			verdict: last.verdict
		};
	return {
		by: last.decided_by,
		byId: last.decided_by_id,
		at: last.decided_at.toISOString(),
		channel: AnswerChannel.parse(last.channel),
		verdict: last.verdict,
		why: decidedText(last.verdict)
	};
}

async function mergeInto(
	client: pg.ClientBase,
	page: PageRow,
	other: bigint,
	after: AfterCommit
): Promise<PageRow> {
	await client.query(MOVE_ALERTS({ from: page.id, to: other }));
	return resolvePage(client, page, ended(`One matter with page ${other}`), after);
}

async function pageOfEpisode(
	client: pg.ClientBase,
	supplierId: number,
	episodeId: bigint
): Promise<bigint | null> {
	const { rows } = await client.query<{ id: bigint }>(OF_KEY({ supplierId, key: episodeKey(episodeId) }));
	return rows[0]?.id ?? null;
}

const OF_KEY = statement(
	'page-of-subject',
	`select id from page where supplier_id = :supplierId and subject_key = :key and state <> 'resolved'`
);

const MOVE_ALERTS = statement(
	'move-page-alerts',
	`insert into page_alert (supplier_id, alert_id, page_id)
	select supplier_id, alert_id, :to::bigint from page_alert where page_id = :from on conflict do nothing`
);

// The second search ends at the first Alert that waits for a decision, so that a page with many Alerts is as cheap as one
// with few.
const STANDING = statement(
	'standing-of-page',
	`select (select count(*)::int from page_alert where page_id = :pageId) as alerts, o.alert_id as shown, o.episode_id as episode
	from (select) one left join lateral (
		select * from (
			(
				select alert_id, episode_id from supplier_alert
				where supplier_id = :supplierId and alert_id = :alertId and (decision is null or contradicted)
					and exists (select from page_alert where page_id = :pageId and alert_id = :alertId)
			) union all (
				select s.alert_id, s.episode_id from page_alert p cross join lateral (
					select alert_id, episode_id, decision, contradicted from supplier_alert
					where supplier_id = :supplierId and alert_id = p.alert_id limit 1
				) s
				where p.page_id = :pageId and (s.decision is null or s.contradicted) order by p.alert_id desc limit 1
			)
		) waiting limit 1
	) o on true`
);

const LAST_DECISION = statement(
	'last-decision-of-page',
	`select d.decided_by, d.decided_by_id, d.decided_at, d.channel, d.verdict from decision d
	where d.supplier_id = :supplierId and d.alert_id in (select alert_id from page_alert where page_id = :pageId)
	order by d.id desc limit 1`
);
