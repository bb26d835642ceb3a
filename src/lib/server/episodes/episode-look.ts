// Reads a large episode in full from time to time. A full read takes the whole run of the episode's key, splits the run
// by the rule of the key, and counts the episode. Afterwards the episode is what the rule makes of its set of Alerts,
// whatever the order of their arrival.
import type pg from 'pg';
import { makesEpisode, ruleOf } from '#lib/domain/episode.ts';
import { lockFeeds } from '#lib/server/feed/feed-entries.ts';
import type { Frame } from '#lib/server/feed/feed.ts';
import { countAhead, writeUnlessChanged } from './episode-count.ts';
import type { Span } from './episode-runs.ts';
import { settleBelow } from './episode-settle.ts';
import { joinEpisodes, openEpisodes } from './episode-store.ts';

/** A large episode that must be read in full. */
export interface Due {
	id: bigint;
	supplierId: number;
	key: string;
}

/**
 * Finds changed large episodes that must be read in full. Such an episode has not changed again for `quietMs`
 * milliseconds, or its first change was `everyMs` milliseconds ago.
 */
export async function dueForLook(
	pool: pg.Pool,
	{ quietMs, everyMs }: { quietMs: number; everyMs: number }
): Promise<Due[]> {
	const { rows } = await pool.query<{ id: bigint; supplier_id: number; key: string }>(DUE, [
		quietMs / 1000,
		everyMs / 1000
	]);
	return rows.map(({ supplier_id: supplierId, ...row }) => ({ ...row, supplierId }));
}

/** The result of a full read of an episode. `from` and `to`: the stretch of time that was read (epoch ms). */
export interface Look extends Span {
	due: Due;
	/** The ids of the episodes in this stretch of time. */
	episodes: bigint[];
	/** The instants of the last change of these episodes, joined into one text. */
	changes: string;
}

/**
 * Reads the stretch of time that this episode covers, gives each run in the stretch its episode, and stores the ends of
 * the large episodes. Also settles the later keys of the affected Alerts. The frame has the Alerts that have moved, and
 * the caller publishes the frame after the commit. Returns `null` if the episode no longer has to be read.
 */
export async function settleInFull(
	client: pg.ClientBase,
	due: Due,
	large: number
): Promise<{ look: Look; frame: Frame | null } | null> {
	const { id, supplierId, key } = due;
	const rule = ruleOf(key);
	const whole = await readWhole(client, due, rule.gap);
	if (!whole) return null;
	const { span, islands } = whole;
	const taken = new Set<bigint>();
	// If a run was split because an Alert in its middle has left, the earlier of the two runs keeps the episode. A pass
	// follows the same rule (episode-settle.ts).
	const places = islands.map((island) => {
		const own = island.ids.filter((one) => !taken.has(one));
		const counts = makesEpisode(rule, island.members, island.devices);
		const episodeId = counts && own.length > 0 ? own.reduce((a, b) => (a < b ? a : b)) : null;
		if (episodeId !== null) taken.add(episodeId);
		return { ...island, counts, episodeId };
	});
	const opening = places.filter((place) => place.counts && place.episodeId === null);
	if (opening.length > 0) {
		const openings = opening.map(({ from, to }) => ({ key, kind: rule.kind, from, to }));
		for (const [i, opened] of (await openEpisodes(client, supplierId, openings)).entries())
			opening[i]!.episodeId = opened;
	}
	const labels = [
		supplierId,
		key,
		places.map(({ from }) => new Date(from)),
		places.map(({ to }) => new Date(to)),
		places.map(({ episodeId }) => episodeId)
	];
	const { rows: turning } = await client.query<{ alert_id: bigint; falls: boolean }>(TURNING, labels);
	await client.query(RELABEL, labels);
	const extents = new Map<bigint, Span | null>(
		[id, ...islands.flatMap(({ ids }) => ids)].map((one) => [one, null])
	);
	for (const { episodeId, members, from, to } of places)
		if (episodeId !== null) extents.set(episodeId, members >= large ? { from, to } : null);
	const episodes = [...extents.keys()];
	await lockFeeds(client, [supplierId]);
	await client.query(EXTENTS, [
		supplierId,
		episodes,
		episodes.map((one) => dateOf(extents.get(one)?.from)),
		episodes.map((one) => dateOf(extents.get(one)?.to)),
		id,
		new Date(span.from),
		new Date(span.to)
	]);
	const turned = (falls: boolean) =>
		new Map(turning.filter((row) => row.falls === falls).map((row) => [row.alert_id, key]));
	const below = await settleBelow(client, supplierId, { taken: turned(false), fallen: turned(true) }, large);
	const frame = await joinEpisodes(client, supplierId, { touched: below.moved, ...below });
	const changes = await lastChanges(client, supplierId, episodes);
	return { look: { due, ...span, episodes, changes }, frame };
}

