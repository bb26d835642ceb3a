// Tests the live feed: what the socket pushes to whom, how changes are numbered, and who may connect.
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { io } from 'socket.io-client';
import type { Alert } from '#lib/domain/alert.ts';
import { AlertChanged, FeedPage } from '#lib/domain/live-events.ts';
import { aDevice, anAlert, newDeviceId } from '../../support/records.ts';
import { eventually, startSystem, type System } from '../../support/system.ts';

let system: System;
beforeAll(async () => {
	system = await startSystem();
});
afterAll(async () => {
	await system[Symbol.asyncDispose]();
});

describe('the live feed', () => {
	it('pushes a new Alert to its Supplier in the shape of the contract, and nothing to another Supplier', async () => {
		const [brightwell, halden] = [await system.connect('brightwell'), await system.connect('halden')];
		const framesToHalden = vi.fn();
		halden.on('alert:changed', framesToHalden);
		const deviceId = newDeviceId();
		await system.post('/devices', aDevice(deviceId));
		const frame = new Promise((done) => brightwell.once('alert:changed', done));
		await system.post('/alerts', anAlert(deviceId));
		const { items, from, to } = AlertChanged.parse(await frame);
		expect(items).toMatchObject([{ deviceId, code: '8F30' }]);
		expect(to - from + 1).toBe(items.length);
		// An Alert of the other Supplier comes later, and is the first frame that the other Supplier gets.
		const deviceOfHalden = newDeviceId();
		const firstFrame = new Promise<AlertChanged>((done) => halden.once('alert:changed', done));
		await system.post(
			'/devices',
			aDevice(deviceOfHalden, { tenures: [{ supplier: 'halden', from: '2025-01-01T00:00:00.000Z' }] })
		);
		await system.post('/alerts', anAlert(deviceOfHalden));
		expect((await firstFrame).items.map((alert: Alert) => alert.deviceId)).toEqual([deviceOfHalden]);
		expect(framesToHalden).toHaveBeenCalledTimes(1);
	});

	it('numbers every change without a gap, and returns changes that a client missed', async () => {
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

	it('returns nothing for a number beyond its end, and refuses a negative number', async () => {
		expect((await system.get('brightwell', '/feed?after=999999')).body).toMatchObject({ items: [] });
		expect((await system.get('brightwell', '/feed?after=-1')).status).toBe(400);
	});

	it.each([
		['without a key', {}],
		['with a wrong key', { auth: { key: 'cwk_wrong' } }],
		['from the page of another site', { extraHeaders: { origin: 'https://evil.example' } }]
	])('refuses a socket %s', async (_case, options) => {
		const socket = io(system.url, { transports: ['websocket'], reconnection: false, ...options });
		const refused = await new Promise<boolean>((done) =>
			socket.once('connect', () => done(false)).once('connect_error', () => done(true))
		);
		socket.disconnect();
		expect(refused).toBe(true);
	});

	it('disconnects a client that sends an event', async () => {
		const socket = await system.connect('brightwell');
		const gone = new Promise((done) => socket.once('disconnect', done));
		socket.emit('join', 'supplier:2');
		expect(await gone).toBe('io server disconnect');
	});

	it.each(['polling', 'websocket'])(
		'admits a key in the header Authorization, over %s',
		async (transport) => {
			const connect = async (key: string) => {
				const socket = io(system.url, {
					transports: [transport],
					extraHeaders: { authorization: `Bearer ${key}` },
					reconnection: false,
					forceNew: true
				});
				try {
					return await new Promise<string>((done) => {
						socket.once('feed:head', ({ head }) => done(typeof head));
						socket.once('connect_error', (error) => done(error.message));
					});
				} finally {
					socket.disconnect();
				}
			};
			expect(await connect(system.keys['brightwell']!)).toBe('number');
			expect(await connect('cwk_wrong')).toMatch(/key that has the scope read/);
			// A key of the installation has no Supplier.
			expect(await connect(system.keys['*']!)).toMatch(/key that has the scope read/);
		}
	);
});
