import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { io } from 'socket.io-client';
import type { Alert } from '#lib/domain/alert.ts';
import { AlertChanged, FeedPage } from '#lib/domain/live-events.ts';
import { aDevice, aRequest, anAlert, newDeviceId } from '../../support/records.ts';
import { eventually, startSystem, type System } from '../../support/system.ts';

let system: System;
beforeAll(async () => {
	system = await startSystem();
});
afterAll(async () => {
	await system[Symbol.asyncDispose]();
});

describe('the live feed', () => {
	it('pushes a new Alert to its Supplier within the shape of the contract, and nothing to another', async () => {
		const [mine, theirs] = [await system.connect('brightwell'), await system.connect('halden')];
		const foreign = vi.fn();
		theirs.on('alert:changed', foreign);
		const deviceId = newDeviceId();
		await system.post('/devices', aDevice(deviceId));
		const frame = new Promise((done) => mine.once('alert:changed', done));
		await system.post('/alerts', anAlert(deviceId));
		const { items, from, to } = AlertChanged.parse(await frame);
		expect(items).toMatchObject([{ deviceId, code: '8F30' }]);
		expect(to - from + 1).toBe(items.length);
		// The other Supplier's own Alert comes after it, and is the first thing it hears.
		const other = newDeviceId();
		const heard = new Promise<AlertChanged>((done) => theirs.once('alert:changed', done));
		await system.post(
			'/devices',
			aDevice(other, { tenures: [{ supplier: 'halden', from: '2025-01-01T00:00:00.000Z' }] })
		);
		await system.post('/alerts', anAlert(other));
		expect((await heard).items.map((alert: Alert) => alert.deviceId)).toEqual([other]);
		expect(foreign).toHaveBeenCalledTimes(1);
	});

	it('numbers every change without a gap, and gives again what was missed', async () => {
		const deviceIds = Array.from({ length: 20 }, newDeviceId);
		const before = (await system.get('brightwell', '/alerts')).body.head;
		await system.post(
			'/devices',
			deviceIds.map((id) => aDevice(id))
		);
		await Promise.all(deviceIds.map((id) => system.post('/alerts', anAlert(id))));
		const page = await eventually(async () => {
			const { body } = await system.get('brightwell', `/feed?after=${before}`);
			expect(body.items).toHaveLength(20);
			return FeedPage.parse(body);
		});
		expect(page.items.map((item) => item.seq)).toEqual(Array.from({ length: 20 }, (_, i) => before + 1 + i));
		expect(page.head).toBe(before + 20);
	});

	it('says that it no longer reaches back where a client asks for what never was', async () => {
		expect((await system.get('brightwell', '/feed?after=999999')).body).toMatchObject({ items: [] });
		expect((await system.get('brightwell', '/feed?after=-1')).status).toBe(400);
	});

	it.each([
		['without a key', {}],
		['with a wrong key', { auth: { key: 'cwk_wrong' } }],
		['from the page of another site', { extraHeaders: { origin: 'https://evil.example' } }]
	])('refuses a socket %s', async (_what, options) => {
		const socket = io(system.url, { transports: ['websocket'], reconnection: false, ...options });
		const refused = await new Promise<boolean>((done) =>
			socket.once('connect', () => done(false)).once('connect_error', () => done(true))
		);
		socket.disconnect();
		expect(refused).toBe(true);
	});

	it('lets go of a client that tries to speak', async () => {
		const socket = await system.connect('brightwell');
		const gone = new Promise((done) => socket.once('disconnect', done));
		socket.emit('join', 'supplier:2');
		expect(await gone).toBe('io server disconnect');
	});
});

describe('deciding', () => {
	async function anExplainedAlert(): Promise<Alert> {
		const deviceId = newDeviceId();
		await system.post('/devices', aDevice(deviceId));
		await system.post('/service-requests', aRequest(deviceId));
		await system.post('/alerts', anAlert(deviceId));
		return eventually(async () => {
			const [alert] = await system.alerts('brightwell', `?device=${deviceId}`);
			expect(alert?.explanation).toBe('likely');
			return alert!;
		});
	}
	const decide = (alert: Pick<Alert, 'id' | 'version'>, fields: object = {}) =>
		system.call('POST', `/alerts/${alert.id}/decision`, 'brightwell', {
			verdict: 'ignorable',
			reason: 'other-user-command',
			version: alert.version,
			...fields
		});

	it('records who decided what, once, and tells every console', async () => {
		const alert = await anExplainedAlert();
		const socket = await system.connect('brightwell');
		const told = new Promise((done) => socket.once('decision:recorded', done));
		const { status, body } = await decide(alert, { note: 'told North Grid' });
		expect(status).toBe(200);
		expect(body).toMatchObject({
			id: alert.id,
			version: alert.version + 1,
			decision: { verdict: 'ignorable', reason: 'other-user-command', note: 'told North Grid' }
		});
		expect(await told).toMatchObject({ items: [{ id: alert.id, version: alert.version + 1 }] });
	});

	it('lets one of ten who decide at once win, and tells the others 409', async () => {
		const alert = await anExplainedAlert();
		const statuses = (await Promise.all(Array.from({ length: 10 }, () => decide(alert))))
			.map((answer) => answer.status)
			.sort();
		expect(statuses).toEqual([200, ...Array(9).fill(409)]);
	});

	it('reopens with null and keeps the history', async () => {
		const alert = await anExplainedAlert();
		const decided = (await decide(alert)).body as Alert;
		const { status, body } = await decide(decided, { verdict: null, reason: null });
		expect([status, body.decision]).toEqual([200, null]);
		const { rows } = await system.record.query(
			'select verdict from decision where alert_id = $1 order by id',
			[alert.id]
		);
		expect(rows).toEqual([{ verdict: 'ignorable' }, { verdict: null }]);
	});

	it('is never rewritten by new evidence, which stands beside it', async () => {
		const alert = await anExplainedAlert();
		await decide(alert);
		await system.post('/service-requests', {
			requestId: alert.candidates[0]!.requestId,
			respondedAt: '2026-11-05T02:14:10.000Z',
			responseCode: 'I0'
		});
		await eventually(async () => {
			const { body } = await system.get('brightwell', `/alerts/${alert.id}`);
			expect(body).toMatchObject({ candidates: [], decision: { verdict: 'ignorable' } });
		});
	});

	it('wants a reason of its verdict, and a note where the reason needs one', async () => {
		const alert = await anExplainedAlert();
		expect((await decide(alert, { reason: 'tamper' })).body.errors[0].path).toBe('reason');
		expect((await decide(alert, { reason: 'known-incident' })).body.errors[0].path).toBe('note');
	});

	it('decides several at once and names those that have changed meanwhile', async () => {
		const [one, two] = [await anExplainedAlert(), await anExplainedAlert()];
		const { body } = await system.call('POST', '/decisions', 'brightwell', {
			items: [
				{ id: one.id, version: one.version },
				{ id: two.id, version: 99 }
			],
			verdict: 'ignorable',
			reason: 'repeat'
		});
		expect(body).toEqual({ done: [one.id], conflicts: [{ id: two.id, version: two.version }] });
	});
});