/** Finds the Alerts between `from` and `to` whose episode is not the episode that their keys give. */
export async function findStrays(
	client: pg.ClientBase | pg.Pool,
	{ due: { supplierId, key }, from, to }: Look
): Promise<bigint[]> {
	const { rows } = await client.query<{ alert_id: bigint }>(STRAYS, [
		supplierId,
		key,
		new Date(from),
		new Date(to)
	]);
	return rows.map((row) => row.alert_id);
}

/**
 * Does `work` and returns its result. If another writer has changed the episodes since the full read, `work` is skipped
 * and `null` is returned.
 */
export async function unlessChanged<T>(
	client: pg.ClientBase,
	look: Look,
	work: () => Promise<T>
): Promise<T | null> {
	const { due, episodes, changes } = look;
	if ((await lastChanges(client, due.supplierId, episodes)) !== changes) return null;
	const done = await work();
	look.changes = await lastChanges(client, due.supplierId, episodes);
	return done;
}

/**
 * Counts the episodes of a full read and marks them as read. If another writer has changed the episodes, they stay due
 * for a full read.
 */
export async function finishLook(
	client: pg.ClientBase,
	{ due: { id, supplierId }, episodes, changes }: Look
): Promise<void> {
	const figures = await countAhead(client, supplierId, episodes, { alertIds: [], episodeIds: [] }, []);
	await lockFeeds(client, [supplierId]);
	if ((await lastChanges(client, supplierId, episodes)) !== changes) return;
	const left = figures ? await writeUnlessChanged(client, supplierId, figures) : [];
	if (left.length === 0) await client.query(FINISHED, [supplierId, episodes, id]);
}

async function lastChanges(
	client: pg.ClientBase,
	supplierId: number,
	episodes: readonly bigint[]
): Promise<string> {
	const { rows } = await client.query<{ changes: string }>(CHANGES, [supplierId, episodes]);
	return rows[0]!.changes;
}

const dateOf = (at: number | undefined): Date | null => (at === undefined ? null : new Date(at));

/** The members of a key without a gap in time between them. */
interface Island extends Span {
	members: number;
	devices: number;
	/** The ids of the episodes that these members are in. */
	ids: bigint[];
}

async function readWhole(
	client: pg.ClientBase,
	{ id, supplierId, key }: Due,
	gap: number
): Promise<{ span: Span; islands: Island[] } | null> {
	let ids = [id];
	let span: Span = { from: Infinity, to: -Infinity };
	for (let islands: Island[] = []; ;) {
		const { rows } = await client.query<{ from: Date | null; to: Date | null }>(STRETCH, [
			supplierId,
			id,
			ids
		]);
		const { from: since, to: until } = rows[0] ?? {};
		if (!since || !until) return null;
		const from = Math.min(span.from, since.getTime(), islands[0]?.from ?? Infinity);
		const to = Math.max(span.to, until.getTime(), islands.at(-1)?.to ?? -Infinity);
		if (from === span.from && to === span.to) return { span, islands };
		// The islands reach beyond the stretch of time that was read, or an episode of the islands continues elsewhere.
		// So a longer stretch is read.
		span = { from, to };
		islands = await readIslands(client, supplierId, key, span, gap);
		ids = [id, ...islands.flatMap((island) => island.ids)];
	}
}

