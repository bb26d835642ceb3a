import { createClient } from 'redis';
import { expect, it } from 'vitest';
import { keepPartitions } from '#lib/server/postgres/keep-partitions.ts';
import { aDevice, aRequest, anAlert, newDeviceId } from '../../support/records.ts';
import { eventually, startSystem } from '../../support/system.ts';

it('explains what was kept while no worker ran', async () => {
	await using system = await startSystem({ worker: false });
	const deviceId = newDeviceId();
	await system.post('/devices', aDevice(deviceId));
	await system.post('/alerts', anAlert(deviceId));
	await system.post('/service-requests', aRequest(deviceId));
	expect(await system.alerts('brightwell')).toEqual([]);
	await system.startWorker();
	await eventually(
		async () => expect(await system.alerts('brightwell')).toMatchObject([{ explanation: 'likely' }]),
		{ timeout: 10_000 }
	);
});

it('loses nothing when Redis is emptied: doorbells are rung again and the index is filled from the record', async () => {
	await using system = await startSystem({ worker: false });
	const [before, after] = [newDeviceId(), newDeviceId()];
	await system.post(
		'/devices',
		[before, after].map((id) => aDevice(id))
	);
	await system.post(
		'/service-requests',
		[before, after].map((id) => aRequest(id))
	);
	await system.post('/alerts', anAlert(before));
	const redis = createClient({ url: system.redisUrl });
	await redis.connect();
	await redis.flushDb();
	await system.startWorker();
	await eventually(
		async () =>
			expect(await system.alerts('brightwell', `?device=${before}`)).toMatchObject([
				{ explanation: 'likely' }
			]),
		{ timeout: 15_000 }
	);
	await redis.flushDb();
	redis.destroy();
	await system.post('/alerts', anAlert(after));
	await eventually(
		async () =>
			expect(await system.alerts('brightwell', `?device=${after}`)).toMatchObject([
				{ explanation: 'likely' }
			]),
		{ timeout: 15_000 }
	);
});

it('explains every Alert once when the worker is killed in the middle', async () => {
	await using system = await startSystem();
	const deviceIds = Array.from({ length: 300 }, newDeviceId);
	await system.post(
		'/devices',
		deviceIds.map((id) => aDevice(id))
	);
	await system.post(
		'/service-requests',
		deviceIds.map((id) => aRequest(id))
	);
	const posted = Promise.all(deviceIds.map((id) => system.post('/alerts', anAlert(id))));
	await system.killWorker();
	expect((await posted).every((answer) => answer.body.accepted === 1)).toBe(true);
	await system.startWorker();
	await eventually(
		async () => {
			const items = [...(await system.alerts('brightwell', '?limit=500'))];
			expect(items.map((alert) => alert.deviceId).sort()).toEqual([...deviceIds].sort());
			expect(new Set(items.map((alert) => alert.explanation))).toEqual(new Set(['likely']));
		},
		{ timeout: 20_000, interval: 200 }
	);
});

it('drops whole weeks when retention has ended, and nothing before', async () => {
	await using system = await startSystem({ worker: false });
	await system.post('/alerts', anAlert(newDeviceId()));
	const DAY = 86_400_000;
	const kept = async () => Number((await system.record.query('select count(*) from alert')).rows[0].count);
	await keepPartitions(system.databaseUrl, 100, Date.now() + 99 * DAY);
	expect(await kept()).toBe(1);
	const dropped = await keepPartitions(system.databaseUrl, 100, Date.now() + 108 * DAY);
	expect(dropped).toContainEqual(expect.stringMatching(/^alert_\d{8}$/));
	expect(await kept()).toBe(0);
});
