// Tests the list of Devices whose Alerts no Supplier sees: who reads it, what it shows, and when a Device leaves it.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { addApiKey } from '#lib/server/access/administration.ts';
import { joinAs, type Member } from '../../support/members.ts';
import { aDevice, anAlert, newDeviceId } from '../../support/records.ts';
import { eventually, startSystem, type System } from '../../support/system.ts';

const PATH = '/installation/unknown-devices';
let system: System;
let admin: Member;
let installationKey: string;

beforeAll(async () => {
	system = await startSystem();
	admin = await joinAs(system, '*', 'admin', 'Ada Admin');
	installationKey = await addApiKey(system.database, null, ['read']);
});
afterAll(async () => {
	await system[Symbol.asyncDispose]();
});

const list = async (query = '') => (await admin.call('GET', PATH + query)).body;
const find = async (deviceId: string) =>
	(await list('?limit=500')).items.find((item: { deviceId: string }) => item.deviceId === deviceId);
const metric = async () =>
	Number(/^causeway_unseen_alerts (\d+)$/m.exec((await system.call('GET', '/metrics', null)).body)?.[1]);

describe('an Alert of a Device that no inventory knows', () => {
	it('is counted for the installation with its codes and times, and leaves when the Device arrives', async () => {
		const deviceId = newDeviceId();
		const at = (minute: number) => `2026-11-05T02:${minute}:00.000Z`;
		const alerts = [
			anAlert(deviceId, { code: '8F30', raisedAt: at(10), receivedAt: at(10) }),
			anAlert(deviceId, { code: '8F30', raisedAt: at(20), receivedAt: at(20) }),
			anAlert(deviceId, { code: '81B8', raisedAt: at(15), receivedAt: at(15) })
		];
		await system.post('/alerts', alerts);
		await eventually(async () => expect((await find(deviceId))?.alerts.count).toBe(3));
		expect(await find(deviceId)).toEqual({
			deviceId,
			reason: 'not-in-inventory',
			alerts: { count: 3, more: false },
			firstAt: at(10),
			lastAt: at(20),
			codes: [
				{ code: '8F30', name: expect.any(String), alerts: { count: 2, more: false } },
				{ code: '81B8', name: expect.any(String), alerts: { count: 1, more: false } }
			]
		});
		expect(await list()).toMatchObject({ alerts: { count: 3 }, devices: { count: 1 } });
		expect(await metric()).toBe(3);
		expect(await system.alerts('brightwell', `?device=${deviceId}`)).toEqual([]);

		await system.post('/devices', aDevice(deviceId));
		await eventually(async () => expect(await find(deviceId)).toBeUndefined());
		expect(await system.alerts('brightwell', `?device=${deviceId}`)).toHaveLength(3);
		expect(await list()).toMatchObject({ alerts: { count: 0 }, devices: { count: 0 }, items: [] });
		expect(await metric()).toBe(0);
	});

	it('is not in the list if a User of a Supplier is its addressee, or if a Supplier fed it', async () => {
		const addressed = newDeviceId();
		const fed = newDeviceId();
		await system.post('/alerts', anAlert(addressed, { recipientId: '90-B3-D5-1F-30-01-00-01' }));
		await system.call('POST', '/alerts', 'brightwell', anAlert(fed));
		await eventually(async () =>
			expect(await system.alerts('brightwell', `?device=${addressed}`)).toHaveLength(1)
		);
		expect(await find(addressed)).toBeUndefined();
		expect(await find(fed)).toBeUndefined();
	});
});

describe('an Alert outside every tenure of its Device', () => {
	it('is listed with this reason, and again after a corrected tenure took it from its Supplier', async () => {
		const deviceId = newDeviceId();
		const since = (from: string) =>
			aDevice(deviceId, { tenures: [{ supplier: 'brightwell', from, to: null }] });
		await system.post('/devices', since('2026-11-20T00:00:00.000Z'));
		const raisedAt = '2026-11-05T02:00:00.000Z';
		await system.post('/alerts', anAlert(deviceId, { raisedAt, receivedAt: raisedAt }));
		await eventually(async () => expect(await find(deviceId)).toMatchObject({ reason: 'no-tenure' }));
		await system.post('/devices', since('2025-01-01T00:00:00.000Z'));
		await eventually(async () => expect(await find(deviceId)).toBeUndefined());
		await system.post('/devices', since('2026-11-20T00:00:00.000Z'));
		await eventually(async () => expect((await find(deviceId))?.alerts.count).toBe(1));
	});
});

describe('the list', () => {
	it('is read page by page by people and reading keys of the installation, and by nobody else', async () => {
		const ids = Array.from({ length: 5 }, newDeviceId).sort();
		await system.post(
			'/alerts',
			ids.map((id) => anAlert(id))
		);
		const pages: string[] = [];
		await eventually(async () => expect((await find(ids[4]!)) && (await find(ids[0]!))).toBeTruthy());
		for (let cursor: string | null = ''; cursor !== null;) {
			const { body } = await system.call(
				'GET',
				`${PATH}?limit=2${cursor && `&cursor=${cursor}`}`,
				installationKey
			);
			pages.push(...body.items.map((item: { deviceId: string }) => item.deviceId));
			cursor = body.nextCursor;
		}
		expect(pages).toEqual(pages.toSorted());
		expect(pages).toEqual(expect.arrayContaining(ids));
		expect(new Set(pages).size).toBe(pages.length);

		const lead = await joinAs(system, 'brightwell', 'lead', 'Brightwell lead');
		expect((await lead.call('GET', PATH)).body.detail).toBe(
			'A lead of a Supplier cannot see the state of the installation; an engineer or an admin of the installation or a key with the scope read may'
		);
		expect((await system.get('brightwell', PATH)).body.detail).toBe(
			"A key of a Supplier cannot see the state of the installation; use a key made with --supplier '*'"
		);
		expect((await system.get('*', PATH)).status).toBe(403);
		expect((await admin.call('GET', `${PATH}?cursor=nonsense`)).status).toBe(400);
	});

	it('costs little beside a million such Alerts', async () => {
		await system.database.query(
			`insert into unseen_alert select decode(lpad(to_hex(n % 20000), 16, '0'), 'hex'), '8F30', now() - n * interval '1 second', n
			 from generate_series(1, 1000000) n`
		);
		await system.database.query('vacuum analyze unseen_alert');
		const began = performance.now();
		const { body } = await system.call('GET', `${PATH}?limit=50`, installationKey);
		expect(performance.now() - began).toBeLessThan(2000);
		expect(body).toMatchObject({
			alerts: { count: 100_000, more: true },
			devices: { count: 10_000, more: true }
		});
		expect(body.items).toHaveLength(50);
		await system.database.query('delete from unseen_alert');
	});
});
