// Episodes as the worker writes them: the keys of Alerts, the members of runs, who belongs where. For all keys of a pass
// at once; the Supplier's feed is locked for its own statements only, at the end.
import type pg from 'pg';
import type { Candidate } from '#lib/domain/alert.ts';
import { groupKeys } from '#lib/domain/episode.ts';
import { namesSuspect, type ExplanationKind } from '#lib/domain/explanation-kind.ts';
import { countAhead, writeFigures } from './episode-count.ts';
import { countDifference, largeOf, writeLarge } from './episode-difference.ts';
import type { Change, Span } from './episode-runs.ts';
import type { Grown } from './episode-settle.ts';
import { toAlert, type AlertBody, type Frame, type Standing } from './feed.ts';

interface Facts {
	alert_id: bigint;
	episode_id: bigint | null;
	device_id: string;
	hub_id: string | null;
	code: string;
	explanation: ExplanationKind;
	effective_at: Date;
	area: string | null;
	first: Candidate | null;
	model: string | null;
	firmware: string | null;
	image_hash: string | null;
}

/**
 * Brings the keys of these Alerts up to date; returns what changed under which key, and the episodes that the Alerts stand
 * in. An Alert that was retracted has no key any more.
 */
export async function writeKeys(
	client: pg.ClientBase,
	supplierId: number,
	ids: readonly bigint[]
): Promise<{ changes: Map<string, Change>; seen: Set<bigint> }> {
	const [{ rows: facts }, { rows: standing }] = await Promise.all([
		client.query<Facts>(FACTS, [supplierId, ids]),
		client.query<Key>(KEYS, [supplierId, ids])
	]);
	const gone = new Map(standing.map((key) => [spell(key), key]));
	const come: Array<Key & { device_id: string }> = [];
	for (const fact of facts) {
		const keys = groupKeys({
			deviceId: fact.device_id,
			hubId: fact.hub_id,
			area: fact.area,
			model: fact.model,
			firmware: fact.firmware,
			imageHash: fact.image_hash,
			code: fact.code,
			explanation: fact.explanation,
			suspect: namesSuspect(fact.explanation) ? fact.first : null
		});
		for (const [rank, key] of keys.entries()) {
			const { alert_id, effective_at: at, device_id } = fact;
			if (!gone.delete(spell({ alert_id, rank, key }))) come.push({ alert_id, rank, key, at, device_id });
		}
	}
	const alerts = [...gone.values()].map((key) => key.alert_id);
	await Promise.all([
		alerts.length > 0 &&
			client.query(DROP_KEYS, [
				supplierId,
				alerts,
				[...gone.values()].map((key) => key.rank),
				...reachOf(alerts)
			]),
		come.length > 0 &&
			client.query(ADD_KEYS, [
				supplierId,
				come.map((key) => key.alert_id),
				come.map((key) => key.rank),
				come.map((key) => key.key),
				come.map((key) => key.at),
				come.map((key) => key.device_id)
			])
	]);
	const changes = new Map<string, Change>();
	const changeOf = ({ key, at }: Key): Change => {
		const time = at.getTime();
		let change = changes.get(key);
		if (!change) changes.set(key, (change = { from: time, to: time, come: [] }));
		change.from = Math.min(change.from, time);
		change.to = Math.max(change.to, time);
		return change;
	};
	for (const key of gone.values()) changeOf(key);
	for (const key of come)
		changeOf(key).come.push({ alertId: key.alert_id, deviceId: key.device_id, at: key.at.getTime() });
	return { changes, seen: new Set(facts.flatMap((fact) => fact.episode_id ?? [])) };
}

interface Key {
	alert_id: bigint;
	rank: number;
	key: string;
	at: Date;
}

const spell = ({ alert_id, rank, key }: Omit<Key, 'at'>): string => `${alert_id} ${rank} ${key}`;

