// Tests a backlog: the worker explains critical Alerts first, and ingest refuses new records while too many wait.
import { expect, it } from 'vitest';
import type { AlertChanged } from '#lib/domain/live-events.ts';
import { aDevice, anAlert, newDeviceId } from '../../support/records.ts';
import { settled } from '../../support/supplier-reads.ts';
import { eventually, startSystem } from '../../support/system.ts';

it('a worker that catches up explains critical Alerts first, and of these the newest', async () => {
	await using system = await startSystem();
	const deviceId = newDeviceId();
	await system.post('/devices', aDevice(deviceId));
	// The worker re-explains the Alerts of a new Device. Wait for that job, so that it does not disturb the order.
	await settled(system);
	await system.killWorker();
	const post = async (code: string, name: string, call: number): Promise<void> => {
		const alerts = Array.from({ length: 20 }, (_, i) =>
			anAlert(deviceId, { code, messageId: `${name} ${20 * call + i}` })
		);
		expect((await system.post('/alerts', alerts)).status).toBe(202);
	};
	// The worker runs several batches side by side. 3200 Alerts are enough for a second batch of each.
	for (let i = 0; i < 80; i++) await post('8F30', 'usual', i);
	for (let i = 0; i < 80; i++) await post('8F3F', 'critical', i);
	const explainedIds: string[] = [];
	const socket = await system.connect('brightwell');
	socket.on('alert:changed', ({ items }: AlertChanged) => {
		for (const { messageId } of items) if (!explainedIds.includes(messageId)) explainedIds.push(messageId);
	});
	await system.startWorker();
	await eventually(() => expect(explainedIds).toHaveLength(3200), { timeout: 40_000 });
	// Batches that run side by side may end in any order, so that the first half is not purely critical.
	const firstHalf = explainedIds.slice(0, 1600);
	expect(firstHalf.filter((id) => id.startsWith('critical')).length).toBeGreaterThan(1100);
	expect(firstHalf).toContain('critical 1599');
});

it('ingest refuses a whole call with 503 and Retry-After while too many records wait, and accepts it later', async () => {
	await using system = await startSystem({ worker: false, settings: { BACKLOG_RECORDS: '1000' } });
	const deviceId = newDeviceId();
	await system.post('/devices', aDevice(deviceId));
	const moreThanAllowed = Array.from({ length: 1001 }, () => anAlert(deviceId));
	expect((await system.post('/alerts', moreThanAllowed)).body.accepted).toBe(1001);
	const refused = await eventually(async () => {
		const answer = await system.post('/alerts', anAlert(deviceId, { messageId: 'later' }));
		expect(answer.status).toBe(503);
		return answer;
	});
	expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
	expect(refused.body.detail).toContain('nothing of this call was stored');
	const metrics = (await system.call('GET', '/metrics', null)).body as string;
	expect(metrics).toMatch(/causeway_backlog_records\{kind="alert"\} \d{4}/);
	await system.startWorker();
	await eventually(
		async () => {
			const answer = await system.post('/alerts', anAlert(deviceId, { messageId: 'later' }));
			expect(answer.status).toBe(202);
		},
		{ timeout: 20_000 }
	);
});
