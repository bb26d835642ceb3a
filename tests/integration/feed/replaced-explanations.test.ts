// An explanation that changes while something else happens to its Alert.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { replaceExplanations } from '#lib/server/feed/replace-explanations.ts';
import { insertExplanations } from '#lib/server/feed/insert-explanations.ts';
import { findChanged } from '#lib/server/feed/stored-explanations.ts';
import { grouped, type Told } from '../../support/grouped.ts';
import { startSystem, type System } from '../../support/system.ts';

let system: System;
let world: ReturnType<typeof grouped>;
beforeAll(async () => {
	system = await startSystem({ worker: false });
	world = grouped(system, 10);
	await world.inventory();
});
afterAll(async () => {
	await world.close();
	await system[Symbol.asyncDispose]();
});

const told = (n: number, user: string | null): Told => ({ n, device: n, at: 60 * n, user });
const standing = async () =>
	(
		await system.record.query<{ explanation: string; version: number; seq: string }>(
			'select explanation, version, seq from supplier_alert order by alert_id'
		)
	).rows.map((row) => ({ ...row, seq: Number(row.seq) }));

it('is written at once for all that stands as it was read; what has moved since is explained once more', async () => {
	await world.arrive([told(1, null), told(2, null), told(3, null)]);
	const rows = [told(1, 'A'), told(2, 'A'), told(3, null)].map(world.rowOf);
	const changed = await findChanged(world.pool as never, rows);
	// The third reads as it did.
	expect(changed.map(({ row }) => row.alertId)).toEqual([rows[0]!.alertId, rows[1]!.alertId]);
	// A person decides on the second meanwhile.
	await system.record.query('update supplier_alert set version = version + 1 where alert_id = $1', [
		rows[1]!.alertId.toString()
	]);
	const client = await world.pool.connect();
	await client.query('begin');
	const { frames, doorbell } = await replaceExplanations(client, changed as never);
	await client.query('commit');
	client.release();

	expect(frames).toMatchObject([{ supplierId: 1, from: 4, to: 4, items: [{ version: 2, seq: 4 }] }]);
	expect(await standing()).toEqual([
		{ explanation: 'likely', version: 2, seq: 4 },
		{ explanation: 'unexplained', version: 2, seq: 2 },
		{ explanation: 'unexplained', version: 1, seq: 3 }
	]);
	const { rows: bells } = await system.record.query(
		`select id::text, job, ids::text[] as ids from doorbell where job = 'correlate-again'`
	);
	expect(bells).toEqual([
		{ id: doorbell!.toString(), job: 'correlate-again', ids: [rows[1]!.alertId.toString()] }
	]);
});

it('is not lost where the Alert is explained for the first time meanwhile, without what it has seen', async () => {
	const row = world.rowOf(told(4, 'A'));
	expect(await findChanged(world.pool as never, [row])).toMatchObject([{ stored: null, isBack: false }]);
	await world.arrive([told(4, null)]);
	const client = await world.pool.connect();
	await client.query('begin');
	const { frames, doorbell } = await insertExplanations(client, [row], { newerEvidence: true });
	await client.query('commit');
	client.release();

	expect(frames).toEqual([]);
	const { rows: bells } = await system.record.query(
		`select job, ids::text[] as ids from doorbell where id = $1`,
		[doorbell!.toString()]
	);
	expect(bells).toEqual([{ job: 'correlate-again', ids: [row.alertId.toString()] }]);
});
