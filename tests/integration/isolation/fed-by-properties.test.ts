// Tests that nothing that the keys of one Supplier feed reaches the reads of another Supplier.
import { hash } from 'node:crypto';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import {
	BRIGHTWELL_USER_ID,
	HALDEN_USER_ID,
	NORTH_GRID_USER_ID,
	aHome,
	aRequest,
	anAlert,
	newDeviceId,
	suppliedBy
} from '../../support/records.ts';
import { Follower, allAlerts, allEpisodes, exportedIds, settled } from '../../support/supplier-reads.ts';
import { startSystem, type System } from '../../support/system.ts';

let system: System;
beforeAll(async () => {
	system = await startSystem({ completeUntil: '2026-11-06T00:00:00.000Z' });
});
afterAll(async () => {
	await system[Symbol.asyncDispose]();
});

/**
 * Reads every byte that a Supplier can read of Alerts, episodes, the feed, exports and timelines. Returns one digest for
 * each read, so that a failure names the read that changed.
 */
async function allReads(slug: 'halden', deviceIds: readonly string[]): Promise<Record<string, string>> {
	const follower = new Follower();
	await follower.catchUp(system, slug);
	const period = 'from=2026-11-05T00:00:00Z&to=2026-11-06T00:00:00Z';
	const timelines = await Promise.all(
		deviceIds.map(async (id) => (await system.get(slug, `/devices/${id}/timeline?${period}`)).body)
	);
	const reads = {
		alerts: await allAlerts(system, slug),
		episodes: await allEpisodes(system, slug),
		feed: [...follower.entries],
		exports: await exportedIds(system, slug),
		completeness: (await system.get(slug, '/service-requests/completeness')).body.completeUntil,
		timelines
	};
	return Object.fromEntries(
		Object.entries(reads).map(([name, read]) => [name, hash('sha256', JSON.stringify(read))])
	);
}

it('whatever the keys of one Supplier feed, no byte that another Supplier reads changes', async () => {
	const homes = Array.from({ length: 4 }, (_, i) =>
		aHome({
			electricity: suppliedBy(i % 2 ? 'halden' : 'brightwell'),
			gas: suppliedBy(i % 2 ? 'brightwell' : 'halden')
		})
	);
	const moved = aHome({ electricity: suppliedBy('halden', ['2026-11-05T02:10:00.000Z', 'brightwell']) });
	const devices = [...homes, moved].flatMap((home) => home.devices);
	const deviceIds = devices.map(({ deviceId }) => deviceId);
	const unknown = newDeviceId();
	await system.post('/devices', devices);
	await system.post(
		'/service-requests',
		deviceIds.flatMap((id) => [aRequest(id), aRequest(id, { userId: BRIGHTWELL_USER_ID, userRole: 'IS' })])
	);
	await system.post(
		'/alerts',
		deviceIds.flatMap((id, i) => [
			anAlert(id, { messageId: `fixed ${i}` }),
			anAlert(id, {
				code: '8F3E',
				raisedAt: '2026-11-05T02:05:00.000Z',
				receivedAt: '2026-11-05T02:05:09.000Z'
			}),
			anAlert(id, { recipientId: HALDEN_USER_ID })
		])
	);
	await settled(system);
	const before = await allReads('halden', deviceIds);

	const anyDevice = fc.constantFrom(...deviceIds, unknown);
	const anyUser = fc.constantFrom(BRIGHTWELL_USER_ID, HALDEN_USER_ID, NORTH_GRID_USER_ID);
	const anyTime = fc
		.integer({ min: -900, max: 900 })
		.map((s) => new Date(Date.parse('2026-11-05T02:14:00.000Z') + s * 1000).toISOString());
	const anyCall = fc.oneof(
		fc
			.record({
				deviceId: anyDevice,
				deviceType: fc.constantFrom('ESME', 'GSME', 'CHF'),
				hubId: fc.constantFrom(...[...homes, moved].map(({ hub }) => hub)),
				model: fc.constantFrom('X', 'Y'),
				tenures: fc.option(
					fc
						.record({ supplier: fc.constantFrom('brightwell', 'halden'), from: anyTime })
						.map((tenure) => [tenure]),
					{ nil: undefined }
				)
			})
			.map((device) => ['/devices', device] as const),
		fc
			.record({
				deviceId: anyDevice,
				userId: anyUser,
				counter: fc.integer({ min: 1000, max: 1100 }),
				requestedAt: anyTime,
				variant: fc.constantFrom('6.5', '8.11', '6.15.1'),
				responseCode: fc.constantFrom('I0', 'E21')
			})
			.map(
				({ deviceId, userId, counter, requestedAt, variant, responseCode }) =>
					[
						'/service-requests',
						{
							...aRequest(deviceId, { userId, requestedAt, responseCode, serviceReferenceVariant: variant }),
							requestId: `${userId}:${deviceId}:${counter}`
						}
					] as const
			),
		fc
			.record({
				deviceId: anyDevice,
				recipientId: fc.option(anyUser),
				raisedAt: anyTime,
				code: fc.constantFrom('8F30', '8F3E', '8F12'),
				messageId: fc.integer({ min: 0, max: 25 }).map((n) => `fixed ${n}`)
			})
			.map(
				(fields) => ['/alerts', anAlert(fields.deviceId, { ...fields, receivedAt: fields.raisedAt })] as const
			),
		fc
			.record({ source: fc.constantFrom('sat', 'own'), completeUntil: anyTime })
			.map((mark) => ['/service-requests/completeness', mark] as const)
	);
	let accepted = 0;
	for (const [path, body] of fc.sample(anyCall, { numRuns: 300, seed: 16 })) {
		const answer = await system.call('POST', path, 'brightwell', body);
		expect(answer.status).toBeLessThan(500);
		if (answer.status < 300) accepted++;
	}
	expect(accepted).toBeGreaterThan(50);
	await settled(system);
	expect(await allReads('halden', deviceIds)).toEqual(before);
});
