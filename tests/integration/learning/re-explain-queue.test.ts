// What a change of the learned patterns has explained again: what it may bear on, from the newest down, and nothing else.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { causeTable } from '#lib/domain/cause-table/cause-table.ts';
import { queueCodes, takeAffected } from '#lib/server/learning/re-explain-queue.ts';
import { weighEvidence } from '#lib/server/learning/weigh-evidence.ts';
import { grouped } from '../../support/grouped.ts';
import { startSystem, type System } from '../../support/system.ts';

const SUPPLIER = 1;
const [ALERTS, CODE] = [250, '8F3E'];
let system: System;
let store: ReturnType<typeof grouped>;

beforeAll(async () => {
	system = await startSystem({ worker: false });
	store = grouped(system, 20);
	await store.inventory();
	await store.arrive(Array.from({ length: ALERTS }, (_, n) => ({ n, device: n % 20, at: n, user: null })));
});
afterAll(async () => {
	await store?.close();
	await system?.[Symbol.asyncDispose]();
});

const marked = async (): Promise<string[]> =>
	(await system.record.query<{ code: string }>('select code from learned_again order by code')).rows.map(
		({ code }) => code
	);

async function inOne<T>(
	work: (client: Parameters<typeof takeAffected>[0]) => Promise<T>,
	end: string
): Promise<T> {
	const client = await store.pool.connect();
	try {
		await client.query('begin');
		const done = await work(client);
		await client.query(end);
		return done;
	} finally {
		client.release();
	}
}
const take = (end = 'commit') => inOne(takeAffected, end);
const begin = () => inOne((client) => queueCodes(client, SUPPLIER, [CODE]), 'commit');

describe('Alerts of a code', () => {
	/** Newest first. */
	let bearing: bigint[];
	beforeAll(async () => {
		await system.record.query(
			`update supplier_alert set explanation = (array['exact', 'not-command', 'out-of-scope'])[1 + alert_id % 3]
			 where alert_id % 5 = 0`
		);
		await system.record.query(`update supplier_alert set code = '8F30' where alert_id % 7 = 0`);
		const { rows } = await system.record.query<{ id: string }>(
			`select alert_id::text as id from supplier_alert where code = $1 and explanation = 'unexplained'
			 order by alert_id desc`,
			[CODE]
		);
		bearing = rows.map(({ id }) => BigInt(id));
		expect(bearing.length).toBeGreaterThan(150);
	});
	beforeEach(begin);

	it('are taken once each from the newest down, but for those that rest on nothing learned', async () => {
		const taken: bigint[][] = [];
		for (let next = await take(); next; next = await take()) taken.push(next);
		expect(taken.flat()).toEqual(bearing);
		expect(Math.max(...taken.map(({ length }) => length))).toBeLessThanOrEqual(100);
		expect(await marked()).toEqual([]);
	});

	it('are taken again where the work on them was not done', async () => {
		const first = await take('rollback');
		expect(first!.length).toBeGreaterThan(0);
		expect(await take()).toEqual(first);
	});

	it('are gone through from the newest on where something else is learned meanwhile', async () => {
		const first = await take();
		expect(await take()).not.toEqual(first);
		await begin();
		expect(await take()).toEqual(first);
	});

	it('are left to the worker that is at them', async () => {
		await inOne(async (client) => {
			expect((await takeAffected(client))!.length).toBeGreaterThan(0);
			expect(await take()).toBeNull();
		}, 'rollback');
	});
});

describe('a pattern that becomes surer', () => {
	const refusedRead = { code: '8F30', variant: '6.5', role: 'ED' };
	const quirk = { code: '81AF', variant: '6.2.4', role: 'RSA' };

	it('has Alerts explained again where the table does not say what causes them, and no others', async () => {
		await system.record.query('delete from learned_again');
		for (const { code, variant, role } of [refusedRead, quirk]) {
			await system.record.query(
				`insert into learned_sample (supplier_id, device_id, code, hour, device_type, sightings)
				 select $1, decode(lpad(to_hex(n), 16, '0'), 'hex'), $2, now(), 'ESME', array[$3] from generate_series(1, 40) as n`,
				[SUPPLIER, code, `${variant}|${role}|same-device|0`]
			);
			await system.record.query(
				`insert into learned_count (supplier_id, device_type, code, variant, user_role, relation, bucket, n)
				 values ($1, 'ESME', $2, '', '', 'same-device', 0, 40), ($1, 'ESME', $2, $3, $4, 'same-device', 0, 40)`,
				[SUPPLIER, code, variant, role]
			);
		}
		await system.record.query(
			`insert into learned_count (supplier_id, device_type, code, variant, user_role, relation, bucket, n)
			 values ($1, 'ESME', '810E', '', '', 'same-device', 0, 5000)`,
			[SUPPLIER]
		);
		await system.record.query(
			`insert into learned_state (supplier_id, counted, weighed) values ($1, 1, 0)
			 on conflict (supplier_id) do update set counted = excluded.counted, weighed = excluded.weighed`,
			[SUPPLIER]
		);
		await weighEvidence({ pool: store.pool, table: causeTable });
		const { rows } = await system.record.query<{ code: string }>(
			'select code from learned_pattern where offered order by code'
		);
		expect(rows.map(({ code }) => code)).toEqual(['81AF', '8F30']);
		expect(await marked()).toEqual(['81AF']);
	});
});
