// Counts large episodes by difference: adds the Alerts that join and subtracts the Alerts that leave. After an Alert
// has left, the difference cannot give the priority and the last instant of the episode. Both are right again when the
// episode is read in full.
import type pg from 'pg';
import { positionalStatement } from '#lib/server/postgres/statement.ts';
import { DEVICE_OF, FACTS_OF } from './episode-count.ts';
import type { Grown } from './episode-runs.ts';
import { isUncounted } from './episode-turn.ts';

/** An Alert that moves from the episode `old` to the episode `new`; `null`: no episode. */
export interface Move {
	alert_id: bigint;
	old: bigint | null;
	new: bigint | null;
}

/** A large episode. `from` and `to`: the new ends of its run (epoch ms); `null`: the end has not changed. */
export interface Large {
	id: bigint;
	from: number | null;
	to: number | null;
	/** Whether the episode has changed since it was last read in full. */
	unsure: boolean;
	/** Whether this pass has changed the run of the episode. */
	changed: boolean;
}

/** Returns the large episodes among `ids` and `grown`. `grown`: the large episodes that this pass has touched. */
export async function largeOf(
	client: pg.ClientBase,
	supplierId: number,
	ids: readonly bigint[],
	grown: readonly Grown[]
): Promise<Map<bigint, Large>> {
	const large = new Map<bigint, Large>();
	for (const { episodeId: id, from, to } of grown)
		large.set(id, { id, from, to, unsure: true, changed: true });
	const others = [...new Set(ids)].filter((id) => !large.has(id));
	if (others.length === 0) return large;
	const { rows } = await client.query<{ id: bigint; unsure: boolean }>(LARGE([supplierId, others]));
	for (const row of rows) large.set(row.id, { ...row, from: null, to: null, changed: false });
	return large;
}

/** The change of the counts of one large episode, as JSON that PostgreSQL has written. */
export type Difference = string & { readonly of: 'difference' };

/**
 * Counts the difference that these moves make to each large episode. The result is the same before and after the moves
 * are stored.
 */
export async function countDifference(
	client: pg.ClientBase,
	supplierId: number,
	moves: readonly Move[],
	large: ReadonlyMap<bigint, Pick<Large, 'from' | 'to'>>
): Promise<Map<bigint, Difference>> {
	const own = moves.filter(
		(move) => (move.old !== null && large.has(move.old)) || (move.new !== null && large.has(move.new))
	);
	if (own.length === 0) return new Map();
	const { rows } = await client.query<{ id: bigint; difference: Difference }>(
		DIFFERENCE([
			supplierId,
			[...large.keys()],
			own.map((move) => move.alert_id),
			own.map((move) => move.old),
			own.map((move) => move.new),
			...extentsOf([...large.values()])
		])
	);
	return new Map(rows.map((row) => [row.id, row.difference]));
}

/**
 * Stores the new runs and the differences of large episodes, and marks these episodes to be read in full later. The
 * caller must have locked the Supplier's feed.
 */
export async function writeLarge(
	client: pg.ClientBase,
	supplierId: number,
	large: ReadonlyArray<Pick<Large, 'id' | 'from' | 'to'>>,
	differences: ReadonlyMap<bigint, Difference>
): Promise<void> {
	await client.query(
		WRITE([
			supplierId,
			large.map((one) => one.id),
			...extentsOf(large),
			large.map((one) => differences.get(one.id) ?? null)
		])
	);
}

const extentsOf = (large: ReadonlyArray<Pick<Large, 'from' | 'to'>>) =>
	[large.map(({ from }) => from && new Date(from)), large.map(({ to }) => to && new Date(to))] as const;

const LARGE = positionalStatement(
	'large-episodes',
	`
select id, unsure_since is not null as unsure from episode
where supplier_id = $1 and id = any($2::bigint[]) and run_from is not null`
);

