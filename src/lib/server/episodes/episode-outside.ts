// Counts and lists the Alerts outside an episode. These Alerts have the code, model and firmware of the episode's
// facts, lie near the episode in time, and are not in the episode. The count and the list use the same condition.
import type pg from 'pg';
import type { EpisodeKind } from '#lib/domain/episode-rule.ts';
import { whyOutside, type EpisodeFacts, type OutsideEpisode } from '#lib/domain/episode.ts';
import { stateColumns, toAlert, type AlertBody, type StoredState } from '#lib/server/feed/feed.ts';
import { query, type Values } from '#lib/server/postgres/statement.ts';
import { knownModel } from '#lib/server/feed/known-model.ts';
import { nameOfRunKey, ruleOfRunKey, type RunKey } from '#lib/server/runs/run-key.ts';

const MAX_LISTED = 100;

/** The facts as stored, with the User of the suspect. */
export type StoredFacts = Omit<EpisodeFacts, 'suspect'> & {
	suspect: (NonNullable<EpisodeFacts['suspect']> & { userId?: string }) | null;
};

export function withoutUser({ suspect, ...facts }: StoredFacts): EpisodeFacts {
	if (!suspect) return { ...facts, suspect };
	const { userId: _, ...shown } = suspect;
	return { ...facts, suspect: shown };
}

/** A row of the table `episode`. */
export interface EpisodeRow {
	id: bigint;
	supplier_id: number;
	key: RunKey;
	kind: EpisodeKind;
	facts: StoredFacts;
	first_at: Date;
	last_at: Date;
}

/** Returns the number of Alerts outside the episode; 0 for a kind of episode that has no Alerts outside. */
export async function countOutside(client: pg.ClientBase, episode: EpisodeRow): Promise<number> {
	const condition = conditionOf(episode);
	return condition ? (await count(client, episode, condition)).total : 0;
}

/** Reads the newest Alerts outside the episode, and counts all of them. */
export async function readOutside(client: pg.ClientBase, episode: EpisodeRow): Promise<OutsideEpisode> {
	const condition = conditionOf(episode);
	if (!condition) return { items: [], total: 0, why: null };
	const { total, doubtful } = await count(client, episode, condition);
	const { rows } = await client.query<StoredState & { body: AlertBody }>(
		NEWEST({ ...condition, limit: MAX_LISTED })
	);
	return {
		items: rows.map((row) => toAlert(row.body, row)),
		total,
		why: whyOutside(sharedRequest(episode) !== null, doubtful)
	};
}

/**
 * Counts the Alerts outside the episode. `doubtful`: the Service Request that the members share is a candidate of at
 * least one of these Alerts.
 */
async function count(client: pg.ClientBase, episode: EpisodeRow, condition: Values) {
	const shared = sharedRequest(episode);
	const { rows } = await client.query<{ total: number; doubtful: boolean }>(
		COUNT({ ...condition, shared: shared && JSON.stringify([shared]) })
	);
	return rows[0]!;
}

/** Returns the User and the SRV that the members of a campaign share; `null` for other episodes. */
function sharedRequest({ key, facts: { suspect } }: EpisodeRow) {
	if (nameOfRunKey(key) !== 'campaign' || !suspect?.userId) return null;
	return { userId: suspect.userId, serviceReferenceVariant: suspect.serviceReferenceVariant };
}

/** Returns the values of the parameters of `OUTSIDE`; `null`: this kind of episode has no Alerts outside. */
function conditionOf({ id, supplier_id, key, kind, facts, first_at, last_at }: EpisodeRow): Values | null {
	if (kind !== 'campaign' || !facts.model) return null;
	const { gap } = ruleOfRunKey(key);
	return {
		id,
		supplierId: supplier_id,
		code: facts.code,
		model: facts.model,
		firmware: facts.firmware,
		since: new Date(first_at.getTime() - gap),
		until: new Date(last_at.getTime() + gap)
	};
}

const OUTSIDE = `
from supplier_alert s cross join lateral (
	${knownModel("decode(replace(s.device_id, '-', ''), 'hex')", ':supplierId')}
) d
where s.supplier_id = :supplierId and s.code = :code and d.model = :model
	and d.firmware is not distinct from :firmware and s.episode_id is distinct from :id
	and s.effective_at between :since and :until`;

const COUNT = query(`
select count(*)::int as total,
	coalesce(bool_or((s.body->'candidates')::jsonb @> :shared::jsonb), false) as doubtful
${OUTSIDE}`);

const NEWEST = query(`
select s.body, ${stateColumns('s')} ${OUTSIDE}
order by s.effective_at desc, s.alert_id desc limit :limit`);
