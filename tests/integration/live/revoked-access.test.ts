// Tests that a client gets no change with a later feed number than the end of its access: a revoked key or an ended session.
import { once } from 'node:events';
import { io, type Socket } from 'socket.io-client';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { addApiKey } from '#lib/server/access/administration.ts';
import type { AlertChanged, FeedHead } from '#lib/domain/live-events.ts';
import { joinAs } from '../../support/members.ts';
import { aDevice, anAlert, newDeviceId } from '../../support/records.ts';
import { settled } from '../../support/supplier-reads.ts';
import { eventually, startSystem, type System } from '../../support/system.ts';

const [KEY_COUNT, SESSION_COUNT] = [30, 6];

let system: System;
let supplierId: number;
beforeAll(async () => {
	system = await startSystem();
	const { rows } = await system.database.query<{ id: number }>(
		`select id from supplier where slug = 'brightwell'`
	);
	supplierId = rows[0]!.id;
});
afterAll(async () => {
	await system[Symbol.asyncDispose]();
});

interface Listener {
	socket: Socket;
	/** The highest feed number that the client was sent, in a frame or as the head of the feed. */
	receivedUpTo: number;
	revoke(): Promise<unknown>;
	/** The head of the feed when the end of the access was committed. */
	allowedUpTo: number;
}

async function listen(options: object, revoke: () => Promise<unknown>): Promise<Listener> {
	const socket = io(system.url, { transports: ['websocket'], forceNew: true, ...options });
	const listener: Listener = { socket, receivedUpTo: 0, revoke, allowedUpTo: Infinity };
	const receive = (seq: number): void => {
		listener.receivedUpTo = Math.max(listener.receivedUpTo, seq);
	};
	socket.on('alert:changed', ({ to }: AlertChanged) => receive(to));
	socket.on('feed:head', ({ head }: FeedHead) => receive(head));
	// A disconnected client tries to connect again at once, and again.
	socket.on('disconnect', () => socket.connect());
	await once(socket as never, 'connect');
	return listener;
}

async function withKey(): Promise<Listener> {
	const key = await addApiKey(system.database, supplierId, ['read']);
	const { rows } = await system.database.query<{ id: number }>('select max(id) as id from api_key');
	return listen({ auth: { key } }, () =>
		system.database.query('update api_key set revoked_at = now() where id = $1', [rows[0]!.id])
	);
}

async function withSession(n: number): Promise<Listener> {
	const { cookie, email } = await joinAs(system, 'brightwell', 'controller', `Person ${n}`);
	// In turn: the session ends, the person is deleted, the person leaves the Supplier.
	const endOfAccess = [
		'delete from session where "userId" = (select id from "user" where email = $1)',
		'delete from "user" where email = $1',
		'delete from member where user_id = (select id from "user" where email = $1)'
	];
	return listen({ extraHeaders: { cookie, origin: system.url } }, () =>
		system.database.query(endOfAccess[n % 3]!, [email])
	);
}

it(`${KEY_COUNT} keys and ${SESSION_COUNT} sessions that end while Alerts arrive get no later feed number`, async () => {
	const keptConnection = await system.connect('brightwell');
	let pushedUpTo = 0;
	keptConnection.on('alert:changed', ({ to }: AlertChanged) => (pushedUpTo = Math.max(pushedUpTo, to)));
	const listeners: Listener[] = [];
	for (let i = 0; i < KEY_COUNT; i++) listeners.push(await withKey());
	for (let i = 0; i < SESSION_COUNT; i++) listeners.push(await withSession(i));
	const deviceId = newDeviceId();
	await system.post('/devices', aDevice(deviceId));

	const head = async (): Promise<number> => {
		const { rows } = await system.database.query<{ seq: string }>(
			'select seq from feed_head where supplier_id = $1',
			[supplierId]
		);
		return Number(rows[0]!.seq);
	};
	let streaming = true;
	const stream = (async () => {
		while (streaming) await system.post('/alerts', [anAlert(deviceId), anAlert(deviceId)]);
	})();
	// In random order, each somewhere in the middle of the stream of Alerts.
	for (const listener of listeners.sort(() => Math.random() - 0.5)) {
		const before = await head();
		await eventually(async () => expect(await head()).toBeGreaterThan(before), { interval: 5 });
		await listener.revoke();
		listener.allowedUpTo = await head();
	}
	streaming = false;
	await stream;
	await settled(system);
	const end = await head();
	await eventually(() => expect(pushedUpTo).toBe(end));
	await eventually(() => expect(listeners.filter(({ socket }) => socket.connected)).toEqual([]));
	expect(listeners.filter(({ receivedUpTo }) => receivedUpTo > 0).length).toBeGreaterThan(
		listeners.length / 2
	);
	expect(
		listeners
			.filter(({ receivedUpTo, allowedUpTo }) => receivedUpTo > allowedUpTo)
			.map(({ receivedUpTo, allowedUpTo }) => [receivedUpTo, allowedUpTo])
	).toEqual([]);
	for (const { socket } of listeners) socket.disconnect();
}, 60_000);
