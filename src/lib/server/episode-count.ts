// How many Alerts an episode holds, on how many Devices, and what its first one tells of it.
import type pg from 'pg';

/** Counts these episodes anew. Under the lock of the Supplier's feed, as all that places their members. */
export async function countEpisodes(
	client: pg.ClientBase,
	supplierId: number,
	ids: readonly bigint[]
): Promise<void> {
	if (ids.length > 0) await client.query(COUNT, [supplierId, ids]);
}

// An episode that nobody belongs to any more keeps its row, with no members: a decision on it stays on record.
const COUNT = `
with counted as (
	select e.id, count(s.alert_id) as members, count(distinct s.device_id) as devices,
		coalesce(sum((s.body->>'occurrences')::bigint), 0) as occurrences, coalesce(bool_or((s.body->>'throttled')::boolean), false) as at_least,
		coalesce(min((s.body->>'priority')::int), 4) as priority, min(s.effective_at) as first_at, max(s.effective_at) as last_at
	from episode e left join supplier_alert s on s.supplier_id = e.supplier_id and s.episode_id = e.id
	where e.supplier_id = $1 and e.id = any($2::bigint[]) group by e.id
), first as (
	select distinct on (s.episode_id) s.episode_id as id, jsonb_build_object(
		'code', s.code, 'name', s.body->'name', 'deviceId', s.device_id, 'hubId', s.hub_id, 'area', s.body->'area',
		'model', d.model, 'firmware', d.firmware,
		'suspect', case when s.explanation in ('exact', 'likely') and jsonb_array_length(s.body->'candidates') > 0 then
			(select jsonb_build_object('serviceReferenceVariant', c->'serviceReferenceVariant', 'name', c->'name',
				'userRole', c->'userRole', 'userName', c->'userName', 'own', c->'own') from (select s.body->'candidates'->0 as c) one)
		end) as facts
	from supplier_alert s left join device d on d.device_id = decode(replace(s.device_id, '-', ''), 'hex')
	where s.supplier_id = $1 and s.episode_id = any($2::bigint[]) order by s.episode_id, s.effective_at, s.alert_id
)
update episode e set members = c.members, devices = c.devices, occurrences = c.occurrences, at_least = c.at_least,
	priority = c.priority, first_at = coalesce(c.first_at, e.first_at), last_at = coalesce(c.last_at, e.last_at),
	facts = coalesce(f.facts, e.facts), version = e.version + 1
from counted c left join first f using (id) where e.id = c.id and e.supplier_id = $1`;