async function readIslands(
	client: pg.ClientBase,
	supplierId: number,
	key: string,
	{ from, to }: Span,
	gap: number
): Promise<Island[]> {
	const { rows } = await client.query<Omit<Island, 'from' | 'to'> & { from: Date; to: Date }>(ISLANDS, [
		supplierId,
		key,
		new Date(from - gap),
		new Date(to + gap),
		gap / 1000
	]);
	return rows.map((row) => ({
		...row,
		ids: row.ids.map(BigInt),
		from: row.from.getTime(),
		to: row.to.getTime()
	}));
}

const DUE = `
select id, supplier_id, key from episode
where unsure_since is not null and (changed_at <= now() - make_interval(secs => $1) or unsure_since <= now() - make_interval(secs => $2))
order by unsure_since limit 100`;

// Applies the rule of `runsOf` (src/lib/domain/episode.ts) in PostgreSQL, because this process cannot read so many
// members.
const ISLANDS = `
with member as (
	select at, device_id, episode_id, at - lag(at) over (order by at) > make_interval(secs => $5) as breaks
	from episode_member where supplier_id = $1 and key = $2 and at between $3 and $4
), numbered as (
	select *, count(*) filter (where breaks) over (order by at) as run from member
)
select min(at) as "from", max(at) as "to", count(*)::int as members, count(distinct device_id)::int as devices,
	coalesce(array_agg(distinct episode_id::text) filter (where episode_id is not null), '{}') as ids
from numbered group by run order by 1`;

const PLACES = `unnest($3::timestamptz[], $4::timestamptz[], $5::bigint[]) as i(since, until, id)`;

// Finds the Alerts that gain an episode under this key, or lose the episode that they have under this key. An Alert
// that only changes from one episode to another keeps the same key, so it is not returned.
const TURNING = `
select m.alert_id, i.id is null as falls from ${PLACES} join episode_member m on m.at between i.since and i.until
where m.supplier_id = $1 and m.key = $2 and (m.episode_id is null) <> (i.id is null)`;

const RELABEL = `
update episode_member m set episode_id = i.id from ${PLACES}
where m.supplier_id = $1 and m.key = $2 and m.at between i.since and i.until and m.episode_id is distinct from i.id`;

const STRETCH = `
select min(least(run_from, look_from)) as "from", max(greatest(run_to, look_to)) as "to" from episode
where supplier_id = $1 and id = any($3::bigint[])
	and exists (select from episode where supplier_id = $1 and id = $2 and unsure_since is not null)`;

const EXTENTS = `
update episode e set run_from = i.since, run_to = i.until,
	changed_at = case when i.since is null then now() else e.changed_at end,
	look_from = case when e.id = $5 then $6::timestamptz else e.look_from end,
	look_to = case when e.id = $5 then $7::timestamptz else e.look_to end
from unnest($2::bigint[], $3::timestamptz[], $4::timestamptz[]) as i(id, since, until)
where e.supplier_id = $1 and e.id = i.id`;

const CHANGES = `
select coalesce(string_agg(changed_at::text, ' ' order by id), '') as changes from episode where supplier_id = $1 and id = any($2::bigint[])`;

const STRAYS = `
select m.alert_id from episode_member m
cross join lateral (
	select episode_id from supplier_alert where supplier_id = $1 and alert_id = m.alert_id limit 1
) s
left join lateral (
	select episode_id from episode_member
	where supplier_id = $1 and alert_id = m.alert_id and episode_id is not null order by rank limit 1
) c on true
where m.supplier_id = $1 and m.key = $2 and m.at between $3 and $4 and s.episode_id is distinct from c.episode_id
order by m.alert_id`;

const FINISHED = `
update episode set unsure_since = null, look_from = null, look_to = null
where supplier_id = $1 and id = any($2::bigint[]) and (id = $3 or look_from is null)`;
