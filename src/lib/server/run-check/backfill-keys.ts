// Gives Alerts that an older Causeway explained their keys, in batches. An interrupted backfill goes on where it stopped.
import type pg from 'pg';
import type { Candidate } from '#lib/domain/alert.ts';
import type { ExplanationKind } from '#lib/domain/explanation-kind.ts';
import { firstCandidate } from '#lib/server/feed/stored-body.ts';
import { query } from '#lib/server/postgres/statement.ts';
import { transact } from '#lib/server/postgres/transaction.ts';
import { knownModel } from '#lib/server/feed/known-model.ts';
import { runKeysOf } from '#lib/server/episodes/place-alerts.ts';

const ALERTS_PER_BATCH = 5000;

interface Row {
	supplier_id: number;
	alert_id: bigint;
	device_id: string;
	hub_id: string | null;
	code: string;
	explanation: ExplanationKind;
	area: string | null;
	first: Candidate | null;
	image_hash: string | null;
	model: string | null;
	firmware: string | null;
}

export interface BackfillProgress {
	/** The Alerts that have their keys, those of earlier calls included. */
	done: number;
	/** All Alerts. */
	total: number;
	/** The Alerts that this call has filled. */
	filled: number;
}

/** Fills the missing keys. Returns the number of Alerts filled. Calls `onProgress` after each batch. */
export async function backfillKeys(
	client: pg.Client,
	onProgress: (progress: BackfillProgress) => void
): Promise<number> {
	await client.query(BY_KEY);
	let filled = 0;
	for (;;) {
		const batch = await transact(client, () => fillBatch(client));
		if (batch === null) return filled;
		filled += batch.count;
		onProgress({ done: batch.filled, total: batch.total, filled });
	}
}

/**
 * Makes PostgreSQL find each Alert by its primary key. A new column has no statistics, and of a row comparison PostgreSQL
 * knows the first column only. By its own choice it read and sorted all Alerts for each of the first batches, and all
 * Alerts of the last Supplier for each of the last batches.
 */
const BY_KEY = ['seqscan', 'bitmapscan', 'sort', 'hashjoin', 'mergejoin']
	.map((way) => `set enable_${way} = off`)
	.concat('set jit = off')
	.join('; ');

/** Fills one batch. Returns its number of Alerts, and the numbers of filled Alerts and of all; `null`: no Alert is left. */
async function fillBatch(
	client: pg.Client
): Promise<{ count: number; filled: number; total: number } | null> {
	const { rows: places } = await client.query<{
		supplier_id: number;
		alert_id: string | bigint;
		filled: string | bigint;
		total: string | bigint;
	}>('select * from key_backfill for update');
	const place = places[0];
	if (!place) return null;
	const { rows } = await client.query<Row>(
		PAGE({ supplierId: place.supplier_id, alertId: place.alert_id, limit: ALERTS_PER_BATCH })
	);
	const last = rows.at(-1);
	if (!last) {
		await client.query('delete from key_backfill');
		return null;
	}
	await client.query(
		FILL({
			supplierIds: rows.map((row) => row.supplier_id),
			alertIds: rows.map((row) => row.alert_id),
			keys: rows.map((row) => `{${keysOf(row).join(',')}}`)
		})
	);
	const filled = Number(place.filled) + rows.length;
	await client.query(MOVE({ supplierId: last.supplier_id, alertId: last.alert_id, filled }));
	return { count: rows.length, filled, total: Math.max(Number(place.total), filled) };
}

const keysOf = ({ supplier_id, device_id, hub_id, first, image_hash, ...facts }: Row): bigint[] =>
	runKeysOf(supplier_id, {
		...facts,
		deviceId: device_id,
		hubId: hub_id,
		imageHash: image_hash,
		candidates: first ? [first] : []
	});

const PAGE = query(`
select s.*, a.image_hash, d.model, d.firmware from (
	select supplier_id, alert_id, device_id, hub_id, code, explanation, body->>'area' as area, ${firstCandidate('body')} as first
	from supplier_alert where (supplier_id, alert_id) > (:supplierId::smallint, :alertId::bigint) and keys is null
	order by supplier_id, alert_id limit :limit
) s
left join lateral (select device_id, image_hash from alert where id = s.alert_id offset 0) a on true
left join lateral (
	${knownModel('a.device_id', 's.supplier_id')}
) d on true
order by s.supplier_id, s.alert_id`);

const FILL = query(`
update supplier_alert s set keys = i.keys::bigint[]
from unnest(:supplierIds::smallint[], :alertIds::bigint[], :keys::text[]) as i(supplier_id, alert_id, keys)
where s.supplier_id = i.supplier_id and s.alert_id = i.alert_id and s.keys is null`);

const MOVE = query(
	'update key_backfill set supplier_id = :supplierId, alert_id = :alertId, filled = :filled'
);
