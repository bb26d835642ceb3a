// Owns the table `run_doubt`: keys of Alerts whose runs may differ from what their Alerts were told. run-check/check-runs.ts
// works on them.
import type pg from 'pg';
import { statement } from '#lib/server/postgres/statement.ts';
import type { RunKey } from './run-key.ts';

/** A key in doubt, at the time of an Alert that came, changed or left (epoch ms). */
export interface Doubt {
	supplierId: number;
	key: RunKey;
	at: number;
}

/** The doubts of one key, to be checked together. `ids`: the rows to delete after the check. */
export interface DoubtfulKey {
	supplierId: number;
	key: RunKey;
	/** The time of the first doubt (epoch ms). */
	from: number;
	to: number;
	ids: bigint[];
}

export async function insertDoubts(client: pg.ClientBase | pg.Pool, doubts: readonly Doubt[]): Promise<void> {
	if (doubts.length === 0) return;
	await client.query(
		INSERT({
			supplierIds: doubts.map((one) => one.supplierId),
			keys: doubts.map((one) => one.key),
			times: doubts.map((one) => new Date(one.at).toISOString())
		})
	);
}

/**
 * Reads the oldest doubts, together by key, without the doubts of these keys. `most`: the greatest number of doubts to
 * look at, and of keys to return.
 */
export async function readDoubts(
	client: pg.ClientBase | pg.Pool,
	most: { doubts: number; keys: number },
	without: readonly RunKey[]
): Promise<DoubtfulKey[]> {
	const { rows } = await client.query<{
		supplier_id: number;
		key: bigint;
		from: Date;
		to: Date;
		ids: string[];
	}>(READ({ ...most, without }));
	return rows.map(({ supplier_id, key, from, to, ids }) => ({
		supplierId: supplier_id,
		key,
		from: from.getTime(),
		to: to.getTime(),
		ids: ids.map(BigInt)
	}));
}

/** Reads the episodes that lost a member, by Supplier. `ids`: the rows to delete after they were counted again. */
export async function readLosses(
	client: pg.ClientBase | pg.Pool,
	limit: number
): Promise<Array<{ supplierId: number; episodeIds: bigint[]; ids: bigint[] }>> {
	const { rows } = await client.query<{ supplier_id: number; episode_ids: string[]; ids: string[] }>(
		LOSSES({ limit })
	);
	return rows.map((row) => ({
		supplierId: row.supplier_id,
		episodeIds: [...new Set(row.episode_ids)].map(BigInt),
		ids: row.ids.map(BigInt)
	}));
}

export async function deleteDoubts(client: pg.ClientBase | pg.Pool, ids: readonly bigint[]): Promise<void> {
	if (ids.length > 0) await client.query(DELETE({ ids }));
}

/**
 * SQL: puts keys in doubt, so that their runs are checked. `from`: a relation with `supplier_id`,
 * `keys` and `effective_at`.
 */
export const doubtKeys = (from: string): string =>
	`insert into run_doubt (supplier_id, key, at) select supplier_id, key, effective_at from ${from} cross join lateral unnest(keys) as key`;

const INSERT = statement(
	'insert-run-doubts',
	`insert into run_doubt (supplier_id, key, at)
	select * from unnest(:supplierIds::smallint[], :keys::bigint[], :times::timestamptz[])`
);

const READ = statement(
	'read-run-doubts',
	`
select supplier_id, key, min(at) as "from", max(at) as "to", array_agg(id::text) as ids
from (select * from run_doubt where episode_id is null and key <> all(:without::bigint[]) order by id limit :doubts) d
group by supplier_id, key order by min(id) limit :keys`
);

const LOSSES = statement(
	'read-losses-of-episodes',
	`
select supplier_id, array_agg(episode_id::text) as episode_ids, array_agg(id::text) as ids
from (select * from run_doubt where episode_id is not null order by id limit :limit) d group by supplier_id`
);

const DELETE = statement('delete-run-doubts', 'delete from run_doubt where id = any(:ids::bigint[])');
