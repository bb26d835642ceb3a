// Opens episodes, and moves Alerts between episodes. The callers hold the locks of the feeds.
import type pg from 'pg';
import { insertEntries, numberRows } from '#lib/server/feed/feed-entries.ts';
import { bodyColumns } from '#lib/server/feed/body-reader.ts';
import {
	ownStateColumns,
	toAlert,
	type AlertBody,
	type Frame,
	type StoredState
} from '#lib/server/feed/feed.ts';
import { lowestAndHighest, ofThese } from '#lib/server/postgres/record-id.ts';
import { statement } from '#lib/server/postgres/statement.ts';
import { addMembers, joinEpisode } from '#lib/server/feed/episode-figures.ts';
import { ruleOfRunKey, type RunKey } from '#lib/server/runs/run-key.ts';

/** An episode and the key of its run. */
export interface Opening {
	supplierId: number;
	episodeId: bigint;
	key: RunKey;
	/** The time of a member (epoch ms). */
	at: number;
}

/** Inserts the episodes that have no row yet, without members. */
export async function openEpisodes(client: pg.ClientBase, openings: readonly Opening[]): Promise<void> {
	if (openings.length === 0) return;
	const rules = openings.map(({ key }) => ruleOfRunKey(key));
	await client.query(
		OPEN({
			ids: openings.map((one) => one.episodeId),
			supplierIds: openings.map((one) => one.supplierId),
			keys: openings.map((one) => one.key),
			times: openings.map((one) => new Date(one.at).toISOString()),
			kinds: rules.map((rule) => rule.kind),
			members: rules.map((rule) => rule.members),
			devices: rules.map((rule) => rule.devices)
		})
	);
}

/**
 * A change of the episode of an Alert. With an episode, the Alert moves there if it prefers `key` to the key of its
 * present episode. With `null`, the Alert leaves the episode that it has by `key`.
 */
export interface EpisodeChange {
	supplierId: number;
	alertId: bigint;
	/** The effective time of the Alert (epoch ms). */
	at: number;
	episodeId: bigint | null;
	key: RunKey;
}

/**
 * Moves Alerts between episodes, and inserts their feed entries. Returns the frames to publish after the commit, and the
 * Alerts that moved. The keys of Alerts that another transaction has not committed yet, and the other keys of Alerts that
 * left an episode, come into doubt. The check counts the episodes that lost a member again.
 */
export async function moveAlerts(client: pg.ClientBase, changes: readonly EpisodeChange[]): Promise<Frame[]> {
	if (changes.length === 0) return [];
	const alertIds = changes.map((one) => one.alertId);
	const [lowest, highest] = lowestAndHighest(alertIds);
	const { rows } = await client.query<StoredState & { supplier_id: number; body: AlertBody }>(
		MOVE({
			supplierIds: changes.map((one) => one.supplierId),
			alertIds,
			episodeIds: changes.map((one) => one.episodeId),
			keys: changes.map((one) => one.key),
			times: changes.map((one) => new Date(one.at).toISOString()),
			lowest,
			highest
		})
	);
	return [...Map.groupBy(rows, (row) => row.supplier_id)].map(([supplierId, own]): Frame => {
		const numbers = own.map((row) => Number(row.seq));
		return {
			supplierId,
			from: Math.min(...numbers),
			to: Math.max(...numbers),
			items: own.map((row) => toAlert(row.body, row)),
			retracted: []
		};
	});
}

const OPEN = statement(
	'open-episodes',
	`
insert into episode (id, supplier_id, key, kind, least_members, least_devices, facts, first_at, last_at, members, devices, occurrences, at_least, priority)
select distinct on (id) id, supplier_id, key, kind, members, devices, '{}'::jsonb, at, at, 0, 0, 0, false, 4
from unnest(:ids::bigint[], :supplierIds::smallint[], :keys::bigint[], :times::timestamptz[], :kinds::text[], :members::smallint[], :devices::smallint[])
	as o(id, supplier_id, key, at, kind, members, devices)
order by id on conflict (id) do nothing`
);

// An Alert has at most one key of each rule, and its keys are in the order of the rules. The rule is the highest part of a
// key, so the smaller of two keys of an Alert is the preferred key.
const MOVE = statement(
	'move-alerts',
	`
with input as (
	select * from unnest(:supplierIds::smallint[], :alertIds::bigint[], :episodeIds::bigint[], :keys::bigint[], :times::timestamptz[])
		with ordinality as i(supplier_id, alert_id, episode_id, key, at, place)
), found as (
	select i.*, s.version, s.keys, s.old, o.key as old_key from input i
	cross join lateral (
		select version, keys, episode_id as old from supplier_alert where supplier_id = i.supplier_id and alert_id = i.alert_id limit 1
	) s
	left join lateral (select key from episode where id = s.old limit 1) o on true
), change as (
	select f.*, e.* from found f ${joinEpisode('f.episode_id')} where case when episode_id is null then old_key = key
		else key = any(keys) and episode_id is distinct from old and (old is null or key <= old_key or old_key <> all(keys)) end
), ${numberRows('change')}, moved as (
	update supplier_alert s set version = s.version + 1, seq = n.seq, episode_id = n.episode_id,
		episode_version = n.episode_version
	from numbered n
	where s.supplier_id = n.supplier_id and s.alert_id = n.alert_id
		and s.supplier_id = any(:supplierIds::smallint[]) and ${ofThese('s', ':alertIds', ':lowest', ':highest')}
	returning s.*, ${bodyColumns('s')} as columns, n.has_one_device, n.is_empty
), ${addMembers('select * from moved where episode_id is not null')}, entered as (
	${insertEntries('numbered')}
), missed as (
	insert into run_doubt (supplier_id, key, at, episode_id)
	select supplier_id, key, at, null::bigint from input where place not in (select place from found)
	union all
	select distinct supplier_id, old_key, min(at) over (partition by old), old from change where old_key <> key
	union all
	select supplier_id, next, at, null from change cross join lateral unnest(keys) as next where episode_id is null and next > key
)
select supplier_id, body, columns, ${ownStateColumns('moved')} from moved order by seq`
);
