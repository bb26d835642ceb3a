// More than can be worked on at once: what is critical comes first, and nothing is taken in that nobody would see in time.
import { expect, it } from 'vitest';
import type { AlertChanged } from '#lib/domain/live-events.ts';
import { aDevice, anAlert, newDeviceId } from '../../support/records.ts';
import { settled } from '../../support/supplier-reads.ts';
import { eventually, startSystem } from '../../support/system.ts';

it('explains what is critical first, of that the newest, when a backlog is worked off', async () => {
	await using system = await startSystem();
	const deviceId = newDeviceId();
	await system.post('/devices', aDevice(deviceId));
	// A Device that has just become known has its Alerts explained again: that is over before they come.
	await settled(system);
	await system.killWorker();
	const post = async (code: string, name: string, call: number): Promise<void> => {
		const alerts = Array.from({ length: 20 }, (_, i) =>
			anAlert(deviceId, { code, messageId: `${name} ${20 * call + i}` })
		);
		expect((await system.post('/alerts', alerts)).status).toBe(202);
	};
	// Several rounds run side by side: enough for each of them to have a second one.
	for (let i = 0; i < 80; i++) await post('8F30', 'usual', i);
	for (let i = 0; i < 80; i++) await post('8F3F', 'critical', i);
	const order: string[] = [];
	const socket = await system.connect('brightwell');
	socket.on('alert:changed', ({ items }: AlertChanged) => {
		for (const { messageId } of items) if (!order.includes(messageId)) order.push(messageId);
	});
	await system.startWorker();
	await eventually(() => expect(order).toHaveLength(3200), { timeout: 40_000 });
	// Rounds that run side by side may end in any order; by and large the critical ones come before.
	const half = order.slice(0, 1600);
	expect(half.filter((id) => id.startsWith('critical')).length).toBeGreaterThan(1100);
	expect(half).toContain('critical 1599');
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
