// What lies outside an episode: Alerts of the same code, model and firmware at the time that do not share its cause.
// They are counted and listed by one condition.
import { sql, type RawBuilder } from 'kysely';
import {
	ruleOf,
	sharedRequest,
	whyOutside,
	type EpisodeFacts,
	type EpisodeKind,
	type OutsideEpisode
} from '#lib/domain/episode.ts';
import type { Tx } from '#lib/server/postgres/database.ts';
import { toAlert, type AlertBody, type StoredState } from '#lib/server/feed/feed.ts';

const MOST = 100;

/** The episode, as its row holds it. */
export interface EpisodeRow {
	id: bigint;
	supplier_id: number;
	key: string;
	kind: EpisodeKind;
	facts: EpisodeFacts;
	first_at: Date;
	last_at: Date;
}

/** How many Alerts are outside. */
export async function countOutside(tx: Tx, episode: EpisodeRow): Promise<number> {
	const outside = outsideOf(episode);
	return outside ? (await count(tx, episode, outside)).total : 0;
}

/** The Alerts outside, the newest first. */
export async function readOutside(tx: Tx, episode: EpisodeRow): Promise<OutsideEpisode> {
	const outside = outsideOf(episode);
	if (!outside) return { items: [], total: 0, why: null };
	const { total, doubtful } = await count(tx, episode, outside);
	const { rows } = await sql<StoredState & { body: AlertBody }>`
		select s.body, s.version, s.seq, s.decision, s.episode_id ${outside}
		order by s.effective_at desc, s.alert_id desc limit ${MOST}`.execute(tx);
	return {
		items: rows.map((row) => toAlert(row.body, row)),
		total,
		why: whyOutside(episode.key, doubtful)
	};
}

async function count(tx: Tx, { key }: EpisodeRow, outside: RawBuilder<unknown>) {
	const shared = sharedRequest(key);
	const { rows } = await sql<{ total: number; doubtful: boolean }>`
		select count(*)::int as total,
			coalesce(bool_or((s.body->'candidates')::jsonb @> ${shared && JSON.stringify([shared])}::jsonb), false) as doubtful
		${outside}`.execute(tx);
	return rows[0]!;
}

/** Where such Alerts stand; `null` for an episode that nothing is outside of. */
function outsideOf(episode: EpisodeRow): RawBuilder<unknown> | null {
	const { id, supplier_id, key, kind, facts, first_at, last_at } = episode;
	if (kind !== 'campaign' || !facts.model) return null;
	const { gap } = ruleOf(key);
	return sql`
		from supplier_alert s join device d on d.device_id = decode(replace(s.device_id, '-', ''), 'hex')
		where s.supplier_id = ${supplier_id} and s.code = ${facts.code} and d.model = ${facts.model}
			and d.firmware is not distinct from ${facts.firmware} and s.episode_id is distinct from ${id}
			and s.effective_at between ${new Date(first_at.getTime() - gap)} and ${new Date(last_at.getTime() + gap)}`;
}
