// Tests which Alerts become one episode, in a home, a campaign or a storm, and which Alerts stay outside.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Alert } from '#lib/domain/alert.ts';
import type { Episode, OutsideEpisode } from '#lib/domain/episode.ts';
import {
	NORTH_GRID_USER_ID,
	HALDEN_USER_ID,
	BRIGHTWELL_USER_ID,
	aDevice,
	aRequest,
	anAlert,
	suppliedBy,
	newDeviceId
} from '../../support/records.ts';
import { eventually, startSystem, type System } from '../../support/system.ts';

let system: System;
beforeAll(async () => {
	system = await startSystem({ completeUntil: '2026-11-06T00:00:00.000Z' });
});
afterAll(async () => {
	await system[Symbol.asyncDispose]();
});

const at = (seconds: number): string =>
	new Date(Date.parse('2026-11-05T10:00:00.000Z') + seconds * 1000).toISOString();
const raised = (deviceId: string, code: string, seconds: number) =>
	anAlert(deviceId, { code, raisedAt: at(seconds), receivedAt: at(seconds + 5) });
const alertsOf = async (devices: readonly string[]): Promise<Alert[]> =>
	(await Promise.all(devices.map((id) => system.alerts('brightwell', `?device=${id}`)))).flat();
const episode = async (id: string): Promise<Episode> =>
	(await system.get('brightwell', `/episodes/${id}`)).body;

const outsideOf = async (id: string): Promise<OutsideEpisode> =>
	(await system.get('brightwell', `/episodes/${id}/outside`)).body;

/** Waits until all Alerts of these Devices are in one episode with this number of members, and returns the episode. */
const becomesOneEpisode = (
	devices: readonly string[],
	members: number
): Promise<Episode & { outside: number }> =>
	eventually(async () => {
		const ids = new Set((await alertsOf(devices)).map((alert) => alert.episodeId));
		expect(ids.size).toBe(1);
		expect(ids).not.toContain(null);
		const found = await episode([...ids][0]!);
		expect(found).toMatchObject({ members });
		return found as Episode & { outside: number };
	});

describe('one User at work in one home', () => {
	it('three Alerts after a swap of the display become one episode and take one decision', async () => {
		const [electricityMeter, hub] = [newDeviceId(), newDeviceId()];
		await system.post('/devices', [
			aDevice(electricityMeter, { hubId: hub }),
			aDevice(hub, { deviceType: 'CHF', hubId: hub })
		]);
		await system.post(
			'/service-requests',
			[-20, -10].map((s) =>
				aRequest(hub, {
					userId: HALDEN_USER_ID,
					userRole: 'GS',
					userName: 'Halden Gas',
					serviceReferenceVariant: '8.11',
					requestedAt: at(s - 5),
					respondedAt: at(s),
					responseCode: 'I0'
				})
			)
		);
		await system.post('/alerts', [
			raised(electricityMeter, '8183', 0),
			raised(electricityMeter, '8F3E', 90),
			raised(electricityMeter, '8F3E', 210)
		]);
		const found = await becomesOneEpisode([electricityMeter], 3);
		expect(found).toMatchObject({ kind: 'home', devices: 1, open: 3, decision: null });
		expect(await outsideOf(found.id)).toEqual({ items: [], total: 0, why: null });
		expect(found.title).toContain('Halden Gas (GS) 8.11');

		const late = raised(electricityMeter, '8F3E', 300);
		const decided = await system.call('POST', '/decisions', 'brightwell', {
			episode: found.id,
			version: found.version,
			verdict: 'ignorable',
			reason: 'other-user-command'
		});
		expect(decided.body.done).toHaveLength(3);
		await system.post('/alerts', late);
		const grown = await becomesOneEpisode([electricityMeter], 4);
		expect(grown).toMatchObject({ id: found.id, open: 1, decision: { verdict: 'ignorable' } });
		const open = await system.alerts('brightwell', `?episode=${found.id}&decision=open`);
		expect(open.map((alert) => alert.messageId)).toEqual([late.messageId]);
	});
});

