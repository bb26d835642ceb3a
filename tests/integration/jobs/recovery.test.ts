// Tests that no Alert is lost when a worker is down or killed, or when Redis loses its data.
import { createClient } from 'redis';
import { expect, it } from 'vitest';
import { aDevice, aRequest, anAlert, newDeviceId } from '../../support/records.ts';
import { eventually, startSystem } from '../../support/system.ts';

it('a worker explains the Alerts that were stored while no worker ran', async () => {
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

it('every Alert is explained after Redis lost its data: jobs are enqueued again and the index is filled from the database', async () => {
	await using system = await startSystem({ worker: false });
	const [beforeLoss, afterLoss] = [newDeviceId(), newDeviceId()];
	await system.post(
		'/devices',
		[beforeLoss, afterLoss].map((id) => aDevice(id))
	);
	await system.post(
		'/service-requests',
		[beforeLoss, afterLoss].map((id) => aRequest(id))
	);
	await system.post('/alerts', anAlert(beforeLoss));
	const redis = createClient({ url: system.redisUrl });
	await redis.connect();
	await redis.flushDb();
	await system.startWorker();
	await eventually(
		async () =>
			expect(await system.alerts('brightwell', `?device=${beforeLoss}`)).toMatchObject([
				{ explanation: 'likely' }
			]),
		{ timeout: 15_000 }
	);
	await redis.flushDb();
	redis.destroy();
	await system.post('/alerts', anAlert(afterLoss));
	await eventually(
		async () =>
			expect(await system.alerts('brightwell', `?device=${afterLoss}`)).toMatchObject([
				{ explanation: 'likely' }
			]),
		{ timeout: 15_000 }
	);
});

it('every Alert is explained once if the worker is killed while Alerts arrive', async () => {
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
