// More than can be worked on at once: what is critical comes first, and nothing is taken in that nobody would see in time.
import { expect, it } from 'vitest';
import type { AlertChanged } from '#lib/domain/live-events.ts';
import { aDevice, anAlert, newDeviceId } from '../support/records.ts';
import { eventually, startSystem } from '../support/system.ts';

it('explains what is critical first, of that the newest, when a backlog is worked off', async () => {
	await using system = await startSystem({ worker: false });
	const deviceId = newDeviceId();
	await system.post('/devices', aDevice(deviceId));
	const post = async (code: string, messageId: string): Promise<void> => {
		expect((await system.post('/alerts', anAlert(deviceId, { code, messageId }))).status).toBe(202);
	};
	for (let i = 0; i < 60; i++) await post('8F30', `usual ${i}`);
	for (let i = 0; i < 60; i++) await post('8F3F', `critical ${i}`);
	const order: string[] = [];
	const socket = await system.connect('brightwell');
	socket.on('alert:changed', ({ items }: AlertChanged) => {
		for (const { messageId } of items) if (!order.includes(messageId)) order.push(messageId);
	});
	await system.startWorker();
	await eventually(() => expect(order).toHaveLength(120), { timeout: 20_000 });
	const first = order.slice(0, 30);
	expect(first.filter((id) => id.startsWith('critical'))).toHaveLength(30);
	expect(first).toContain('critical 59');
	expect(first).not.toContain('critical 0');
});

it('asks to come back, before anything of a call is kept, while too much waits to be worked on', async () => {
	await using system = await startSystem({ worker: false, settings: { BACKLOG_RECORDS: '1000' } });
	const deviceId = newDeviceId();
	await system.post('/devices', aDevice(deviceId));
	const many = Array.from({ length: 1001 }, () => anAlert(deviceId));
	expect((await system.post('/alerts', many)).body.accepted).toBe(1001);
	const refused = await eventually(async () => {
		const answer = await system.post('/alerts', anAlert(deviceId, { messageId: 'later' }));
		expect(answer.status).toBe(503);
		return answer;
	});
	expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
	expect(refused.body.detail).toContain('nothing of this call was kept');
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