describe('a campaign', () => {
	it('contains the Alerts that share its cause; similar Alerts stay outside, counted and listed', async () => {
		const model = { model: 'Storm 9', firmware: '2.10' };
		const [touched, untouched] = [8, 3].map((count) => Array.from({ length: count }, newDeviceId)) as [
			string[],
			string[]
		];
		await system.post(
			'/devices',
			[...touched, ...untouched].map((id) => aDevice(id, { hubId: newDeviceId(), ...model }))
		);
		const ofHalden = newDeviceId();
		await system.post('/devices', [aDevice(ofHalden, { tenures: suppliedBy('halden'), ...model })]);
		await system.post(
			'/service-requests',
			touched.map((id) =>
				aRequest(id, {
					userId: BRIGHTWELL_USER_ID,
					userRole: 'IS',
					serviceReferenceVariant: '11.3',
					requestedAt: at(-30),
					responseCode: 'E21'
				})
			)
		);
		// This Alert has the same model and code, but belongs to another Supplier.
		await system.post('/alerts', [raised(ofHalden, '8F3E', 2)]);
		await system.becomes('halden', ofHalden, { explanation: 'unexplained' });
		// The Alerts arrive in the reverse order of their times.
		await system.post(
			'/alerts',
			[...touched, ...untouched].map((id, i) => raised(id, '8F3E', i)).toReversed()
		);
		const found = await becomesOneEpisode(touched, 8);
		expect(found).toMatchObject({ kind: 'campaign', devices: 8, outside: 3 });
		expect(found.title).toContain('your own 11.3');
		for (const alert of await alertsOf(untouched))
			expect(alert).toMatchObject({ explanation: 'unexplained', episodeId: null });

		const outside = await outsideOf(found.id);
		expect(outside).toMatchObject({
			total: 3,
			why: 'The request that explains the members was not sent to these Devices.'
		});
		// The list has the newest Alert first. Each item equals a single read of the Alert.
		expect(outside.items.map((alert) => alert.deviceId)).toEqual(untouched.toReversed());
		const [newest] = outside.items;
		expect(newest).toEqual((await system.get('brightwell', `/alerts/${newest!.id}`)).body);
	});

	it('says so if a request like its cause was sent to a Device outside and does not explain its Alert', async () => {
		const model = { model: 'Storm 10', firmware: '3.0' };
		const [touched, doubtful] = [Array.from({ length: 5 }, newDeviceId), newDeviceId()];
		await system.post(
			'/devices',
			[...touched, doubtful].map((id) => aDevice(id, { hubId: newDeviceId(), ...model }))
		);
		const own = {
			userId: BRIGHTWELL_USER_ID,
			userRole: 'IS',
			serviceReferenceVariant: '11.3',
			responseCode: 'E21'
		};
		await system.post('/service-requests', [
			...touched.map((id) => aRequest(id, { ...own, requestedAt: at(-30) })),
			aRequest(doubtful, { ...own, requestedAt: at(-30) }),
			// Two requests fit the Alert of this Device equally well, so neither is the suspect.
			aRequest(doubtful, {
				...own,
				userId: NORTH_GRID_USER_ID,
				userRole: 'ED',
				serviceReferenceVariant: '6.5',
				requestedAt: at(-30)
			})
		]);
		await system.post(
			'/alerts',
			[...touched, doubtful].map((id) => raised(id, '8F3E', 0))
		);
		const found = await becomesOneEpisode(touched, 5);
		await eventually(async () =>
			expect(await outsideOf(found.id)).toMatchObject({
				items: [{ deviceId: doubtful, explanation: 'ambiguous' }],
				why: 'The request that explains the members was not sent to these Devices, or it does not explain their Alerts.'
			})
		);
	});

	it('lists the newest hundred Alerts outside, and gives the total', async () => {
		const model = { model: 'Storm 11', firmware: '4.1' };
		const [touched, untouched] = [5, 103].map((count) => Array.from({ length: count }, newDeviceId)) as [
			string[],
			string[]
		];
		await system.post(
			'/devices',
			[...touched, ...untouched].map((id) => aDevice(id, { hubId: newDeviceId(), ...model }))
		);
		await system.post(
			'/service-requests',
			touched.map((id) =>
				aRequest(id, {
					userId: BRIGHTWELL_USER_ID,
					userRole: 'IS',
					serviceReferenceVariant: '11.3',
					requestedAt: at(-30),
					responseCode: 'E21'
				})
			)
		);
		await system.post(
			'/alerts',
			[...touched, ...untouched].map((id, i) => raised(id, '8F3E', i))
		);
		const found = await becomesOneEpisode(touched, 5);
		const outside = await eventually(async () => {
			const read = await outsideOf(found.id);
			expect(read.total).toBe(103);
			return read;
		});
		expect(outside.items.map((alert) => alert.deviceId)).toEqual(untouched.toReversed().slice(0, 100));
	});
});

describe('a storm', () => {
	it('becomes an episode with the tenth Device, and counts at least the events that the DCC throttled', async () => {
		const devices = Array.from({ length: 12 }, newDeviceId);
		await system.post(
			'/devices',
			devices.map((id) => aDevice(id, { area: 'ZZ9' }))
		);
		const alerts = devices.map((id, i) => raised(id, '8F35', 7200 + i));
		await system.post('/alerts', alerts.slice(0, 9));
		await eventually(async () => expect(await alertsOf(devices)).toHaveLength(9));
		expect((await alertsOf(devices)).every((alert) => alert.episodeId === null)).toBe(true);
		await system.post(
			'/alerts',
			alerts.slice(9).map((alert, i) => (i === 0 ? { ...alert, throttledCount: 40 } : alert))
		);
		const found = await becomesOneEpisode(devices, 12);
		expect(found).toMatchObject({ kind: 'storm', devices: 12, occurrences: 51, atLeast: true });
	});
});

describe('another Supplier', () => {
	it('sees no episode of this Supplier, neither in the list nor by id', async () => {
		const { items } = (await system.get('brightwell', '/episodes')).body;
		expect(items.length).toBeGreaterThan(0);
		expect((await system.get('halden', '/episodes')).body.items).toEqual([]);
		for (const { id } of items)
			for (const path of [`/episodes/${id}`, `/episodes/${id}/outside`])
				expect((await system.get('halden', path)).status).toBe(404);
		const refused = await system.call('POST', '/decisions', 'halden', {
			episode: items[0].id,
			version: 99,
			verdict: 'ignorable',
			reason: 'information'
		});
		expect(refused.status).toBe(404);
	});
});
