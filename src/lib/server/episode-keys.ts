// The keys of Alerts, as the worker writes them: under which matters each could stand.
import type pg from 'pg';
import type { Candidate } from '#lib/domain/alert.ts';
import { groupKeys } from '#lib/domain/episode.ts';
import { namesSuspect, type ExplanationKind } from '#lib/domain/explanation-kind.ts';
import { statement } from './database.ts';
import type { Change } from './episode-runs.ts';

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

/** What these Alerts' keys are, against what stands. */
export interface Keys {
	/** To be written, once it is known where each belongs. */
	come: NewKey[];
	/** What changed under which key. */
	changes: Map<string, Change>;
	/** The episodes that the Alerts stand in. */
	seen: Set<bigint>;
}

export interface NewKey extends Key {
	device_id: string;
}

/** Finds the keys of these Alerts, and takes away those that they have no more: an Alert that was retracted has none. */
export async function findKeys(
	client: pg.ClientBase,
	supplierId: number,
	ids: readonly bigint[]
): Promise<Keys> {
	const [{ rows: facts }, { rows: standing }] = await Promise.all([
		client.query<Facts>(FACTS([supplierId, ids])),
		client.query<Key>(KEYS([supplierId, ids]))
	]);
	const gone = new Map(standing.map((key) => [spell(key), key]));
	const come: NewKey[] = [];
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
	if (alerts.length > 0)
		await client.query(
			DROP_KEYS([supplierId, alerts, [...gone.values()].map((key) => key.rank), ...reachOf(alerts)])
		);
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
	return { come, changes, seen: new Set(facts.flatMap((fact) => fact.episode_id ?? [])) };
}

/** `episodeOf`: where a key stands. */
export async function addKeys(
	client: pg.ClientBase,
	supplierId: number,
	come: readonly NewKey[],
	episodeOf: (key: NewKey) => bigint | null
): Promise<void> {
	if (come.length === 0) return;
	await client.query(
		ADD_KEYS([
			supplierId,
			come.map((key) => key.alert_id),
			come.map((key) => key.rank),
			come.map((key) => key.key),
			come.map((key) => key.at),
			come.map((key) => key.device_id),
			come.map(episodeOf)
		])
	);
}

interface Key {
	alert_id: bigint;
	rank: number;
	key: string;
	at: Date;
}

const spell = ({ alert_id, rank, key }: Omit<Key, 'at'>): string => `${alert_id} ${rank} ${key}`;

/** The lowest and the highest of these ids: partitions beyond them are left alone. */
export const reachOf = (ids: readonly bigint[]): [bigint, bigint] => [
	ids.reduce((a, b) => (a < b ? a : b)),
	ids.reduce((a, b) => (a > b ? a : b))
];

// Each row is looked up by its key, whatever the statistics say: of a partition that fills they are always old.
const FACTS = statement(
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
left join device d on d.device_id = a.device_id`
);

const KEYS = statement(
	'keys-of-alerts',
	`
select i.id as alert_id, m.rank, m.key, m.at from unnest($2::bigint[]) as i(id)
cross join lateral (select rank, key, at from episode_member where supplier_id = $1 and alert_id = i.id offset 0) m`
);

const DROP_KEYS = statement(
	'drop-episode-keys',
	`
delete from episode_member m using unnest($2::bigint[], $3::smallint[]) as g(alert_id, rank)
where m.supplier_id = $1 and m.alert_id = g.alert_id and m.rank = g.rank and m.alert_id between $4 and $5`
);

const ADD_KEYS = statement(
	'add-episode-keys',
	`
insert into episode_member (supplier_id, alert_id, rank, key, at, device_id, episode_id)
select $1, * from unnest($2::bigint[], $3::smallint[], $4::text[], $5::timestamptz[], $6::text[], $7::bigint[])`
);
