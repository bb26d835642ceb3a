// Writes episodes and moves Alerts between episodes. The Supplier's feed is locked only for the last statements, so
// that other writers wait as briefly as possible.
import type pg from 'pg';
import { insertEntries, lockFeeds, numbersFor } from '#lib/server/feed/feed-entries.ts';
import {
	stateColumns,
	toAlert,
	type AlertBody,
	type Frame,
	type StoredState
} from '#lib/server/feed/feed.ts';
import { ofThese, lowestAndHighest } from '#lib/server/postgres/record-id.ts';
import { positionalStatement } from '#lib/server/postgres/statement.ts';
import { countAhead, writeFigures } from './episode-count.ts';
import { countDifference, largeOf, writeLarge, type Move } from './episode-difference.ts';
import type { Grown, Span } from './episode-runs.ts';

/** A run that becomes a new episode. */
export interface Opening extends Span {
	key: string;
	kind: string;
}

/** Inserts new episodes without members. Returns the ids of the episodes in the order of `openings`. */
export async function openEpisodes(
	client: pg.ClientBase,
	supplierId: number,
	openings: readonly Opening[]
): Promise<bigint[]> {
	const { rows } = await client.query<{ id: bigint; key: string; first_at: Date }>(
		OPEN([
			supplierId,
			openings.map((o) => o.key),
			openings.map((o) => o.kind),
			openings.map((o) => new Date(o.from)),
			openings.map((o) => new Date(o.to))
		])
	);
	// Two runs of the same key never begin at the same time.
	const ids = new Map(rows.map((row) => [`${row.first_at.getTime()} ${row.key}`, row.id]));
	return openings.map((o) => ids.get(`${o.from} ${o.key}`)!);
}

/** The work for episodes that a pass leaves to be done. */
export interface Work {
	/** The Alerts that may belong to another episode now. */
	touched: readonly bigint[];
	/** The episodes to count. Large episodes among them are counted by difference. */
	episodes: Iterable<bigint>;
	grown: readonly Grown[];
	/** The episodes of Alerts that have changed. Large episodes among them are read in full later. */
	seen: Iterable<bigint>;
	/**
	 * The Alerts that are already in a large episode and are not counted there yet, each with the id of that episode.
	 */
	joined: ReadonlyMap<bigint, bigint>;
}

/**
 * Moves each touched Alert to the episode that its keys say, and counts the affected episodes. The function computes as
 * much as possible before it locks the Supplier's feed, and locks nothing if nothing changes. Returns the frame to
 * publish after the commit; `null`: no Alert has moved.
 */
export async function joinEpisodes(
	client: pg.ClientBase,
	supplierId: number,
	{ touched, episodes, grown, seen, joined }: Work
): Promise<Frame | null> {
	const { rows: changes } = await client.query<Choice>(CHOSEN([supplierId, touched]));
	const joining = { alertIds: changes.map((c) => c.alert_id), episodeIds: changes.map((c) => c.new) };
	const moves = movesOf(changes, joined);
	const altered = new Set(moves.flatMap((c) => [c.old, c.new]).filter((id) => id !== null));
	const counted = new Set([...episodes, ...altered]);
	const large = await largeOf(client, supplierId, [...counted, ...seen], grown);
	const [figures, difference] = await Promise.all([
		countAhead(
			client,
			supplierId,
			[...counted].filter((id) => !large.has(id)),
			joining,
			[...altered]
		),
		countDifference(client, supplierId, moves, large)
	]);
	const marked = [...large.values()].filter((one) => one.changed || altered.has(one.id) || !one.unsure);
	if (!figures && marked.length === 0) return null;

	await lockFeeds(client, [supplierId]);
	const { rows: moved } =
		changes.length === 0
			? { rows: [] }
			: await client.query<StoredState & { alert_id: bigint; body: AlertBody | null }>(
					MOVE([
						supplierId,
						joining.alertIds,
						joining.episodeIds,
						changes.map((c) => c.version),
						...lowestAndHighest(joining.alertIds)
					])
				);
	const every = moved.length === changes.length;
	if (figures) await writeFigures(client, supplierId, figures, every);
	if (marked.length > 0) {
		const stand = new Set(moved.map((row) => row.alert_id));
		const left = changes.filter((c) => stand.has(c.alert_id));
		const own = every ? difference : await countDifference(client, supplierId, movesOf(left, joined), large);
		await writeLarge(client, supplierId, marked, own);
	}
	const [first] = moved;
	if (!first) return null;
	const bodies = new Map(changes.map((c) => [c.alert_id, c.body]));
	const from = Number(first.seq);
	const items = moved.map((row) => toAlert(row.body ?? bodies.get(row.alert_id)!, row));
	return { supplierId, from, to: from + moved.length - 1, items, retracted: [] };
}

/** Lists the moves to count. An Alert that was not counted yet in its large episode is subtracted from no episode. */
function movesOf(changes: readonly Choice[], joined: ReadonlyMap<bigint, bigint>): Move[] {
	const changed = new Set(changes.map((c) => c.alert_id));
	const stayed = [...joined].filter(([id]) => !changed.has(id));
	return [
		...changes.map((c): Move => (joined.has(c.alert_id) ? { ...c, old: null } : c)),
		...stayed.map(([alert_id, id]): Move => ({ alert_id, old: null, new: id }))
	];
}

interface Choice {
	alert_id: bigint;
	version: number;
	body: AlertBody;
	old: bigint | null;
	new: bigint | null;
}

const OPEN = positionalStatement(
	'open-episodes',
	`
insert into episode (supplier_id, key, kind, facts, first_at, last_at, members, devices, occurrences, at_least, priority)
select $1, key, kind, '{}', since, until, 0, 0, 0, false, 4
from unnest($2::text[], $3::text[], $4::timestamptz[], $5::timestamptz[]) with ordinality as o(key, kind, since, until, place)
order by place returning id, key, first_at`
);

const CHOSEN = positionalStatement(
	'chosen-episodes',
	`
select s.*, c.episode_id as new from unnest($2::bigint[]) as i(id)
cross join lateral (
	select alert_id, version, body, episode_id as old from supplier_alert where supplier_id = $1 and alert_id = i.id limit 1
) s
left join lateral (
	select episode_id from episode_member
	where supplier_id = $1 and alert_id = i.id and episode_id is not null order by rank limit 1
) c on true
where s.old is distinct from c.episode_id order by i.id`
);

// Between the choice of its episode and the lock, an Alert may have been retracted, explained again or decided. A
// retracted Alert is left out. For an Alert with a newer version, the statement reads the body again.
const MOVE = positionalStatement(
	'move-to-episodes',
	`
with change as (
	select c.*, row_number() over (order by c.alert_id) as place
	from unnest($2::bigint[], $3::bigint[], $4::integer[]) as c(alert_id, episode_id, version)
	cross join lateral (select from supplier_alert where supplier_id = $1 and alert_id = c.alert_id limit 1) s
), head as (
	${numbersFor('$1', 'change')}
), moved as (
	update supplier_alert s set version = s.version + 1, seq = h.seq + c.place, episode_id = c.episode_id,
		episode_version = (select e.version + 1 from episode e where e.id = c.episode_id)
	from change c cross join head h
	where s.supplier_id = $1 and s.alert_id = c.alert_id and ${ofThese('s', '$2', '$5', '$6')}
	returning s.alert_id, ${stateColumns('s')},
		case when s.version > c.version + 1 then s.body end as body
), entered as (
	${insertEntries('moved', { supplierId: '$1::smallint', isMove: true })}
)
select * from moved order by seq`
);
