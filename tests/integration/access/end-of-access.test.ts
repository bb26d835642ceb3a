// Tests the ends of access: of a key by its end, of a person and of a Supplier by being disabled.
import { io, type Socket } from 'socket.io-client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { addSupplier, setSupplierDisabled, supplierIdOf } from '#lib/server/access/administration.ts';
import { createApiKey, listKeys, revokeKey, rotateKey } from '#lib/server/access/manage-keys.ts';
import { listPeople, setPersonDisabled } from '#lib/server/access/people.ts';
import { joinAs } from '../../support/members.ts';
import { aDevice, anAlert, newDeviceId } from '../../support/records.ts';
import { eventually, startSystem, type System } from '../../support/system.ts';

let system: System;
let supplierId: number;
beforeAll(async () => {
	system = await startSystem();
	supplierId = await supplierIdOf(system.database, 'brightwell');
});
afterAll(() => system[Symbol.asyncDispose]());

const makeKey = (name: string | null, endsInMs: number | null) =>
	createApiKey(system.database, {
		supplierId,
		scopes: ['read', 'decide'],
		name,
		expiresAt: endsInMs === null ? null : new Date(Date.now() + endsInMs)
	});

const statusOf = async (key: string): Promise<number> => (await system.call('GET', '/alerts', key)).status;

/** Opens a live connection that does not connect again. */
async function listen(options: object): Promise<Socket> {
	const socket = io(system.url, {
		transports: ['websocket'],
		forceNew: true,
		reconnection: false,
		...options
	});
	await new Promise<void>((done, fail) => socket.once('connect', done).once('connect_error', fail));
	return socket;
}

const signInStatus = async (email: string, password: string): Promise<number> =>
	(await system.services.auth.signIn(email, password, { headers: new Headers(), address: '127.0.0.2' }))
		.status;

describe('a key', () => {
	it('works until its end, loses its live connection then, and is told when it ended and what to do', async () => {
		const { key, id } = await makeKey('control room display', 1500);
		expect(await statusOf(key)).toBe(200);
		const socket = await listen({ auth: { key } });
		await eventually(async () => expect(await statusOf(key)).toBe(401));
		const { body } = await system.call('GET', '/alerts', key);
		expect(body.detail).toMatch(
			new RegExp(
				`^The key "control room display" \\(key ${id}\\) ended on \\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d UTC; .*apikey rotate ${id}$`
			)
		);
		await eventually(() => expect(socket.connected).toBe(false));
		await expect(listen({ auth: { key } })).rejects.toThrow('or send auth.key');
	});

	it('is told when it was revoked, and an unknown key is told nothing about keys', async () => {
		const { key, id } = await makeKey(null, null);
		expect(await revokeKey(system.database, id)).toBe(true);
		expect(await revokeKey(system.database, id)).toBe(false);
		expect((await system.call('GET', '/alerts', key)).body.detail).toMatch(
			/^The key \d+ was revoked on .* ask the administrator/
		);
		expect((await system.call('GET', '/alerts', 'cwk_guessed')).body.detail).toMatch(
			/^The API key is not known here/
		);
	});

	it('has a successor with the same scopes, name and lifetime, and works on until the grace is over', async () => {
		const first = await makeKey('adapter', 90 * 86_400_000);
		const second = (await rotateKey(system.database, first.id, {
			graceMs: 3_600_000,
			expiresAt: undefined
		}))!;
		expect([await statusOf(first.key), await statusOf(second.key)]).toEqual([200, 200]);
		expect(Math.abs(second.oldEndsAt.getTime() - Date.now() - 3_600_000)).toBeLessThan(60_000);
		expect(Math.abs(second.expiresAt!.getTime() - first.expiresAt!.getTime())).toBeLessThan(60_000);
		const [old, made] = [
			...(await listKeys(system.database, { id: first.id, supplier: null })),
			...(await listKeys(system.database, { id: second.id, supplier: null }))
		];
		expect(made).toMatchObject({ name: 'adapter', scopes: ['read', 'decide'], supplier: 'brightwell' });
		expect(old).toMatchObject({ state: 'active', lastUsedAt: expect.any(Date) as Date });
		await revokeKey(system.database, first.id);
		expect(await rotateKey(system.database, first.id, { graceMs: 0, expiresAt: null })).toBeNull();
	});

	it('shows its name on its decisions, or its number if it has no name', async () => {
		for (const name of ['playbook robot', null]) {
			const deviceId = newDeviceId();
			await system.post('/devices', aDevice(deviceId));
			const { key, id } = await makeKey(name, null);
			await system.post('/alerts', anAlert(deviceId));
			await eventually(async () => {
				const [alert] = await system.alerts('brightwell', `?device=${deviceId}`);
				const decided = await system.call('POST', `/alerts/${alert?.id}/decision`, key, {
					verdict: 'ignorable',
					reason: 'repeat',
					note: null,
					version: alert?.version
				});
				expect(decided.body).toMatchObject({ decision: { by: name ?? `key ${id}` } });
			});
		}
	});
});

