// Counts the Alerts and the Devices of episodes, and reads the facts of an episode from its first Alert.
import type pg from 'pg';
import { positionalStatement } from '#lib/server/postgres/statement.ts';
import { isUncounted } from './episode-turn.ts';
import { knownModel } from './known-model.ts';

/**
 * The episodes that Alerts will be in. `episodeIds` has the episode of each Alert in the order of `alertIds`; `null`:
 * no episode.
 */
export interface Joining {
	alertIds: readonly bigint[];
	episodeIds: readonly (bigint | null)[];
}

/** Counts these episodes and stores the result. The caller must have locked the Supplier's feed. */
export async function countEpisodes(
	client: pg.ClientBase,
	supplierId: number,
	ids: readonly bigint[]
): Promise<void> {
	if (ids.length > 0) await client.query(COUNT([supplierId, ids, [], [], ids]));
}

/** The counts and facts of episodes, not stored yet, as JSON that PostgreSQL has written. */
export type Figures = string & { readonly of: 'episodes' };

/**
 * Counts these episodes as if `joining` were stored already. The count takes no lock, so that no other writer waits.
 * `altered`: the episodes that lose or gain a member. Each altered episode gets a new version even if its counts stay
 * the same. Returns `null` if nothing has to be stored.
 */
export async function countAhead(
	client: pg.ClientBase,
	supplierId: number,
	ids: readonly bigint[],
	joining: Joining,
	altered: readonly bigint[]
): Promise<Figures | null> {
	if (ids.length === 0) return null;
	const { rows } = await client.query<{ figures: Figures | null }>(
		AHEAD([supplierId, ids, joining.alertIds, joining.episodeIds, altered])
	);
	return rows[0]!.figures;
}

/**
 * Stores the result of `countAhead`. The caller must have locked the Supplier's feed. An episode that has changed since
 * `countAhead` is counted again. `every: false`: some Alerts have not joined as expected, so all episodes are counted
 * again.
 */
export async function writeFigures(
	client: pg.ClientBase,
	supplierId: number,
	figures: Figures,
	every: boolean
): Promise<void> {
	await countEpisodes(client, supplierId, await writeUnlessChanged(client, supplierId, figures, every));
}

/**
 * Stores the result of `countAhead`, except for episodes that have changed since. Returns the ids of the episodes that
 * were not stored.
 */
export async function writeUnlessChanged(
	client: pg.ClientBase,
	supplierId: number,
	figures: Figures,
	every = true
): Promise<bigint[]> {
	const { rows } = await client.query<{ id: bigint }>(WRITE([supplierId, figures, every]));
	return rows.map((row) => row.id);
}

/** SQL: builds the facts of an episode from its first Alert `s` and the Device `d` of that Alert. */
export const FACTS_OF = `jsonb_build_object(
	'code', s.code, 'name', s.body->'name', 'deviceId', s.device_id, 'hubId', s.hub_id, 'area', s.body->'area',
	'model', d.model, 'firmware', d.firmware,
	'suspect', case when s.explanation in ('exact', 'likely') and json_array_length(s.body->'candidates') > 0 then
		(select jsonb_build_object('serviceReferenceVariant', c->'serviceReferenceVariant', 'name', c->'name',
			'userRole', c->'userRole', 'userName', c->'userName', 'own', c->'own') from (select s.body->'candidates'->0 as c) one)
	end)`;

/** SQL: joins the Device `d` of the Alert `s`, as the Supplier `$1` knows the Device. */
export const DEVICE_OF = `left join lateral (
		${knownModel("decode(replace(s.device_id, '-', ''), 'hex')", '$1')}
	) d on true`;

const MEMBER =
	'alert_id, device_id, hub_id, code, explanation, effective_at, priority, occurrences, throttled, body';

// An episode that has lost its last member keeps its row, with no members. So a decision on the episode stays on
// record.
const FIGURES = `
joining as (
	select * from unnest($3::bigint[], $4::bigint[]) as t(alert_id, episode_id)
), member as (
	select s.* from unnest($2::bigint[]) as e(id) cross join lateral (
		select episode_id as id, ${MEMBER} from supplier_alert s
		where supplier_id = $1 and episode_id = e.id and alert_id <> all($3::bigint[]) and not ${isUncounted('$1')} offset 0
	) s
	union all
	select j.episode_id, s.* from joining j cross join lateral (
		select ${MEMBER} from supplier_alert where supplier_id = $1 and alert_id = j.alert_id limit 1
	) s where j.episode_id = any($2::bigint[])
), counted as (
	select m.id, count(*) as members, count(distinct m.device_id) as devices,
		coalesce(sum(m.occurrences), 0) as occurrences, coalesce(bool_or(m.throttled), false) as at_least,
		coalesce(min(m.priority), 4) as priority, min(m.effective_at) as first_at, max(m.effective_at) as last_at
	from member m group by m.id
), first as (
	select s.id, ${FACTS_OF} as facts
	from (select distinct on (id) * from member order by id, effective_at, alert_id) s
	${DEVICE_OF}
), figure as (
	select e.id, e.version, coalesce(c.members, 0) as members, coalesce(c.devices, 0) as devices,
		coalesce(c.occurrences, 0) as occurrences, coalesce(c.at_least, false) as at_least, coalesce(c.priority, 4) as priority,
		coalesce(c.first_at, e.first_at) as first_at, coalesce(c.last_at, e.last_at) as last_at, coalesce(f.facts, e.facts) as facts
	from episode e left join counted c using (id) left join first f using (id)
	where e.supplier_id = $1 and e.id = any($2::bigint[]) and (e.id = any($5::bigint[]) or
		(e.members, e.devices, e.occurrences, e.at_least, e.priority, e.first_at, e.last_at, e.facts) is distinct from
		(coalesce(c.members, 0)::int, coalesce(c.devices, 0)::int, coalesce(c.occurrences, 0)::bigint, coalesce(c.at_least, false),
		 coalesce(c.priority, 4)::smallint, coalesce(c.first_at, e.first_at), coalesce(c.last_at, e.last_at), coalesce(f.facts, e.facts)))
)`;

const SET = `
update episode e set members = f.members, devices = f.devices, occurrences = f.occurrences, at_least = f.at_least,
	priority = f.priority, first_at = f.first_at, last_at = f.last_at, facts = f.facts, version = e.version + 1
from figure f where e.id = f.id and e.supplier_id = $1`;

const COUNT = positionalStatement('count-episodes', `with ${FIGURES} ${SET}`);

const AHEAD = positionalStatement(
	'count-episodes-ahead',
	`with ${FIGURES} select jsonb_agg(to_jsonb(f))::text as figures from figure f`
);

const WRITE = positionalStatement(
	'write-episodes',
	`
with figure as (
	select * from jsonb_to_recordset($2::jsonb) as f(id bigint, version integer, members integer, devices integer,
		occurrences bigint, at_least boolean, priority smallint, first_at timestamptz, last_at timestamptz, facts jsonb)
), written as (
	${SET} and e.version = f.version and $3 returning e.id
)
select id from figure where id not in (select id from written)`
);
