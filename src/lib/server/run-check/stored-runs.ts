// Reads the runs of keys from the database, and finds the Alerts that are not where the rule puts them
// (src/lib/domain/episode-rule.ts).
import type pg from 'pg';
import { statement } from '#lib/server/postgres/statement.ts';
import type { EpisodeChange } from '#lib/server/episodes/episode-moves.ts';
import type { DoubtfulKey } from '#lib/server/runs/run-doubts.ts';
import type { KnownRun } from '#lib/server/runs/run-bytes.ts';
import { ruleOfRunKey, type RunKey } from '#lib/server/runs/run-key.ts';

/** A run of a key around its doubts. `episodeIds`: the episodes of the key that members are in. */
export interface StoredRun extends Omit<KnownRun, 'episodeId'> {
	key: RunKey;
	counts: boolean;
	/** The number of members. */
	size: number;
	episodeIds: bigint[];
}

/** The first read covers this many gaps of the key's rule on both sides of the doubts. A longer run is read further. */
const REACH = 8;
const YEAR_MS = 365 * 86_400_000;

/**
 * Reads the runs of these keys of one Supplier, oldest first. `toTheEnd`: the keys whose later runs are read too, although
 * no doubt is near.
 */
export async function readRuns(
	client: pg.ClientBase | pg.Pool,
	supplierId: number,
	doubts: readonly DoubtfulKey[],
	toTheEnd: ReadonlySet<RunKey>
): Promise<Map<RunKey, StoredRun[]>> {
	const found = new Map<RunKey, StoredRun[]>();
	let open = doubts;
	for (let reach = REACH; open.length > 0; reach *= 4) {
		const looked = open.map((doubt): Looked => {
			const { gap } = ruleOfRunKey(doubt.key);
			const until = toTheEnd.has(doubt.key) ? Date.now() + YEAR_MS : doubt.to + reach * gap;
			return { doubt, gap, since: doubt.from - reach * gap, until };
		});
		const runs = await readBetween(client, supplierId, looked);
		open = looked.flatMap(({ doubt, gap, since, until }) => {
			const own = runs.get(doubt.key) ?? [];
			found.set(doubt.key, own);
			const isWhole = own.every(
				(run) => !isNear(run, doubt) || (run.from - gap >= since && run.to + gap <= until)
			);
			return isWhole ? [] : doubt;
		});
	}
	return found;
}

/** Returns whether the Alert of a doubt can belong to the run. */
export const isNear = (run: Pick<KnownRun, 'from' | 'to'>, { key, from, to }: DoubtfulKey): boolean => {
	const { gap } = ruleOfRunKey(key);
	return run.to + gap >= from && run.from - gap <= to;
};

interface Looked {
	doubt: DoubtfulKey;
	gap: number;
	since: number;
	until: number;
}

async function readBetween(
	client: pg.ClientBase | pg.Pool,
	supplierId: number,
	looked: readonly Looked[]
): Promise<Map<RunKey, StoredRun[]>> {
	const { rows } = await client.query<{
		key: bigint;
		from: Date;
		to: Date;
		members: number;
		devices: number;
		alert_ids: string[];
		device_ids: string[];
		times: Date[];
		episode_ids: string[];
	}>(
		RUNS({
			supplierId,
			keys: looked.map(({ doubt }) => doubt.key),
			since: looked.map((one) => new Date(one.since).toISOString()),
			until: looked.map((one) => new Date(one.until).toISOString()),
			gaps: looked.map((one) => one.gap)
		})
	);
	const runs = new Map<RunKey, StoredRun[]>();
	for (const row of rows) {
		const rule = ruleOfRunKey(row.key);
		const own = runs.get(row.key) ?? [];
		runs.set(row.key, own);
		own.push({
			key: row.key,
			size: row.members,
			from: row.from.getTime(),
			to: row.to.getTime(),
			counts: row.members >= rule.members && row.devices >= rule.devices,
			episodeIds: row.episode_ids.map(BigInt),
			held: row.alert_ids.map((id, i) => ({
				alertId: BigInt(id),
				deviceId: row.device_ids[i]!,
				at: row.times[i]!.getTime()
			})),
			isFull: row.members > row.alert_ids.length
		});
	}
	return runs;
}

/**
 * Finds Alerts that are not in the episode that these runs give them, and Alerts in `episodes` that have lost the key of
 * their episode. Returns at most `limit` changes, and one change for each Alert.
 */
