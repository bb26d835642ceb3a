// Tests the Devices that a Supplier reads: its own, in the tenures that it has or had, and nothing of another Supplier.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Device } from '#lib/domain/device.ts';
import { aDevice, aHome, newDeviceId } from '../../support/records.ts';
import { startSystem, type System } from '../../support/system.ts';

const FIRST = '2024-01-01T00:00:00.000Z';
const CHANGE = '2025-06-01T00:00:00.000Z';
const FAR = '2099-01-01T00:00:00.000Z';
const HUB = newDeviceId();

let system: System;
/** Supplied by Halden until the change, and by Brightwell since. */
const changed = newDeviceId();
/** Supplied by Brightwell only. */
const ours = newDeviceId();
/** Supplied by Halden only. */
const theirs = newDeviceId();
/** Supplied by Brightwell from a day in the future. */
const future = newDeviceId();

beforeAll(async () => {
	system = await startSystem({ worker: false });
	const attributes = { hubId: HUB, model: 'EX-100', firmware: '2.10', area: 'SW1' };
	const { status } = await system.post('/devices', [
		aDevice(changed, {
			...attributes,
			tenures: [
				{ supplier: 'halden', from: FIRST, to: CHANGE },
				{ supplier: 'brightwell', from: CHANGE, to: null }
			]
		}),
		aDevice(ours, { deviceType: 'GSME', tenures: [{ supplier: 'brightwell', from: FIRST, to: FAR }] }),
		aDevice(theirs, { ...attributes, tenures: [{ supplier: 'halden', from: FIRST, to: null }] }),
		aDevice(future, { ...attributes, tenures: [{ supplier: 'brightwell', from: FAR, to: null }] })
	]);
	expect(status).toBe(202);
});
afterAll(async () => {
	await system[Symbol.asyncDispose]();
});

const list = async (slug: string, query = ''): Promise<Device[]> =>
	(await system.get(slug, `/devices${query}`)).body.items;
const ids = async (slug: string, query = ''): Promise<string[]> =>
	(await list(slug, query)).map(({ deviceId }) => deviceId);
const sorted = (...list: string[]) => list.sort();

describe('a Device', () => {
	it('shows its attributes and the own tenures to the Supplier that has it now', async () => {
		const { status, body } = await system.get('brightwell', `/devices/${changed}`);
		expect(status).toBe(200);
		expect(body).toEqual({
			deviceId: changed,
			deviceType: 'ESME',
			current: true,
			hubId: HUB,
			model: 'EX-100',
			firmware: '2.10',
			area: 'SW1',
			tenures: [{ from: CHANGE, to: null }],
			home: []
		});
	});

	it.each(['halden', 'brightwell'])('shows no attribute to %s outside of its tenure', async (slug) => {
		const id = slug === 'halden' ? changed : future;
		const { body } = await system.get(slug, `/devices/${id}`);
		expect(body).toEqual({
			deviceId: id,
			deviceType: 'ESME',
			current: false,
			hubId: null,
			model: null,
			firmware: null,
			area: null,
			tenures: [slug === 'halden' ? { from: FIRST, to: CHANGE } : { from: FAR, to: null }],
			home: []
		});
	});

	it('is found by any form of its id', async () => {
		for (const form of [
			ours.toLowerCase(),
			ours.replaceAll('-', ':'),
			ours.replaceAll('-', ''),
			ours.replaceAll('-', '').toLowerCase()
		])
			expect((await system.get('brightwell', `/devices/${form}`)).body.deviceId).toBe(ours);
	});

	it('of another Supplier is answered as an unknown Device, and as a text that is no id', async () => {
		const answers = await Promise.all(
			[theirs, newDeviceId(), 'xyz', '%00', '00-DB'].map((id) => system.get('brightwell', `/devices/${id}`))
		);
		for (const { status, body } of answers) expect([status, body.detail]).toEqual([404, 'No such Device']);
		expect(answers[0]!.body).toEqual(answers[1]!.body);
	});

	it('is read only by a key of a Supplier with the scope read', async () => {
		for (const path of ['/devices', `/devices/${ours}`]) {
			expect((await system.call('GET', path, '*')).status).toBe(403);
			expect((await system.call('GET', path, null)).status).toBe(401);
		}
	});
});

