// Tests that a worker process that stops lets the work of its timers end, and does not take Redis away from this work.
import { createClient } from 'redis';
import { expect, it } from 'vitest';
import { hold } from '../../support/held-lock.ts';
import { aDevice, anAlert, newDeviceId } from '../../support/records.ts';
import { settled } from '../../support/supplier-reads.ts';
import { eventually, startSystem } from '../../support/system.ts';

it('a worker that stops while it learns ends the learning first', async () => {
	await using system = await startSystem();
	const { database } = system;
	const deviceId = newDeviceId();
	await system.post('/devices', aDevice(deviceId));
	await system.post('/alerts', anAlert(deviceId));
	await settled(system);
	await eventually(async () => expect(await count('learned_sample')).toBe(1));
	await database.query('truncate learned_sample, learned_count');
	const redis = createClient({ url: system.redisUrl });
	await redis.connect();
	using closing = { [Symbol.dispose]: () => redis.destroy() };
	void closing;

	await using users = await hold(system, 'lock table supplier_user in access exclusive mode');
	await database.query('insert into learn_due (alert_ids) select array_agg(id) from alert');
	await eventually(async () => {
		const { rowCount: waiting } = await database.query(
			`select distinct pid from pg_locks l join pg_stat_activity a using (pid)
			where l.relation = 'learn_due'::regclass and l.granted and a.wait_event_type = 'Lock'`
		);
		expect(waiting).toBe(1);
	});
	const stopped = system.stopWorker();
	const ownDatabase = Number(new URL(system.redisUrl).pathname.slice(1));
	await eventually(async () => {
		const waitsForJobs = (await redis.clientList()).filter(
			({ db, cmd }) => db === ownDatabase && cmd === 'bzpopmin'
		);
		expect(waitsForJobs).toEqual([]);
	});
	await users.release();
	await stopped;

	expect(await count('learn_due')).toBe(0);
	expect(await count('learned_sample')).toBe(1);

	async function count(table: string): Promise<number> {
		return (await database.query(`select from ${table}`)).rowCount!;
	}
});