/** The lowest and the highest of these ids: partitions beyond them are left alone. */
const reachOf = (ids: readonly bigint[]): [bigint, bigint] => [
	ids.reduce((a, b) => (a < b ? a : b)),
	ids.reduce((a, b) => (a > b ? a : b))
];

/** Where a member of a run stands: in this episode, or in none. */
export interface Place {
	key: string;
	alertId: bigint;
	episodeId: bigint | null;
}

export async function placeMembers(
	client: pg.ClientBase,
	supplierId: number,
	places: readonly Place[]
): Promise<void> {
	const alertIds = places.map((p) => p.alertId);
	await client.query(PLACE, [
		supplierId,
		alertIds,
		places.map((p) => p.key),
		places.map((p) => p.episodeId),
		...reachOf(alertIds)
	]);
}

export interface Opening extends Span {
	key: string;
	kind: string;
}

/** New episodes, their ids in the same order; they are counted when their members have joined. */
export async function openEpisodes(
	client: pg.ClientBase,
	supplierId: number,
	openings: readonly Opening[]
): Promise<bigint[]> {
	const { rows } = await client.query<{ id: bigint; key: string; first_at: Date }>(OPEN, [
		supplierId,
		openings.map((o) => o.key),
		openings.map((o) => o.kind),
		openings.map((o) => new Date(o.from)),
		openings.map((o) => new Date(o.to))
	]);
	// No two runs of one key begin at the same time.
	const ids = new Map(rows.map((row) => [`${row.first_at.getTime()} ${row.key}`, row.id]));
	return openings.map((o) => ids.get(`${o.from} ${o.key}`)!);
}

/** What a pass has found to be done with episodes. */
export interface Work {
	/** The Alerts that may belong elsewhere now. */
	touched: readonly bigint[];
	/** To be counted anew; a large one is counted by what joins it and what leaves it. */
	episodes: Iterable<bigint>;
	grown: readonly Grown[];
	/** Episodes with Alerts of which something has changed: a large one is read in full some time. */
	seen: Iterable<bigint>;
}

/**
 * Each Alert joins the episode of the first of its keys that makes one; those episodes are counted, and `episodes` too.
 * What can be known before the lock is: the Supplier's feed is held for what is written, and not at all for nothing.
 */
export async function joinEpisodes(
	client: pg.ClientBase,
	supplierId: number,
	{ touched, episodes, grown, seen }: Work
): Promise<Frame | null> {
	const { rows: changes } = await client.query<Choice>(CHOSEN, [supplierId, touched]);
	const joining = { alertIds: changes.map((c) => c.alert_id), episodeIds: changes.map((c) => c.new) };
	const altered = new Set(changes.flatMap((c) => [c.old, c.new]).filter((id) => id !== null));
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
		countDifference(client, supplierId, changes, large)
	]);
	const marked = [...large.values()].filter((one) => one.changed || altered.has(one.id) || !one.unsure);
	if (!figures && marked.length === 0) return null;

	await client.query('select next_feed_seq($1, 0)', [supplierId]); // the lock that every writer takes first
	const { rows: moved } =
		changes.length === 0
			? { rows: [] }
			: await client.query<Standing & { alert_id: bigint; body: AlertBody | null }>(MOVE, [
					supplierId,
					joining.alertIds,
					joining.episodeIds,
					changes.map((c) => c.version),
					...reachOf(joining.alertIds)
				]);
	const every = moved.length === changes.length;
	if (figures) await writeFigures(client, supplierId, figures, every);
	if (marked.length > 0) {
		const joined = new Set(moved.map((row) => row.alert_id));
		const left = changes.filter((c) => joined.has(c.alert_id));
		const own = every ? difference : await countDifference(client, supplierId, left, large);
		await writeLarge(client, supplierId, marked, own);
	}
	const [first] = moved;
	if (!first) return null;
	const bodies = new Map(changes.map((c) => [c.alert_id, c.body]));
	const from = Number(first.seq);
	const items = moved.map((row) => toAlert(row.body ?? bodies.get(row.alert_id)!, row));
	return { supplierId, from, to: from + moved.length - 1, items, retracted: [] };
}