export async function findStrays(
	client: pg.ClientBase | pg.Pool,
	supplierId: number,
	runs: ReadonlyArray<Pick<StoredRun, 'key' | 'from' | 'to'> & Pick<KnownRun, 'episodeId'>>,
	episodes: ReadonlyArray<{ id: bigint; key: RunKey }>,
	limit: number
): Promise<EpisodeChange[]> {
	const { rows } = await client.query<{ alert_id: bigint; at: Date; episode_id: bigint | null; key: bigint }>(
		STRAYS({
			supplierId,
			keys: runs.map((run) => run.key),
			from: runs.map((run) => new Date(run.from).toISOString()),
			to: runs.map((run) => new Date(run.to).toISOString()),
			ids: runs.map((run) => run.episodeId),
			episodeIds: episodes.map(({ id }) => id),
			episodeKeys: episodes.map(({ key }) => key),
			limit
		})
	);
	return rows.map((row) => ({
		supplierId,
		key: row.key,
		alertId: row.alert_id,
		at: row.at.getTime(),
		episodeId: row.episode_id
	}));
}

/** Returns the episodes of these keys with Alerts at the time of the doubts. */
export async function episodesNear(
	client: pg.ClientBase | pg.Pool,
	supplierId: number,
	doubts: readonly DoubtfulKey[]
): Promise<Array<{ id: bigint; key: RunKey }>> {
	const { rows } = await client.query<{ id: bigint; key: RunKey }>(
		EPISODES({
			supplierId,
			keys: doubts.map((one) => one.key),
			from: doubts.map((one) => new Date(one.from - ruleOfRunKey(one.key).gap).toISOString()),
			to: doubts.map((one) => new Date(one.to + ruleOfRunKey(one.key).gap).toISOString())
		})
	);
	return rows;
}

const EPISODES = statement(
	'episodes-of-keys',
	`
select e.id, e.key from unnest(:keys::bigint[], :from::timestamptz[], :to::timestamptz[]) as d(key, since, until)
cross join lateral (
	select id, key from episode where key = d.key and supplier_id = :supplierId and last_at >= d.since and first_at <= d.until offset 0
) e`
);

// A run holds its members of different Devices first, at most 32 (run-index.lua). `offset 0` makes PostgreSQL find the
// Alerts by the index of keys, whatever the statistics say.
const RUNS = statement(
	'runs-of-keys',
	`
with input as (
	select * from unnest(:keys::bigint[], :since::timestamptz[], :until::timestamptz[], :gaps::int[]) as i(key, since, until, gap)
), member as materialized (
	select i.key, i.gap, s.*, e.id as own from input i
	cross join lateral (
		select alert_id, supplier_id, device_id, effective_at as at, episode_id from supplier_alert
		where keys @> array[i.key] offset 0
	) s
	left join lateral (select id from episode where id = s.episode_id and key = i.key offset 0) e on true
	where s.supplier_id = :supplierId and s.at between i.since and i.until
), broken as (
	select *, at - lag(at) over (partition by key order by at) > make_interval(secs => gap / 1000.0) as breaks from member
), numbered as (
	select *, count(*) filter (where breaks) over (partition by key order by at) as run from broken
), ranked as (
	select *, row_number() over (partition by key, run, device_id order by at, alert_id) as nth from numbered
)
select key, min(at) as "from", max(at) as "to", count(*)::int as members, count(distinct device_id)::int as devices,
	(array_agg(alert_id::text order by nth, at, alert_id))[1:32] as alert_ids,
	(array_agg(device_id order by nth, at, alert_id))[1:32] as device_ids,
	(array_agg(at order by nth, at, alert_id))[1:32] as times,
	coalesce(array_agg(distinct own::text) filter (where own is not null), '{}') as episode_ids
from ranked group by key, run order by key, 2`
);

// An Alert that two of the keys claim belongs to the smaller key, which is the preferred one (episode-moves.ts). The Alerts
// of a key are read once for all its runs.
const STRAYS = statement(
	'strays-of-runs',
	`
with run as (
	select * from unnest(:keys::bigint[], :from::timestamptz[], :to::timestamptz[], :ids::bigint[]) as r(key, since, until, id)
), member as materialized (
	select k.key, s.* from (select distinct key from run) k
	cross join lateral (
		select alert_id, supplier_id, effective_at as at, episode_id, keys from supplier_alert
		where keys @> array[k.key] offset 0
	) s
	where s.supplier_id = :supplierId
), stray as (
	select s.alert_id, s.at, r.id as episode_id, r.key from run r
	join member s on s.key = r.key and s.at between r.since and r.until
	left join lateral (select key from episode where id = s.episode_id offset 0) o on true
	where case when r.id is null then o.key = r.key
		else s.episode_id is null or o.key > r.key or o.key <> all(s.keys) or o.key = r.key and s.episode_id <> r.id end
	union all
	select s.alert_id, s.at, null, e.key from unnest(:episodeIds::bigint[], :episodeKeys::bigint[]) as e(id, key)
	cross join lateral (
		select alert_id, effective_at as at from supplier_alert
		where episode_id = e.id and supplier_id + 0 = :supplierId and e.key <> all(keys) offset 0
	) s
)
select distinct on (alert_id) * from stray order by alert_id, key limit :limit`
);