describe('the list of Devices', () => {
	it('has the Devices of each Supplier, and filters them by tenure', async () => {
		expect(await ids('brightwell')).toEqual(sorted(changed, ours, future));
		expect(await ids('brightwell', '?tenure=current')).toEqual(sorted(changed, ours));
		expect(await ids('brightwell', '?tenure=past')).toEqual([]);
		expect(await ids('halden')).toEqual(sorted(changed, theirs));
		expect(await ids('halden', '?tenure=past')).toEqual([changed]);
	});

	it('filters by type and attributes, and never reveals an attribute by its filter', async () => {
		expect(await ids('brightwell', '?type=GSME')).toEqual([ours]);
		for (const filter of [`hub=${HUB.toLowerCase()}`, 'area=SW1', 'model=EX-100']) {
			expect(await ids('brightwell', `?${filter}`)).toEqual([changed]);
			expect(await ids('halden', `?${filter}`)).toEqual([theirs]);
			expect(await ids('halden', `?${filter}&tenure=past`)).toEqual([]);
		}
	});

	it('comes in pages that have each Device once', async () => {
		const seen: string[] = [];
		for (let cursor: string | null = ''; cursor !== null;) {
			const { body } = await system.get('brightwell', `/devices?limit=1${cursor && `&cursor=${cursor}`}`);
			expect(body.items).toHaveLength(1);
			seen.push(body.items[0].deviceId);
			cursor = body.nextCursor;
		}
		expect(seen).toEqual(sorted(changed, ours, future));
	});

	it('refuses a wrong filter in words', async () => {
		const { status, body } = await system.get('brightwell', '/devices?limit=501&tenure=old&hub=x');
		expect(status).toBe(400);
		expect(body.errors).toEqual([
			{ path: 'hub', message: expect.stringContaining('must be an EUI-64') },
			{ path: 'tenure', message: 'must be one of current, past, all' },
			{ path: 'limit', message: 'must be at most 500' }
		]);
	});
});

it('a Device shows the other Devices of its home that the Supplier has now, the hub first', async () => {
	const { electricityMeter, gasMeter, hub, gasProxy, devices } = aHome();
	const moved = newDeviceId();
	const former = newDeviceId();
	const another = aHome();
	await system.post('/devices', [
		...devices,
		...another.devices,
		aDevice(moved, { hubId: another.hub }),
		aDevice(former, { hubId: hub, tenures: [{ supplier: 'brightwell', from: FIRST, to: CHANGE }] })
	]);
	const home = async (slug: string, id: string) => {
		const { body } = await system.get(slug, `/devices/${id}`);
		return (body.home as Device[]).map(({ deviceId, deviceType }) => [deviceId, deviceType]);
	};
	expect(await home('brightwell', electricityMeter)).toEqual([[hub, 'CHF']]);
	expect(await home('brightwell', hub)).toEqual([[electricityMeter, 'ESME']]);
	expect(await home('halden', gasMeter)).toEqual([[gasProxy, 'GPF']]);
	expect(await home('brightwell', former)).toEqual([]);
	expect(await home('brightwell', another.electricityMeter)).toEqual([
		[another.hub, 'CHF'],
		[moved, 'ESME']
	]);
	// The Supplier itself says that the Device has moved. The other Supplier does not read that.
	await system.call('POST', '/devices', 'brightwell', [{ deviceId: moved, deviceType: 'ESME', hubId: hub }]);
	expect(await home('brightwell', another.electricityMeter)).toEqual([[another.hub, 'CHF']]);
	expect(await home('brightwell', electricityMeter)).toEqual([
		[hub, 'CHF'],
		[moved, 'ESME']
	]);
});
