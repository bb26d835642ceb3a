// Tests which Alerts and Service Requests a Supplier sees of a Device that changes its Supplier.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { euiToBytes } from '#lib/server/postgres/eui-bytes.ts';
import {
	NORTH_GRID_USER_ID,
	aDevice,
	aHome,
	aRequest,
	anAlert,
	newDeviceId,
	suppliedBy
} from '../../support/records.ts';
import { startSystem, type System } from '../../support/system.ts';

let system: System;
beforeAll(async () => {
	system = await startSystem({ completeUntil: '2026-11-05T02:00:00.000Z' });
});
afterAll(async () => {
	await system[Symbol.asyncDispose]();
});

describe('the tenures of a Device', () => {
	const tenures = [
		{ supplier: 'halden', from: '2025-01-01T00:00:00.000Z', to: '2026-11-05T00:00:00.000Z' },
		{ supplier: 'brightwell', from: '2026-11-05T00:00:00.000Z', to: null }
	];

	it('shows an Alert of the very moment of the change to the new Supplier, and an earlier one to the former', async () => {
		const deviceId = newDeviceId();
		await system.post('/devices', aDevice(deviceId, { tenures }));
		await system.post('/alerts', [
			anAlert(deviceId, {
				messageId: `${deviceId} last`,
				raisedAt: '2026-11-04T23:59:59.999Z',
				receivedAt: '2026-11-05T00:00:04.000Z'
			}),
			anAlert(deviceId, {
				messageId: `${deviceId} first`,
				raisedAt: '2026-11-05T00:00:00.000Z',
				receivedAt: '2026-11-05T00:00:04.000Z'
			})
		]);
		await system.becomes('brightwell', deviceId, { messageId: `${deviceId} first` });
		await system.becomes('halden', deviceId, { messageId: `${deviceId} last` });
		expect(await system.alerts('brightwell', `?device=${deviceId}`)).toHaveLength(1);
		expect(await system.alerts('halden', `?device=${deviceId}`)).toHaveLength(1);
	});

	it('hides Service Requests from before the tenure, and says so even if there are none', async () => {
		const [withHidden, without] = [newDeviceId(), newDeviceId()];
		await system.post(
			'/devices',
			[withHidden, without].map((id) => aDevice(id, { tenures }))
		);
		await system.post('/service-requests', aRequest(withHidden, { requestedAt: '2026-11-04T23:59:50.000Z' }));
		for (const id of [withHidden, without])
			await system.post(
				'/alerts',
				anAlert(id, { raisedAt: '2026-11-05T00:00:20.000Z', receivedAt: '2026-11-05T00:00:30.000Z' })
			);
		const shown = await Promise.all(
			[withHidden, without].map((id) =>
				system.becomes('brightwell', id, {
					notes: ['Activity before the start of your supply is not visible.']
				})
			)
		);
		const comparable = shown.map(({ explanation, summary, candidates, excluded, notes }) => ({
			explanation,
			summary,
			candidates,
			excluded,
			notes
		}));
		expect(comparable[0]).toEqual(comparable[1]);
		expect(comparable[0]).toMatchObject({ candidates: [], excluded: [] });
	});

	it("answers 404 for another Supplier's Alert, as for an Alert that does not exist", async () => {
		const deviceId = newDeviceId();
		await system.post('/devices', aDevice(deviceId));
		await system.post('/alerts', anAlert(deviceId));
		const { id } = await system.becomes('brightwell', deviceId, {});
		const foreign = await system.get('halden', `/alerts/${id}`);
		const unknown = await system.get('halden', '/alerts/123456789');
		expect([foreign.status, foreign.body]).toEqual([unknown.status, unknown.body]);
		expect(foreign.status).toBe(404);
		expect((await system.get('halden', `/devices/${deviceId}/timeline`)).status).toBe(404);
		const decided = await system.call('POST', `/alerts/${id}/decision`, 'halden', {
			verdict: 'ignorable',
			reason: 'repeat',
			version: 1
		});
		expect(decided.status).toBe(404);
	});

	it("shows a home without another Supplier's Devices, and no home after the tenure", async () => {
		const { electricityMeter, gasMeter, gasProxy, hub, devices } = aHome({
			electricity: tenures,
			gas: suppliedBy('halden')
		});
		await system.post('/devices', devices);
		const read = async (slug: string, id: string) => (await system.get(slug, `/devices/${id}`)).body;
		expect((await read('brightwell', electricityMeter)).home).toMatchObject([
			{ deviceId: hub, tenures: [{}] }
		]);
		expect((await read('halden', gasMeter)).home).toMatchObject([{ deviceId: gasProxy }]);
		expect(await read('halden', electricityMeter)).toMatchObject({ current: false, hubId: null, home: [] });
		expect(JSON.stringify(await read('brightwell', hub))).not.toContain(gasMeter);
	});

	it('shows the Service Requests of all Users within the tenure on the timeline', async () => {
		const deviceId = newDeviceId();
		await system.post('/devices', aDevice(deviceId, { tenures }));
		await system.post('/service-requests', [
			aRequest(deviceId),
			aRequest(deviceId, { requestedAt: '2026-11-04T23:00:00.000Z' })
		]);
		const storedAt = Date.now();
		await system.post('/alerts', anAlert(deviceId));
		await system.becomes('brightwell', deviceId, {});
		const { body } = await system.get(
			'brightwell',
			`/devices/${deviceId}/timeline?from=2026-11-04T00:00:00Z&to=2026-11-06T00:00:00Z`
		);
		expect(body.items.map((item: { kind: string }) => item.kind)).toEqual([
			'tenure',
			'service-request',
			'alert'
		]);
		expect(body.items[1]).toMatchObject({ userId: NORTH_GRID_USER_ID, userRole: 'ED', own: false });
		// The console marks a request that the audit trail delivered late.
		// The ids of a process that has just started may be ahead of the clock by a minute.
		expect(Math.abs(Date.parse(body.items[1].storedAt) - storedAt)).toBeLessThan(120_000);
	});

	it('refuses only the overlapping tenure of a call, and stores the later of two statements about one Device', async () => {
		const ids = Array.from({ length: 5 }, newDeviceId);
		const [suppliedByHalden, statedTwice, ...others] = ids as [string, string, ...string[]];
		await system.post('/devices', aDevice(suppliedByHalden, { tenures }));
		const own = [{ supplier: 'brightwell', from: '2026-01-01T00:00:00.000Z', to: null }];
		const stated = [
			aDevice(statedTwice, { tenures: own, model: 'first', area: 'kept' }),
			aDevice(others[0]!, { tenures: own }),
			aDevice(suppliedByHalden, { tenures: own, model: 'refused' }),
			aDevice(others[1]!, { tenures: [{ ...own[0]!, supplier: 'nobody' }] }),
			aDevice(statedTwice, { tenures: [{ ...own[0]!, to: '2026-11-01T00:00:00.000Z' }], model: 'second' }),
			aDevice(others[2]!, { tenures: own })
		];
		const { body } = await system.call('POST', '/devices', 'brightwell', stated);
		expect(body).toMatchObject({
			accepted: 4,
			duplicates: 0,
			rejected: [
				{ index: 2, error: expect.stringContaining('the installation has stated your tenure') },
				{ index: 3, error: expect.stringContaining("its own Supplier's tenures only") }
			]
		});
		const repeated = await system.call('POST', '/devices', 'brightwell', stated.slice(4));
		expect(repeated.body).toMatchObject({ accepted: 0, duplicates: 2 });
		const { rows } = await system.database.query(
			`select d.model, d.area, upper(t.during) as "to" from device d left join tenure t on t.device_id = d.device_id
			 and t.superseded_at is null and lower(t.during) = $2 where d.device_id = any($1) order by d.model`,
			[[suppliedByHalden, statedTwice].map(euiToBytes), own[0]!.from]
		);
		expect(rows).toEqual([
			{ model: 'second', area: 'kept', to: new Date('2026-11-01T00:00:00.000Z') },
			{ model: null, area: null, to: null }
		]);
	});
});
