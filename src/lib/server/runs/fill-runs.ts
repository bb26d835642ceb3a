// Fills the index of runs from the database after Redis was emptied, and takes samples of the runs for the check.
// Meanwhile, workers add new Alerts. A transaction that added its Alerts before Redis was emptied may commit later, so the
// filling waits for it before it reads. So no Alert is missed.
import type pg from 'pg';
import { LOCKS } from '#lib/server/postgres/locks.ts';
import { firstIdAt } from '#lib/server/postgres/record-id.ts';
import { runningTransactionsEnd } from '#lib/server/postgres/running-transactions.ts';
import { whileLocked } from '#lib/server/postgres/session-lock.ts';
import { query } from '#lib/server/postgres/statement.ts';
import { insertDoubts } from './run-doubts.ts';
import type { RunIndex } from './run-index.ts';
import type { RunKey } from './run-key.ts';

const ALERTS_PER_PAGE = 2000;
/**
 * The filling reads the Alerts of this time (ms): twice the longest gap of a rule of less than a day. The few Alerts that
 * report a firmware image are checked in the database until the index knows enough of them.
 */
const FILLED_MS = 2 * 3_600_000;
const SAMPLE_SIZE = 20;

interface Row {
	alert_id: bigint;
	device_id: string;
	effective_at: Date;
	keys: string[];
	episode_id: bigint | null;
	key: RunKey | null;
}

/**
 * Adds the recent Alerts to the index of runs and marks it filled. Returns the number of Alerts added. Returns `null` if
 * the index is not filled: another process fills it or checks runs, a transaction runs too long, or Redis was emptied
 * meanwhile.
 */
export const fillRuns = (pool: pg.Pool, index: RunIndex): Promise<number | null> =>
	whileLocked(pool, LOCKS.runs, (client) => fill(client, index));

async function fill(client: pg.ClientBase, index: RunIndex): Promise<number | null> {
	const filling = await index.beginFilling();
	if (!(await runningTransactionsEnd(client))) return null;
	const since = Date.now() - FILLED_MS;
	let done = 0;
	for (const supplierId of await suppliers(client))
		for (let after = firstIdAt(since); ;) {
			const { rows } = await client.query<Row>(PAGE({ supplierId, after, limit: ALERTS_PER_PAGE }));
			await index.fill(
				rows.map((row) => ({
					supplierId,
					alertId: row.alert_id,
					deviceId: row.device_id,
					at: row.effective_at.getTime(),
					keys: row.keys.map(BigInt),
					episodeId: row.episode_id,
					key: row.key
				}))
			);
			done += rows.length;
			if (rows.length < ALERTS_PER_PAGE) break;
			after = rows.at(-1)!.alert_id;
		}
	const { rows } = await client.query<{ older: boolean }>(HAS_OLDER({ before: firstIdAt(since) }));
	return (await index.endFilling(filling, rows[0]!.older ? since : 0)) ? done : null;
}

async function suppliers(client: pg.ClientBase | pg.Pool): Promise<number[]> {
	const { rows } = await client.query<{ id: number }>(SUPPLIERS({}));
	return rows.map((row) => row.id);
}

/** Puts the keys of a few random Alerts of the last two hours in doubt, so that the check compares them. */
export async function sampleRuns(pool: pg.Pool): Promise<void> {
	const ids = await suppliers(pool);
	if (ids.length === 0) return;
	const supplierId = ids[Math.floor(Math.random() * ids.length)]!;
	const after = firstIdAt(Math.floor(Date.now() - Math.random() * FILLED_MS));
	const { rows } = await pool.query<Row>(PAGE({ supplierId, after, limit: SAMPLE_SIZE }));
	await insertDoubts(
		pool,
		rows.flatMap(({ effective_at, keys }) =>
			keys.map((key) => ({ supplierId, key: BigInt(key), at: effective_at.getTime() }))
		)
	);
}

const SUPPLIERS = query('select id from supplier order by id');

const HAS_OLDER = query('select exists (select from supplier_alert where alert_id <= :before) as older');

const PAGE = query(`
select s.*, e.key from (
	select alert_id, device_id, effective_at, keys, episode_id from supplier_alert
	where supplier_id = :supplierId and alert_id > :after and keys is not null order by alert_id limit :limit
) s left join episode e on e.id = s.episode_id
order by s.alert_id`);
