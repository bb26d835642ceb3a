// Tests comments: they stay whatever arrives later, each is about one Alert, episode or Device, and no other Supplier reads
// them.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Alert } from '#lib/domain/alert.ts';
import type { Comment } from '#lib/domain/desk/comment.ts';
import { explained, ofDevice, post } from '../../support/desk.ts';
import { joinAs, type Member } from '../../support/members.ts';
import { aDevice, aRequest } from '../../support/records.ts';
import { eventually, startSystem, type System } from '../../support/system.ts';

let system: System;
let sam: Member;
let hal: Member;
beforeAll(async () => {
	system = await startSystem({ completeUntil: '2026-11-20T00:00:00.000Z' });
	sam = await joinAs(system, 'brightwell', 'controller', 'Sam Controller');
	hal = await joinAs(system, 'halden', 'controller', 'Hal Controller');
});
afterAll(async () => {
	await system[Symbol.asyncDispose]();
});

const comment = async (path: string, text: string): Promise<Comment> => {
	const { status, body } = await sam.call('POST', `${path}/comments`, { text });
	expect(status).toBe(201);
	return body;
};
const textsOf = async (alertId: string): Promise<string[]> => {
	const { body } = await sam.call('GET', `/alerts/${alertId}/comments`);
	return body.items.map((item: Comment) => `${item.subject}: ${item.text}`);
};
const current = async (id: string): Promise<Alert> => (await sam.call('GET', `/alerts/${id}`)).body;
const episodeOf = (deviceId: string, members: number): Promise<string> =>
	eventually(async () => {
		const [alert] = await ofDevice(system, deviceId);
		const { status, body } = await sam.call('GET', `/episodes/${alert!.episodeId}`);
		expect([status, body.members]).toEqual([200, members]);
		return alert!.episodeId!;
	});

describe('the comments of an Alert', () => {
	it('are those on the Alert, its episode and its Device, oldest first, and are counted on the Alert', async () => {
		const { deviceId, alerts } = await explained(system, 2);
		const episodeId = await episodeOf(deviceId, 2);
		await comment(`/devices/${deviceId}`, 'flat roof, no signal');
		await comment(`/alerts/${alerts[0]!.id}`, 'called North Grid');
		await comment(`/episodes/${episodeId}`, 'planned work');
		expect(await textsOf(alerts[0]!.id)).toEqual([
			'device: flat roof, no signal',
			'alert: called North Grid',
			'episode: planned work'
		]);
		expect(await textsOf(alerts[1]!.id)).toEqual(['device: flat roof, no signal', 'episode: planned work']);
		expect((await current(alerts[0]!.id)).comments).toBe(1);
		expect((await current(alerts[1]!.id)).comments).toBe(0);
	});

	it('say author and time, and reach connected clients as a new version that is no conflict', async () => {
		const alert = (await explained(system, 1)).alerts[0]!;
		const socket = await system.connect('brightwell');
		const pushed = new Promise<Alert>((done) =>
			socket.on('alert:changed', ({ items }: { items: Alert[] }) => {
				const item = items.find(({ id, comments }) => id === alert.id && comments === 1);
				if (item) done(item);
			})
		);
		const written = await comment(`/alerts/${alert.id}`, 'called North Grid');
		expect(written).toMatchObject({ by: 'Sam Controller', subject: 'alert', subjectId: alert.id });
		expect((await pushed).version).toBe(alert.version + 1);
		const decision = { verdict: 'ignorable', reason: 'information', version: alert.version };
		expect((await sam.call('POST', `/alerts/${alert.id}/decision`, decision)).status).toBe(200);
	});

	it('stay with the decision when the Alert repeats, is grouped anew and is explained again', async () => {
		const { deviceId, alerts } = await explained(system, 1, { code: '8F30' });
		const [alert] = alerts;
		await comment(`/alerts/${alert!.id}`, 'called North Grid');
		await comment(`/devices/${deviceId}`, 'flat roof');
		const decision = { verdict: 'ignorable', reason: 'information', version: alert!.version };
		expect((await sam.call('POST', `/alerts/${alert!.id}/decision`, decision)).status).toBe(200);
		await post(system, deviceId, 2, { code: '8F30' });
		const episodeId = await episodeOf(deviceId, 3);
		await comment(`/episodes/${episodeId}`, 'planned work');
		await post(system, deviceId, 1, { code: '8F30' });
		await episodeOf(deviceId, 4);
		await system.post('/service-requests', aRequest(deviceId));
		await eventually(async () => expect((await current(alert!.id)).explanation).toBe('likely'));
		expect(await textsOf(alert!.id)).toEqual(
			expect.arrayContaining(['alert: called North Grid', 'device: flat roof'])
		);
		expect(await current(alert!.id)).toMatchObject({ comments: 1, decision: { verdict: 'ignorable' } });
		const [newest] = await ofDevice(system, deviceId);
		expect(await textsOf(newest!.id)).toContain('device: flat roof');
	});

	it('come back with the Alert when a corrected tenure takes it away and gives it back', async () => {
		const { deviceId, alerts } = await explained(system, 1);
		await comment(`/alerts/${alerts[0]!.id}`, 'called North Grid');
		const tenure = (supplier: string) =>
			system.post(
				'/devices',
				aDevice(deviceId, { tenures: [{ supplier, from: '2025-01-01T00:00:00.000Z', to: null }] })
			);
		await tenure('halden');
		await eventually(async () =>
			expect((await sam.call('GET', `/alerts/${alerts[0]!.id}/comments`)).status).toBe(404)
		);
		expect((await hal.call('GET', `/alerts/${alerts[0]!.id}/comments`)).body.items).toEqual([]);
		await tenure('brightwell');
		await eventually(async () => expect((await current(alerts[0]!.id)).comments).toBe(1));
		expect(await textsOf(alerts[0]!.id)).toEqual(['alert: called North Grid']);
	});
});

describe('a comment', () => {
	it('is written and read only by people of the Supplier that has the subject', async () => {
		const { deviceId, alerts } = await explained(system, 2);
		const episodeId = await episodeOf(deviceId, 2);
		const viewer = await joinAs(system, 'brightwell', 'viewer', 'Vic Viewer');
		for (const path of [`/alerts/${alerts[0]!.id}`, `/episodes/${episodeId}`, `/devices/${deviceId}`]) {
			expect((await hal.call('POST', `${path}/comments`, { text: 'x' })).status).toBe(404);
			expect((await hal.call('GET', `${path}/comments`)).status).toBe(404);
			expect((await viewer.call('POST', `${path}/comments`, { text: 'x' })).status).toBe(403);
			expect((await viewer.call('GET', `${path}/comments`)).status).toBe(200);
		}
	});

	it('has from 1 to 2000 characters, and its author cannot change or delete it', async () => {
		const alert = (await explained(system, 1)).alerts[0]!;
		const path = `/alerts/${alert.id}/comments`;
		expect((await sam.call('POST', path, { text: ' ' })).status).toBe(400);
		expect((await sam.call('POST', path, { text: 'x'.repeat(2001) })).status).toBe(400);
		expect((await sam.call('POST', path, { text: 'x'.repeat(2000) })).status).toBe(201);
		expect((await sam.call('DELETE', path)).status).toBe(405);
	});
});
