// Tests the queue of Alerts to re-explain after a learned pattern changed: the Alerts it may affect, newest first, and no others.
import type pg from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { causeTable } from '#lib/domain/cause-table/cause-table.ts';
import { queueCodes, takeAffected } from '#lib/server/learning/re-explain-queue.ts';
import { weighEvidence } from '#lib/server/learning/weigh-evidence.ts';
import { inTransaction } from '#lib/server/postgres/transaction.ts';
import { explainedAlerts } from '../../support/explained-alerts.ts';
import { startSystem, type System } from '../../support/system.ts';

const SUPPLIER = 1;
const ALERT_COUNT = 250;
const CODE = '8F3E';
let system: System;
let alerts: ReturnType<typeof explainedAlerts>;

beforeAll(async () => {
	system = await startSystem({ worker: false });
	alerts = explainedAlerts(system);
	await alerts.insert(
		Array.from({ length: ALERT_COUNT }, (_, n) => ({ n, device: n % 20, atSeconds: n, userId: null }))
	);
});
afterAll(async () => {
	await alerts?.close();
	await system?.[Symbol.asyncDispose]();
});

const queuedCodes = async (): Promise<string[]> =>
	(await system.database.query<{ code: string }>('select code from learned_again order by code')).rows.map(
		({ code }) => code
	);

type Work<T> = (client: pg.PoolClient) => Promise<T>;
const committed = <T>(work: Work<T>): Promise<T> => inTransaction(alerts.pool, work);
/** Does `work` in a transaction and then rolls the transaction back, as if the worker had failed. */
async function rolledBack<T>(work: Work<T>): Promise<T> {
	const rollback = new Error('rolled back on purpose');
	let result: { value: T } | undefined;
	await committed(async (client) => {
		result = { value: await work(client) };
		throw rollback;
	}).catch((error: unknown) => {
		if (error !== rollback) throw error;
	});
	return result!.value;
}
const take = () => committed(takeAffected);
const queueCode = () => committed((client) => queueCodes(client, SUPPLIER, [CODE]));

describe('the queue', () => {
	/** The ids of the Alerts that the pattern may affect, newest first. */
	let affected: bigint[];
	beforeAll(async () => {
		await system.database.query(
			`update supplier_alert set explanation = (array['exact', 'not-command', 'out-of-scope'])[1 + alert_id % 3]
			 where alert_id % 5 = 0`
		);
		await system.database.query(`update supplier_alert set code = '8F30' where alert_id % 7 = 0`);
		const { rows } = await system.database.query<{ id: string }>(
			`select alert_id::text as id from supplier_alert where code = $1 and explanation = 'unexplained'
			 order by alert_id desc`,
			[CODE]
		);
		affected = rows.map(({ id }) => BigInt(id));
		expect(affected.length).toBeGreaterThan(150);
	});
	beforeEach(queueCode);

	it('gives every affected Alert once, from the newest down, and none whose explanation uses no learned pattern', async () => {
		const taken: bigint[][] = [];
		for (let next = await take(); next; next = await take()) taken.push(next);
		expect(taken.flat()).toEqual(affected);
		expect(Math.max(...taken.map(({ length }) => length))).toBeLessThanOrEqual(100);
		expect(await queuedCodes()).toEqual([]);
	});

	it('gives the same Alerts again when the worker fails to explain them', async () => {
		const first = await rolledBack(takeAffected);
		expect(first!.length).toBeGreaterThan(0);
		expect(await take()).toEqual(first);
	});

	it('starts again from the newest Alert when the code is queued a second time', async () => {
		const first = await take();
		expect(await take()).not.toEqual(first);
		await queueCode();
		expect(await take()).toEqual(first);
	});

	it('gives nothing to a second worker while the first explains the Alerts it took', async () => {
		await rolledBack(async (client) => {
			expect((await takeAffected(client))!.length).toBeGreaterThan(0);
			expect(await take()).toBeNull();
		});
	});
});

describe('a pattern with more occurrences', () => {
	const knownToTable = { code: '8F30', variant: '6.5', role: 'ED' };
	const unknownToTable = { code: '81AF', variant: '6.2.4', role: 'RSA' };

	it('queues its code for re-explanation only if the cause table does not name the cause', async () => {
		await system.database.query('delete from learned_again');
		for (const { code, variant, role } of [knownToTable, unknownToTable]) {
			await system.database.query(
				`insert into learned_sample (supplier_id, device_id, code, hour, device_type, sightings)
				 select $1, decode(lpad(to_hex(n), 16, '0'), 'hex'), $2, now(), 'ESME', array[$3] from generate_series(1, 40) as n`,
				[SUPPLIER, code, `${variant}|${role}|same-device|0`]
			);
			await system.database.query(
				`insert into learned_count (supplier_id, device_type, code, variant, user_role, relation, bucket, n)
				 values ($1, 'ESME', $2, '', '', 'same-device', 0, 40), ($1, 'ESME', $2, $3, $4, 'same-device', 0, 40)`,
				[SUPPLIER, code, variant, role]
			);
		}
		await system.database.query(
			`insert into learned_count (supplier_id, device_type, code, variant, user_role, relation, bucket, n)
			 values ($1, 'ESME', '810E', '', '', 'same-device', 0, 5000)`,
			[SUPPLIER]
		);
		await system.database.query(
			`insert into learned_state (supplier_id, counted, weighed) values ($1, 1, 0)
			 on conflict (supplier_id) do update set counted = excluded.counted, weighed = excluded.weighed`,
			[SUPPLIER]
		);
		await weighEvidence({ pool: alerts.pool, table: causeTable });
		const { rows } = await system.database.query<{ code: string }>(
			'select code from learned_pattern where offered order by code'
		);
		expect(rows.map(({ code }) => code)).toEqual(['81AF', '8F30']);
		expect(await queuedCodes()).toEqual(['81AF']);
	});
});