interface Choice {
	alert_id: bigint;
	version: number;
	body: AlertBody;
	old: bigint | null;
	new: bigint | null;
}

// Each row is looked up by its key, whatever the statistics say: of a partition that fills they are always old.
const FACTS = `
select s.*, d.model, d.firmware, a.image_hash
from unnest($2::bigint[]) as i(id)
cross join lateral (
	select alert_id, episode_id, device_id, hub_id, code, explanation, effective_at, body->>'area' as area,
		case when explanation in ('exact', 'likely') then body->'candidates'->0 end as first
	from supplier_alert where supplier_id = $1 and alert_id = i.id limit 1
) s
cross join lateral (select device_id, image_hash from alert where id = i.id limit 1) a
left join device d on d.device_id = a.device_id`;

const KEYS = `
select i.id as alert_id, m.rank, m.key, m.at from unnest($2::bigint[]) as i(id)
cross join lateral (select rank, key, at from episode_member where supplier_id = $1 and alert_id = i.id offset 0) m`;

const DROP_KEYS = `
delete from episode_member m using unnest($2::bigint[], $3::smallint[]) as g(alert_id, rank)
where m.supplier_id = $1 and m.alert_id = g.alert_id and m.rank = g.rank and m.alert_id between $4 and $5`;

const ADD_KEYS = `
insert into episode_member (supplier_id, alert_id, rank, key, at, device_id)
select $1, * from unnest($2::bigint[], $3::smallint[], $4::text[], $5::timestamptz[], $6::text[])`;

const PLACE = `
update episode_member m set episode_id = p.episode_id
from unnest($2::bigint[], $3::text[], $4::bigint[]) as p(alert_id, key, episode_id)
where m.supplier_id = $1 and m.alert_id = p.alert_id and m.key = p.key and m.alert_id between $5 and $6`;

const OPEN = `
insert into episode (supplier_id, key, kind, facts, first_at, last_at, members, devices, occurrences, at_least, priority)
select $1, key, kind, '{}', since, until, 0, 0, 0, false, 4
from unnest($2::text[], $3::text[], $4::timestamptz[], $5::timestamptz[]) with ordinality as o(key, kind, since, until, place)
order by place returning id, key, first_at`;

const CHOSEN = `
select s.*, c.episode_id as new from unnest($2::bigint[]) as i(id)
cross join lateral (
	select alert_id, version, body, episode_id as old from supplier_alert where supplier_id = $1 and alert_id = i.id limit 1
) s
left join lateral (
	select episode_id from episode_member
	where supplier_id = $1 and alert_id = i.id and episode_id is not null order by rank limit 1
) c on true
where s.old is distinct from c.episode_id order by i.id`;

// Between its choice and the lock an Alert may have been retracted, explained again or decided: the first is left out, of
// the others the body is read anew.
const MOVE = `
with change as (
	select c.*, row_number() over (order by c.alert_id) as place
	from unnest($2::bigint[], $3::bigint[], $4::integer[]) as c(alert_id, episode_id, version)
	cross join lateral (select from supplier_alert where supplier_id = $1 and alert_id = c.alert_id limit 1) s
), head as (
	select next_feed_seq($1, n) - n as seq from (select count(*)::int as n from change) counted
), moved as (
	update supplier_alert s set version = s.version + 1, seq = h.seq + c.place, episode_id = c.episode_id,
		episode_version = (select e.version + 1 from episode e where e.id = c.episode_id)
	from change c cross join head h
	where s.supplier_id = $1 and s.alert_id = c.alert_id and s.alert_id between $5 and $6
	returning s.alert_id, s.version, s.seq, s.decision, s.episode_id,
		case when s.version > c.version + 1 then s.body end as body
), entered as (
	insert into feed (supplier_id, seq, alert_id) select $1, seq, alert_id from moved
)
select * from moved order by seq`;