describe('a disabled person', () => {
	it('loses sessions and live connections at once, cannot sign in, and can after being enabled', async () => {
		const person = await joinAs(system, 'brightwell', 'controller', 'Dana Gone');
		const socket = await listen({ extraHeaders: { cookie: person.cookie, origin: system.url } });
		expect(await setPersonDisabled(system.database, 'Dana.Gone@brightwell.example', true)).toBe(true);
		expect((await person.call('GET', '/alerts')).status).toBe(401);
		await eventually(() => expect(socket.connected).toBe(false));
		expect(await signInStatus(person.email, person.password)).toBe(403);
		expect(await signInStatus(person.email, 'not the password')).toBe(401);
		expect(await listPeople(system.database, { email: person.email, supplier: null })).toMatchObject([
			{ supplier: 'brightwell', role: 'controller', disabledAt: expect.any(Date) as Date, lastSeenAt: null }
		]);
		await setPersonDisabled(system.database, person.email, false);
		expect(await signInStatus(person.email, person.password)).toBe(200);
		expect(await setPersonDisabled(system.database, 'nobody@brightwell.example', true)).toBe(false);
	});
});

describe('a person of the installation', () => {
	it('reads no Supplier, has no live connection, sends no records, and can be disabled', async () => {
		const admin = await joinAs(system, '*', 'admin', 'Ada Admin');
		const read = await admin.call('GET', '/alerts');
		expect([read.status, read.body.detail]).toEqual([
			403,
			expect.stringMatching(/^An admin of the installation cannot read the data of a Supplier; /)
		]);
		expect((await admin.call('POST', '/alerts', [])).body.detail).toBe(
			'An admin of the installation cannot send records; a key with the scope ingest may'
		);
		await expect(listen({ extraHeaders: { cookie: admin.cookie, origin: system.url } })).rejects.toThrow(
			/person of a Supplier/
		);
		expect((await admin.call('GET', '/cause-table')).status).toBe(200);
		await setPersonDisabled(system.database, admin.email, true);
		expect((await admin.call('GET', '/cause-table')).status).toBe(401);
		expect(await signInStatus(admin.email, admin.password)).toBe(403);
		const misfit = { email: 'x@causeway.example', name: 'X', password: 'long enough a password' };
		await expect(
			system.services.auth.addUser({ ...misfit, supplierId: null, role: 'controller' })
		).rejects.toThrow('The role of a person of the installation must be one of engineer, admin');
	});
});

describe('a person who is known', () => {
	it('is not changed by being added again, and loses the sessions with a new password', async () => {
		const { auth } = system.services;
		const person = await joinAs(system, 'brightwell', 'lead', 'Kim Known');
		const again = {
			email: person.email.toUpperCase(),
			name: 'Other',
			password: 'another password',
			supplierId: await supplierIdOf(system.database, 'halden'),
			role: 'engineer' as const
		};
		expect(await auth.addUser(again)).toBe(false);
		expect(await signInStatus(person.email, person.password)).toBe(200);
		expect(await listPeople(system.database, { email: person.email, supplier: null })).toMatchObject([
			{ supplier: 'brightwell', role: 'lead', name: 'Kim Known' }
		]);
		expect(await auth.setPassword(person.email, 'the third password')).toBe(true);
		expect((await person.call('GET', '/alerts')).status).toBe(401);
		expect(await signInStatus(person.email, person.password)).toBe(401);
		expect(await signInStatus(person.email, 'the third password')).toBe(200);
		expect(await auth.setPassword('nobody@brightwell.example', 'whatever it is')).toBe(false);
	});
});

describe('a disabled Supplier', () => {
	it('has its people and keys refused, and no other Supplier', async () => {
		await addSupplier(system.database, { slug: 'closed', name: 'Closed', userIds: [] });
		const closed = await supplierIdOf(system.database, 'closed');
		const { key } = await createApiKey(system.database, {
			supplierId: closed,
			scopes: ['read'],
			name: null,
			expiresAt: null
		});
		const person = await joinAs(system, 'closed' as 'halden', 'controller', 'Pat');
		const [byKey, bySession] = [
			await listen({ auth: { key } }),
			await listen({ extraHeaders: { cookie: person.cookie, origin: system.url } })
		];
		expect(await setSupplierDisabled(system.database, 'closed', true)).toBe(true);
		expect(await setSupplierDisabled(system.database, 'closed', true)).toBe(false);
		expect((await person.call('GET', '/alerts')).status).toBe(401);
		await eventually(() => expect([byKey.connected, bySession.connected]).toEqual([false, false]));
		await eventually(async () =>
			expect((await system.call('GET', '/alerts', key)).body.detail).toMatch(
				/The Supplier of the key \d+ is disabled since/
			)
		);
		expect(await signInStatus(person.email, person.password)).toBe(403);
		expect((await system.get('brightwell', '/alerts')).status).toBe(200);
		await setSupplierDisabled(system.database, 'closed', false);
		expect(await signInStatus(person.email, person.password)).toBe(200);
	});
});
