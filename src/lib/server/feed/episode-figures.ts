// Keeps the figures of episodes: the numbers of their Alerts and Devices, their time and their facts. A statement that puts
// Alerts in an episode adds them to its figures. After any other change, the members of an episode are counted again.
import type pg from 'pg';
import { KEY_NAMES } from '#lib/domain/episode-rule.ts';
import { firstCandidate } from './stored-body.ts';
import { statement } from '#lib/server/postgres/statement.ts';
import { knownModel } from './known-model.ts';

/**
 * Counts the members of these episodes of one Supplier again. An episode whose figures change gets its next version. The
 * Supplier's feed must be locked.
 */
export async function countMembers(
	client: pg.ClientBase,
	supplierId: number,
	episodeIds: readonly bigint[]
): Promise<void> {
	if (episodeIds.length > 0) await client.query(COUNT({ supplierId, episodeIds }));
}

/** The rule whose episodes have one Device, as the highest part of a key (runs/run-key.ts). */
const REPEAT = KEY_NAMES.indexOf('repeat');

/** SQL: the facts of an episode of the Supplier `supplierId`, from its first Alert `s`. The stored facts also have the User of the suspect. */
const factsOf = (supplierId: string, first: string): string => `(select jsonb_build_object(
	'code', s.code, 'name', s.body->'name', 'deviceId', s.device_id, 'hubId', s.hub_id, 'area', s.body->'area',
	'model', d.model, 'firmware', d.firmware,
	'suspect', case when s.explanation in ('exact', 'likely') then
		(select jsonb_build_object('serviceReferenceVariant', c->'serviceReferenceVariant', 'name', c->'name',
			'userId', c->'userId', 'userRole', c->'userRole', 'userName', c->'userName', 'own', c->'own')
		from (select ${firstCandidate('s.body')} as c) one where c is not null)
	end)
	from ${first} left join lateral (
		${knownModel("decode(replace(s.device_id, '-', ''), 'hex')", supplierId)}
	) d on true)`;

/** SQL: the figures of the rows of a group. */
const FIGURES = `count(*)::int as members, sum(occurrences) as occurrences, bool_or(throttled) as at_least,
	min(priority) as priority, min(effective_at) as first_at, max(effective_at) as last_at`;

/**
 * SQL: joins what a statement must know of the episode `id` before it puts an Alert there: the next version of the episode,
 * and what `addMembers` needs.
 */
export const joinEpisode = (id: string): string => `
	left join lateral (
		select version + 1 as episode_version, members > 0 and key >> 60 = ${REPEAT} as has_one_device, members = 0 as is_empty
		from episode where id = ${id} limit 1
	) e on true`;

/**
 * SQL, as parts of a `with`: adds the Alerts that this statement puts in episodes to the figures of these episodes, and
 * gives each of these episodes its next version. The feeds of the Suppliers must be locked.
 *
 * `joined`: a relation with the columns of these Alerts in `supplier_alert` and of `joinEpisode`. `offset 0` and `coalesce`
 * make PostgreSQL look the Devices up by their key, and keep it from reading all members of an episode. `materialized`
 * keeps it from counting again for each episode.
 */
export const addMembers = (joined: string): string => `
joined as (${joined}
), spread as materialized (
	select episode_id, count(*) filter (where is_empty or not has_one_device and not exists (
		select from supplier_alert o where o.device_id = j.device_id and coalesce(o.episode_id, 0) = j.episode_id offset 0
	))::int as devices from (select distinct episode_id, has_one_device, is_empty, device_id from joined) j group by episode_id
), counted as materialized (
	select episode_id, supplier_id, ${FIGURES} from joined group by episode_id, supplier_id
), firsts as materialized (
	select distinct on (episode_id) * from joined order by episode_id, effective_at, alert_id
), grown as (
	update episode e set version = e.version + 1, members = e.members + c.members, devices = e.devices + d.devices,
		occurrences = e.occurrences + c.occurrences, at_least = e.at_least or c.at_least, priority = least(e.priority, c.priority),
		first_at = case when e.members = 0 then c.first_at else least(e.first_at, c.first_at) end,
		last_at = case when e.members = 0 then c.last_at else greatest(e.last_at, c.last_at) end,
		facts = case when e.members = 0 or c.first_at < e.first_at then ${factsOf('c.supplier_id', '(select s.*) s')} else e.facts end
	from counted c join spread d using (episode_id) join firsts s using (episode_id)
	where e.id = c.episode_id and e.supplier_id = c.supplier_id
)`;

/** SQL: the first Alert of the counted episode `c`. */
const FIRST_STORED =
	'(select * from supplier_alert where supplier_id = c.supplier_id and alert_id = c.first_id limit 1) s';

// An episode that has lost its last member keeps its row. So a decision on the episode stays on record.
const COUNT = statement(
	'count-members-of-episodes',
	`
with counted as (
	select e.id, e.supplier_id, c.* from unnest(:episodeIds::bigint[]) as i(id)
	join episode e on e.id = i.id and e.supplier_id = :supplierId
	cross join lateral (
		select ${FIGURES}, count(distinct device_id)::int as devices, (array_agg(alert_id order by effective_at, alert_id))[1] as first_id
		from supplier_alert
		where episode_id = e.id and supplier_id + 0 = e.supplier_id
	) c
), figure as (
	select c.id, c.members, c.devices, coalesce(c.occurrences, 0)::bigint as occurrences, coalesce(c.at_least, false) as at_least,
		coalesce(c.priority, 4)::smallint as priority, coalesce(c.first_at, e.first_at) as first_at,
		coalesce(c.last_at, e.last_at) as last_at,
		case when c.members = 0 then e.facts else ${factsOf('c.supplier_id', FIRST_STORED)} end as facts
	from counted c join episode e using (id)
)
update episode e set members = f.members, devices = f.devices, occurrences = f.occurrences, at_least = f.at_least,
	priority = f.priority, first_at = f.first_at, last_at = f.last_at, facts = f.facts, version = e.version + 1
from figure f where e.id = f.id and
	(e.members, e.devices, e.occurrences, e.at_least, e.priority, e.first_at, e.last_at, e.facts) is distinct from
	(f.members, f.devices, f.occurrences, f.at_least, f.priority, f.first_at, f.last_at, f.facts)`
);
