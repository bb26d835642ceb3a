// Retraction: a tenure was put right, and a Supplier may no longer see an Alert that it has read. Its row leaves
// `supplier_alert`, and so every read; an entry of its feed says so; `retracted_alert` keeps what it was, for audit.
import type { Decision } from '#lib/domain/decision.ts';
import type pg from 'pg';
import { countEpisodes } from '#lib/server/episodes/episode-count.ts';
import { isUncounted } from '#lib/server/episodes/episode-turn.ts';
import { countDifference, largeOf, writeLarge, type Move } from '#lib/server/episodes/episode-difference.ts';

/** An Alert and a Supplier that has it or had it. */
export interface Viewing {
	supplierId: number;
	alertId: bigint;
}

/**
 * Who has these Alerts and is not among those entitled now. Only whose tenure of the Device was superseded, or who
 * brought the Alert in, can be: of the others every entitlement still stands. Asked where Alerts are explained again.
 */
export async function findLost(
	client: pg.ClientBase,
	ids: readonly bigint[],
	entitled: readonly Viewing[]
): Promise<Viewing[]> {
	const { rows } = await client.query<{ supplier_id: number; alert_id: bigint }>({
		name: 'former-viewers',
		text: FORMER,
		values: [ids, entitled.map((v) => v.supplierId), entitled.map((v) => v.alertId)]
	});
	return rows.map((row) => ({ supplierId: row.supplier_id, alertId: row.alert_id }));
}

/** Takes these Alerts out, each with its entry in the feed. Under the lock of the Supplier's feed. */
export async function retract(
	client: pg.ClientBase,
	supplierId: number,
	lost: ReadonlyArray<{ alertId: bigint; seq: number }>
): Promise<void> {
	if (lost.length === 0) return;
	const ids = lost.map((one) => one.alertId);
	const { rows: moves } = await client.query<Move & { old: bigint }>(STANDING, [supplierId, ids]);
	const episodes = [...new Set(moves.map((move) => move.old))];
	const large = await largeOf(client, supplierId, episodes, []);
	const difference = await countDifference(client, supplierId, moves, large);
	await client.query(RETRACT, [supplierId, ids, lost.map((one) => one.seq)]);
	if (large.size > 0) await writeLarge(client, supplierId, [...large.values()], difference);
	await countEpisodes(
		client,
		supplierId,
		episodes.filter((id) => !large.has(id))
	);
}

/** What these Alerts were when they were last retracted from the Supplier. */
export async function lastRetracted(
	client: pg.ClientBase,
	supplierId: number,
	ids: readonly bigint[]
): Promise<Map<bigint, { version: number; decision: Decision | null }>> {
	if (ids.length === 0) return new Map();
	const { rows } = await client.query<{ alert_id: bigint; version: number; decision: Decision | null }>(
		`select distinct on (alert_id) alert_id, version, decision from retracted_alert
		 where supplier_id = $1 and alert_id = any($2::bigint[]) order by alert_id, seq desc`,
		[supplierId, ids]
	);
	return new Map(rows.map(({ alert_id, ...row }) => [alert_id, row]));
}

/** Alerts that have come back go on from the version and the Decision that they had. */
export async function carryOver(
	client: pg.ClientBase,
	supplierId: number,
	back: ReadonlyMap<bigint, { version: number; decision: Decision | null }>
): Promise<void> {
	if (back.size === 0) return;
	const rows = [...back.values()];
	await client.query(
		`update supplier_alert s set version = b.version + 1, said_version = b.version + 1, decision = b.decision
		 from unnest($2::bigint[], $3::integer[], $4::jsonb[]) as b(alert_id, version, decision)
		 where s.supplier_id = $1 and s.alert_id = b.alert_id`,
		[
			supplierId,
			[...back.keys()],
			rows.map((row) => row.version),
			rows.map((row) => row.decision && JSON.stringify(row.decision))
		]
	);
}

const FORMER = `
with former as (
	select t.supplier_id, a.id as alert_id from alert a cross join lateral (
		select supplier_id from tenure where device_id = a.device_id and superseded_at is not null offset 0
	) t where a.id = any($1::bigint[])
	union
	select fed_by, id from alert where id = any($1::bigint[]) and fed_by is not null
	except
	select * from unnest($2::smallint[], $3::bigint[])
)
select s.supplier_id, s.alert_id from former f cross join lateral (
	select supplier_id, alert_id from supplier_alert where supplier_id = f.supplier_id and alert_id = f.alert_id limit 1
) s order by s.supplier_id, s.alert_id`;

const RETRACT = `
with input as (
	select * from unnest($2::bigint[], $3::bigint[]) as t(alert_id, seq)
), kept as (
	insert into retracted_alert (supplier_id, alert_id, seq, version, explanation, body, decision)
	select s.supplier_id, s.alert_id, i.seq, s.version, s.explanation, s.body, s.decision
	from supplier_alert s join input i using (alert_id)
	where s.supplier_id = $1 and s.alert_id = any($2::bigint[])
), told as (
	insert into feed (supplier_id, seq, alert_id) select $1, seq, alert_id from input
)
delete from supplier_alert where supplier_id = $1 and alert_id = any($2::bigint[])`;

const STANDING = `
select alert_id, episode_id as old, null as new from supplier_alert s
where supplier_id = $1 and alert_id = any($2::bigint[]) and episode_id is not null and not ${isUncounted('$1')}`;
