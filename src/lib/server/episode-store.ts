// Episodes as the worker writes them: the keys of Alerts, the members of runs, who belongs where.
import type pg from 'pg';
import { groupKeys, type Member } from '#lib/domain/episode.ts';
import { namesSuspect } from '#lib/domain/explanation-kind.ts';
import { countEpisodes } from './episode-count.ts';
import { toAlert, type AlertBody, type Frame, type Standing } from './feed.ts';

interface Facts {
	alert_id: bigint;
	body: AlertBody;
	model: string | null;
	firmware: string | null;
	image_hash: string | null;
}

/** A stretch of time (epoch ms). */
export interface Span {
	from: number;
	to: number;
}

/**
 * Brings the keys of these Alerts up to date; returns the keys that gained or lost one, and where in time. An Alert that
 * was retracted has none any more.
 */
export async function writeKeys(
	client: pg.ClientBase,
	supplierId: number,
	ids: readonly bigint[]
): Promise<Map<string, Span>> {
	const { rows: facts } = await client.query<Facts>(FACTS, [supplierId, ids]);
	const wanted = facts.flatMap(({ alert_id, body, model, firmware, image_hash }) => {
		const suspect = namesSuspect(body.explanation) ? (body.candidates[0] ?? null) : null;
		const { deviceId, hubId, area, code, explanation } = body;
		const keys = groupKeys({
			deviceId,
			hubId,
			area,
			model,
			firmware,
			imageHash: image_hash,
			code,
			explanation,
			suspect
		});
		return keys.map((key, rank) => ({ alert_id, rank, key, at: body.effectiveAt, deviceId }));
	});
	const [alerts, ranks, keys] = [
		wanted.map((w) => w.alert_id),
		wanted.map((w) => w.rank),
		wanted.map((w) => w.key)
	];
	const { rows: gone } = await client.query<Moved>(DROP_KEYS, [supplierId, ids, alerts, ranks, keys]);
	const { rows: come } = await client.query<Moved>(ADD_KEYS, [
		supplierId,
		alerts,
		ranks,
		keys,
		wanted.map((w) => w.at),
		wanted.map((w) => w.deviceId)
	]);
	const spans = new Map<string, Span>();
	for (const { key, at } of [...gone, ...come]) {
		const span = spans.get(key);
		const time = at.getTime();
		spans.set(key, { from: Math.min(span?.from ?? time, time), to: Math.max(span?.to ?? time, time) });
	}
	return spans;
}

interface Moved {
	key: string;
	at: Date;
}

export interface StoredMember extends Member {
	episodeId: bigint | null;
}

/** All Alerts under one key within a stretch of time. */
export async function membersOf(
	client: pg.ClientBase,
	supplierId: number,
	key: string,
	{ from, to }: Span
): Promise<StoredMember[]> {
	const { rows } = await client.query<{
		alert_id: bigint;
		device_id: string;
		at: Date;
		episode_id: bigint | null;
	}>(
		`select alert_id, device_id, at, episode_id from episode_member
		 where supplier_id = $1 and key = $2 and at between $3 and $4`,
		[supplierId, key, new Date(from), new Date(to)]
	);
	return rows.map((row) => ({
		alertId: row.alert_id,
		deviceId: row.device_id,
		at: row.at.getTime(),
		episodeId: row.episode_id
	}));
}

/** These members of a run stand in this episode, or in none. */
export async function placeMembers(
	client: pg.ClientBase,
	supplierId: number,
	key: string,
	alertIds: readonly bigint[],
	episodeId: bigint | null
): Promise<void> {
	await client.query(
		'update episode_member set episode_id = $4 where supplier_id = $1 and key = $2 and alert_id = any($3)',
		[supplierId, key, alertIds, episodeId]
	);
}

