// Reads and writes the keys of Alerts (table `episode_member`). Each key names an episode that the Alert could belong
// to. An Alert has a row for each of its keys up to the key that makes its episode. The keys after that key have no
// rows.
import type pg from 'pg';
import type { Candidate } from '#lib/domain/alert.ts';
import { groupKeys, type GroupFacts } from '#lib/domain/episode.ts';
import { namesSuspect, type ExplanationKind } from '#lib/domain/explanation-kind.ts';
import { ofThese, lowestAndHighest } from '#lib/server/postgres/record-id.ts';
import { positionalStatement } from '#lib/server/postgres/statement.ts';
import { knownModel } from './known-model.ts';

/** An Alert that grouping can place, with the keys that its current explanation gives it. */
export interface Holder {
	alertId: bigint;
	deviceId: string;
	/** The effective time of the Alert (epoch ms). */
	at: number;
	/** The keys of the Alert, the preferred key first. */
	keys: string[];
}

/** A stored key of an Alert: a row of `episode_member`. `rank`: the place of the key among the Alert's keys, from 0. */
export interface Held {
	alertId: bigint;
	deviceId: string;
	/** The effective time of the Alert (epoch ms). */
	at: number;
	rank: number;
	key: string;
	/** The episode that this key puts the Alert in; `null`: no episode. */
	episodeId: bigint | null;
}

/** Builds the keys of an Alert from its current explanation and its Device. */
export const keysOf = ({
	candidates,
	...facts
}: Omit<GroupFacts, 'suspect'> & { candidates: readonly Candidate[] }): string[] =>
	groupKeys({ ...facts, suspect: namesSuspect(facts.explanation) ? (candidates[0] ?? null) : null });

/** Reads these Alerts without retracted Alerts. `seen`: the episodes that the Alerts are in. */
export async function findHolders(
	client: pg.ClientBase,
	supplierId: number,
	ids: readonly bigint[]
): Promise<{ holders: Map<bigint, Holder>; seen: Set<bigint> }> {
	const { rows } = await client.query<Facts>(FACTS([supplierId, ids]));
	const holders = rows.map((fact): Holder => ({
		alertId: fact.alert_id,
		deviceId: fact.device_id,
		at: fact.effective_at.getTime(),
		keys: keysOf({
			deviceId: fact.device_id,
			hubId: fact.hub_id,
			candidates: fact.first ? [fact.first] : [],
			imageHash: fact.image_hash,
			...fact
		})
	}));
	return {
		holders: new Map(holders.map((holder) => [holder.alertId, holder])),
		seen: new Set(rows.flatMap((row) => row.episode_id ?? []))
	};
}

/** Reads the stored keys of these Alerts. The preferred key of each Alert is first. */
export async function findKeys(
	client: pg.ClientBase,
	supplierId: number,
	ids: readonly bigint[]
): Promise<Map<bigint, Held[]>> {
	const { rows } = await client.query<{
		alert_id: bigint;
		device_id: string;
		at: Date;
		rank: number;
		key: string;
		episode_id: bigint | null;
	}>(KEYS([supplierId, ids]));
	const held = rows.map(({ rank, key, ...row }): Held => ({
		alertId: row.alert_id,
		deviceId: row.device_id,
		at: row.at.getTime(),
		rank,
		key,
		episodeId: row.episode_id
	}));
	held.sort((a, b) => a.rank - b.rank);
	return Map.groupBy(held, ({ alertId }) => alertId);
}

/** Deletes these stored keys. */
export async function dropKeys(
	client: pg.ClientBase,
	supplierId: number,
	gone: readonly Held[]
): Promise<void> {
	if (gone.length === 0) return;
	const alertIds = gone.map((one) => one.alertId);
	await client.query(
		DROP_KEYS([supplierId, alertIds, gone.map((one) => one.rank), ...lowestAndHighest(alertIds)])
	);
}

/** Inserts these keys. */
export async function addKeys(
	client: pg.ClientBase,
	supplierId: number,
	come: readonly Held[]
): Promise<void> {
	if (come.length === 0) return;
	await client.query(
		ADD_KEYS([
			supplierId,
			come.map((one) => one.alertId),
			come.map((one) => one.rank),
			come.map((one) => one.key),
			come.map((one) => new Date(one.at)),
			come.map((one) => one.deviceId),
			come.map((one) => one.episodeId)
		])
	);
}

/** Updates the episodes of Alerts under keys that are stored already. */
export async function placeMembers(
	client: pg.ClientBase,
	supplierId: number,
	places: ReadonlyArray<Pick<Held, 'alertId' | 'key' | 'episodeId'>>
): Promise<void> {
	if (places.length === 0) return;
	const alertIds = places.map((p) => p.alertId);
	await client.query(
		PLACE([
			supplierId,
			alertIds,
			places.map((p) => p.key),
			places.map((p) => p.episodeId),
			...lowestAndHighest(alertIds)
		])
	);
}

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

// PostgreSQL looks each row up by its key, whatever the statistics say. The statistics of a partition that is being
// filled are always old.
const FACTS = positionalStatement(
	'facts-of-alerts',
	`
select s.*, d.model, d.firmware, a.image_hash
from unnest($2::bigint[]) as i(id)
cross join lateral (
	select alert_id, episode_id, device_id, hub_id, code, explanation, effective_at, body->>'area' as area,
		case when explanation in ('exact', 'likely') then body->'candidates'->0 end as first
	from supplier_alert where supplier_id = $1 and alert_id = i.id limit 1
) s
cross join lateral (select device_id, image_hash from alert where id = i.id limit 1) a
left join lateral (
	${knownModel('a.device_id', '$1')}
) d on true`
);

const KEYS = positionalStatement(
	'keys-of-alerts',
	`
select i.id as alert_id, m.* from unnest($2::bigint[]) as i(id)
cross join lateral (
	select rank, key, at, device_id, episode_id from episode_member where supplier_id = $1 and alert_id = i.id offset 0
) m`
);

const DROP_KEYS = positionalStatement(
	'drop-episode-keys',
	`
delete from episode_member m using unnest($2::bigint[], $3::smallint[]) as g(alert_id, rank)
where m.supplier_id = $1 and m.alert_id = g.alert_id and m.rank = g.rank and ${ofThese('m', '$2', '$4', '$5')}`
);

const ADD_KEYS = positionalStatement(
	'add-episode-keys',
	`
insert into episode_member (supplier_id, alert_id, rank, key, at, device_id, episode_id)
select $1, * from unnest($2::bigint[], $3::smallint[], $4::text[], $5::timestamptz[], $6::text[], $7::bigint[])`
);

const PLACE = positionalStatement(
	'place-members',
	`
update episode_member m set episode_id = p.episode_id
from unnest($2::bigint[], $3::text[], $4::bigint[]) as p(alert_id, key, episode_id)
where m.supplier_id = $1 and m.alert_id = p.alert_id and m.key = p.key and ${ofThese('m', '$2', '$5', '$6')}`
);