// A Device counts in an episode while another Alert of the Device is in the episode. The statement looks for such
// Alerts by Device and time, whatever the statistics say. A lookup by episode would read all members of the episode.
const DIFFERENCE = positionalStatement(
	'difference-of-episodes',
	`
with part as (
	select g.id, g.sign, s.*
	from unnest($3::bigint[], $4::bigint[], $5::bigint[]) as c(alert_id, old, new)
	cross join lateral (values (c.old, -1), (c.new, 1)) as g(id, sign)
	cross join lateral (
		select device_id, effective_at, priority, occurrences, throttled from supplier_alert where supplier_id = $1 and alert_id = c.alert_id limit 1
	) s
	where g.id = any($2::bigint[])
), device as (
	select id, device_id, bool_or(sign = 1)::int - bool_or(sign = -1)::int as change from part group by id, device_id
), extent as (
	select e.id, least(e.run_from, l.since) as since, greatest(e.run_to, l.until) as until
	from unnest($2::bigint[], $6::timestamptz[], $7::timestamptz[]) as l(id, since, until) join episode e using (id)
), devices as (
	select d.id, sum(d.change) as devices from device d join extent x using (id)
	where d.change <> 0 and not exists (
		select from (
			select alert_id, episode_id, version, seq from supplier_alert
			where supplier_id = $1 and device_id = d.device_id and effective_at between x.since and x.until offset 0
		) s where s.episode_id = d.id and s.alert_id <> all($3::bigint[]) and not ${isUncounted('$1')}
	) group by d.id
)
select p.id, jsonb_build_object(
	'members', sum(p.sign), 'devices', coalesce(min(d.devices), 0), 'occurrences', sum(p.sign * p.occurrences),
	'at_least', bool_or(p.throttled and p.sign = 1), 'priority', min(p.priority) filter (where p.sign = 1),
	'first_at', min(p.effective_at) filter (where p.sign = 1), 'last_at', max(p.effective_at) filter (where p.sign = 1),
	'gone_at', min(p.effective_at) filter (where p.sign = -1)
)::text as difference
from part p left join devices d using (id) group by p.id`
);

// An episode has the facts of its first Alert, and never the facts of an Alert that has left. When the first Alert may
// change, the statement finds the new first Alert at once, along the run of the key.
const WRITE = positionalStatement(
	'write-large-episodes',
	`
with change as (
	select c.*, d.* from unnest($2::bigint[], $3::timestamptz[], $4::timestamptz[], $5::text[]) as c(id, since, until, difference)
	left join lateral jsonb_to_record(c.difference::jsonb) as d(members integer, devices integer, occurrences bigint,
		at_least boolean, priority smallint, first_at timestamptz, last_at timestamptz, gone_at timestamptz) on true
), first as (
	select e.id, f.* from episode e join change c using (id)
	cross join lateral (
		select s.effective_at, ${FACTS_OF} as facts from (
			select alert_id from episode_member
			where supplier_id = $1 and key = e.key and at >= least(e.run_from, c.since) order by at, alert_id offset 0
		) m
		cross join lateral (
			select * from supplier_alert where supplier_id = $1 and alert_id = m.alert_id and episode_id = e.id limit 1
		) s
		${DEVICE_OF}
		limit 1
	) f
	where e.members = 0 or c.first_at <= e.first_at or c.gone_at <= e.first_at
)
update episode e set run_from = least(e.run_from, c.since), run_to = greatest(e.run_to, c.until), changed_at = now(),
	unsure_since = coalesce(e.unsure_since, now()), members = e.members + coalesce(c.members, 0),
	devices = e.devices + coalesce(c.devices, 0), occurrences = e.occurrences + coalesce(c.occurrences, 0),
	at_least = e.at_least or coalesce(c.at_least, false), priority = least(e.priority, c.priority),
	first_at = coalesce(f.effective_at, e.first_at), facts = coalesce(f.facts, e.facts),
	last_at = case when e.members = 0 then coalesce(c.last_at, e.last_at) else greatest(e.last_at, c.last_at) end,
	version = e.version + (c.members is not null)::int
from change c left join first f using (id) where e.id = c.id and e.supplier_id = $1`
);
