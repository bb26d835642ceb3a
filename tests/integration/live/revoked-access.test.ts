// P6 on real sockets: whose key is revoked, or whose session has ended, hears nothing that was numbered after it.
import { once } from 'node:events';
import { io, type Socket } from 'socket.io-client';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { addApiKey } from '#lib/server/access/administration.ts';
import type { AlertChanged, FeedHead } from '#lib/domain/live-events.ts';
import { joinAs } from '../../support/members.ts';
import { aDevice, anAlert, newDeviceId } from '../../support/records.ts';
import { settled } from '../../support/supplier-reads.ts';
import { eventually, startSystem, type System } from '../../support/system.ts';

const [KEYS, SESSIONS] = [30, 6];

let system: System;
let supplierId: number;
beforeAll(async () => {
	system = await startSystem();
	const { rows } = await system.record.query<{ id: number }>(
		`select id from supplier where slug = 'brightwell'`
	);
	supplierId = rows[0]!.id;
});
afterAll(async () => {
	await system[Symbol.asyncDispose]();
});

interface Listener {
	socket: Socket;
	/** The highest number of the feed that it was told, by frame or by head. */
	heard: number;
	revoke(): Promise<unknown>;
	/** The head of the feed when the end of its access was committed. */
	last: number;
}

async function listen(options: object, revoke: () => Promise<unknown>): Promise<Listener> {
	const socket = io(system.url, { transports: ['websocket'], forceNew: true, ...options });
	const listener: Listener = { socket, heard: 0, revoke, last: Infinity };
	socket.on('alert:changed', ({ to }: AlertChanged) => (listener.heard = Math.max(listener.heard, to)));
	socket.on('feed:head', ({ head }: FeedHead) => (listener.heard = Math.max(listener.heard, head)));
	// Who is let go comes back at once, and again.
	socket.on('disconnect', () => socket.connect());
	await once(socket as never, 'connect');
	return listener;
}

async function withKey(): Promise<Listener> {
	const key = await addApiKey(system.record, supplierId, ['read']);
	const { rows } = await system.record.query<{ id: number }>('select max(id) as id from api_key');
	return listen({ auth: { key } }, () =>
		system.record.query('update api_key set revoked_at = now() where id = $1', [rows[0]!.id])
	);
}

async function withSession(n: number): Promise<Listener> {
	const { cookie, email } = await joinAs(system, 'brightwell', 'controller', `Person ${n}`);
	// By turns: the session ends, the person goes, the person leaves the Supplier.
	const ends = [
		'delete from session where "userId" = (select id from "user" where email = $1)',
		'delete from "user" where email = $1',
		'delete from member where user_id = (select id from "user" where email = $1)'
	];
	return listen({ extraHeaders: { cookie, origin: system.url } }, () =>
		system.record.query(ends[n % 3]!, [email])
	);
}

it(`of ${KEYS} keys and ${SESSIONS} sessions that end while Alerts stream in, none hears a later number`, async () => {
	const staying = await system.connect('brightwell');
	let reached = 0;
	staying.on('alert:changed', ({ to }: AlertChanged) => (reached = Math.max(reached, to)));
	const listeners: Listener[] = [];
	for (let i = 0; i < KEYS; i++) listeners.push(await withKey());
	for (let i = 0; i < SESSIONS; i++) listeners.push(await withSession(i));
	const deviceId = newDeviceId();
	await system.post('/devices', aDevice(deviceId));

	const head = async (): Promise<number> => {
		const { rows } = await system.record.query<{ seq: string }>(
			'select seq from feed_head where supplier_id = $1',
			[supplierId]
		);
		return Number(rows[0]!.seq);
	};
	let streaming = true;
	const stream = (async () => {
		while (streaming) await system.post('/alerts', [anAlert(deviceId), anAlert(deviceId)]);
	})();
	// In no order of theirs, each somewhere in the middle of the stream.
	for (const listener of listeners.sort(() => Math.random() - 0.5)) {
		const before = await head();
		await eventually(async () => expect(await head()).toBeGreaterThan(before), { interval: 5 });
		await listener.revoke();
		listener.last = await head();
	}
	streaming = false;
	await stream;
	await settled(system);
	const end = await head();
	await eventually(() => expect(reached).toBe(end));
	await eventually(() => expect(listeners.filter(({ socket }) => socket.connected)).toEqual([]));
	expect(listeners.filter(({ heard }) => heard > 0).length).toBeGreaterThan(listeners.length / 2);
	expect(listeners.filter(({ heard, last }) => heard > last).map(({ heard, last }) => [heard, last])).toEqual(
		[]
	);
	for (const { socket } of listeners) socket.disconnect();
}, 60_000);