/** A new episode of a key; it is counted when its members have joined. */
export async function openEpisode(
	client: pg.ClientBase,
	supplierId: number,
	key: string,
	kind: string,
	run: Span
): Promise<bigint> {
	const { rows } = await client.query<{ id: bigint }>(
		`insert into episode (supplier_id, key, kind, facts, first_at, last_at, members, devices, occurrences, at_least, priority)
		 values ($1, $2, $3, '{}', $4, $5, 0, 0, 0, false, 4) returning id`,
		[supplierId, key, kind, new Date(run.from), new Date(run.to)]
	);
	return rows[0]!.id;
}

/** Each Alert joins the episode of the first of its keys that makes one; the episodes are counted anew. */
export async function joinEpisodes(
	client: pg.ClientBase,
	supplierId: number,
	touched: readonly bigint[],
	episodes: Set<bigint>
): Promise<Frame | null> {
	await client.query('select next_feed_seq($1, 0)', [supplierId]); // the lock that every writer takes first
	const { rows: changes } = await client.query<{ alert_id: bigint; old: bigint | null; new: bigint | null }>(
		CHOSEN,
		[supplierId, touched]
	);
	for (const change of changes) for (const id of [change.old, change.new]) if (id !== null) episodes.add(id);
	if (changes.length > 0)
		await client.query(
			`update supplier_alert s set episode_id = c.id,
				episode_version = (select version + 1 from episode e where e.id = c.id)
			 from unnest($2::bigint[], $3::bigint[]) as c(alert_id, id) where s.supplier_id = $1 and s.alert_id = c.alert_id`,
			[supplierId, changes.map((c) => c.alert_id), changes.map((c) => c.new)]
		);
	await countEpisodes(client, supplierId, [...episodes]);
	if (changes.length === 0) return null;

	const { rows: heads } = await client.query<{ to: bigint }>('select next_feed_seq($1, $2) as to', [
		supplierId,
		changes.length
	]);
	const to = Number(heads[0]!.to);
	const from = to - changes.length + 1;
	const { rows } = await client.query<Standing & { body: AlertBody }>(MOVE, [
		supplierId,
		changes.map((c) => c.alert_id),
		changes.map((_, i) => from + i)
	]);
	return { supplierId, from, to, items: rows.map((row) => toAlert(row.body, row)), retracted: [] };
}

const FACTS = `
select s.alert_id, s.body, d.model, d.firmware, a.image_hash
from supplier_alert s join alert a on a.id = s.alert_id left join device d on d.device_id = a.device_id
where s.supplier_id = $1 and s.alert_id = any($2::bigint[]) and a.id = any($2::bigint[])`;

const DROP_KEYS = `
delete from episode_member m where m.supplier_id = $1 and m.alert_id = any($2::bigint[]) and not exists (
	select from unnest($3::bigint[], $4::smallint[], $5::text[]) as w(alert_id, rank, key)
	where w.alert_id = m.alert_id and w.rank = m.rank and w.key = m.key
) returning m.key, m.at`;

const ADD_KEYS = `
insert into episode_member as m (supplier_id, alert_id, rank, key, at, device_id)
select $1, alert_id, rank, key, at, device_id
from unnest($2::bigint[], $3::smallint[], $4::text[], $5::timestamptz[], $6::text[]) as w(alert_id, rank, key, at, device_id)
on conflict do nothing returning m.key, m.at`;

const CHOSEN = `
select s.alert_id, s.episode_id as old, c.episode_id as new
from supplier_alert s left join lateral (
	select m.episode_id from episode_member m
	where m.supplier_id = s.supplier_id and m.alert_id = s.alert_id and m.episode_id is not null order by m.rank limit 1
) c on true
where s.supplier_id = $1 and s.alert_id = any($2::bigint[]) and s.episode_id is distinct from c.episode_id
order by s.alert_id`;

const MOVE = `
with moved as (
	update supplier_alert s set version = s.version + 1, seq = c.seq
	from unnest($2::bigint[], $3::bigint[]) as c(alert_id, seq)
	where s.supplier_id = $1 and s.alert_id = c.alert_id
	returning s.alert_id, s.version, s.seq, s.decision, s.episode_id, s.body
), entered as (
	insert into feed (supplier_id, seq, alert_id) select $1, seq, alert_id from moved
)
select * from moved order by seq`;
