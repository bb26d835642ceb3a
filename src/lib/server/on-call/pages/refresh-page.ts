// Brings a page up to date after one of its Alerts has changed: follows the Alert into its episode, says what is new,
// and resolves the page when all its Alerts are decided.
import type pg from 'pg';
import { updateText } from '#lib/domain/on-call/message.ts';
import { AnswerChannel } from '#lib/domain/on-call/page.ts';
import { statement } from '#lib/server/postgres/statement.ts';
import type { AfterCommit } from './after-commit.ts';
import { readContent } from './content.ts';
import { tellReceivers } from './events.ts';
import { changeOf, changePage, type PageChange, type PageRow, type Resolution } from './page-rows.ts';
import { takeStep } from './steps.ts';

/** What the Alerts of a page look like now. */
interface Standing {
	/** The number of Alerts that the Supplier still sees. */
	visible: number;
	/** The number of Alerts that wait for a decision. */
	open: number;
	/** The Alert that the page shows: the one that opened it, or else the newest that waits for a decision. */
	shown: bigint | null;
	/** The episode of the Alert that the page shows. */
	episode: bigint | null;
	/** The most urgent priority of the Alerts that wait for a decision. */
	priority: number | null;
	decided_by: string | null;
	decided_by_id: string | null;
	decided_at: Date | null;
	decided_channel: string | null;
	verdict: string | null;
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
 * Brings a locked page up to date. Returns the page as it is now.
 */
export async function refreshPage(
	client: pg.ClientBase,
	page: PageRow,
	after: AfterCommit
): Promise<PageRow> {
	if (page.state === 'resolved' || page.alert_id === null) return page;
	const { rows } = await client.query<Standing>(
		STANDING({ supplierId: page.supplier_id, pageId: page.id, alertId: page.alert_id })
	);
	const standing = rows[0]!;
	if (standing.visible === 0 || standing.shown === null)
		return resolvePage(client, page, ended('The Alerts are no longer yours to see'), after);
	if (standing.open === 0) return resolvePage(client, page, decisionOf(standing), after);

	const joined = page.episode_id === null && standing.episode !== null;
	if (joined) {
		const other = await pageOfEpisode(client, page.supplier_id, standing.episode!);
		if (other !== null) return mergeInto(client, page, other, after);
	}
	const episodeId = page.episode_id ?? standing.episode;
	const read = await readContent(
		client,
		{ supplierId: page.supplier_id, alertId: standing.shown, episodeId, moreAlerts: page.more_alerts },
		page
	);
	if (!read) return page;
	return writeChange(client, page, { ...read, episodeId, joined, standing }, after);
}

async function writeChange(
	client: pg.ClientBase,
	page: PageRow,
	now: Awaited<ReturnType<typeof readContent>> & {
		episodeId: bigint | null;
		joined: boolean;
		standing: Standing;
	},
	after: AfterCommit
): Promise<PageRow> {
	const { content, told, episodeId, joined, standing } = now;
	const priority = Math.min(page.priority, standing.priority ?? page.priority);
	const isSame =
		!joined &&
		priority === page.priority &&
		page.alerts === standing.visible &&
		JSON.stringify(content) === JSON.stringify(page.content);
	if (isSame) return page;
	const change: PageChange = { content, told, priority, alerts: standing.visible };
	if (joined && episodeId !== null)
		Object.assign(change, { subject: 'episode', subject_key: episodeKey(episodeId), episode_id: episodeId });
	const changed = await changePage(client, page, change);
	after.changes.push(changeOf(changed));
	if (page.held_until !== null && priority === 1)
		return releasePage(client, changed, 'it has priority 1 now', after);
	if (told !== page.told && page.held_until === null)
		await tellReceivers(
			client,
			changed,
			{ type: 'updated', why: updateText(page.content, content), actor: null },
			after
		);
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
	why
});

function decisionOf({
	decided_by,
	decided_by_id,
	decided_at,
	decided_channel,
	verdict
}: Standing): Resolution {
	const channel = AnswerChannel.safeParse(decided_channel);
	return {
		by: decided_by,
		byId: decided_by_id,
		at: (decided_at ?? new Date()).toISOString(),
		channel: channel.success ? channel.data : 'console',
		why: `Decided: ${verdict ?? 'by a person'}`
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

const STANDING = statement(
	'standing-of-page',
	`with own as (
		select s.alert_id, s.episode_id, s.decision, s.contradicted, (s.body->>'priority')::int as priority
		from page_alert p cross join lateral (
			select * from supplier_alert where supplier_id = :supplierId and alert_id = p.alert_id limit 1
		) s where p.page_id = :pageId
	), shown as (
		select alert_id, episode_id from own
		order by (decision is null or contradicted) desc, (alert_id = :alertId) desc, alert_id desc limit 1
	), last as (
		select d.decided_by, d.decided_by_id, d.decided_at, d.channel, d.verdict from decision d
		where d.supplier_id = :supplierId and d.alert_id in (select alert_id from own) order by d.id desc limit 1
	)
	select count(*)::int as visible, (count(*) filter (where decision is null or contradicted))::int as open,
		min(priority) filter (where decision is null or contradicted) as priority,
		(select alert_id from shown) as shown, (select episode_id from shown) as episode,
		(select decided_by from last) as decided_by, (select decided_by_id from last) as decided_by_id,
		(select decided_at from last) as decided_at, (select channel from last) as decided_channel,
		(select verdict from last) as verdict
	from own`
);
