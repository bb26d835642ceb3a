// Tests what a Supplier learns of Alerts outside its tenure, and of Users whose names it may not see.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Alert } from '#lib/domain/alert.ts';
import {
	NORTH_GRID_USER_ID,
	BRIGHTWELL_USER_ID,
	aDevice,
	aRequest,
	anAlert,
	newDeviceId
} from '../../support/records.ts';
import { startSystem, type System } from '../../support/system.ts';

let system: System;
beforeAll(async () => {
	system = await startSystem({ settings: { ROLE_ONLY: 'OU' } });
	await system.post('/service-requests/completeness', {
		source: 'sat',
		completeUntil: '2026-11-05T06:00:00.000Z'
	});
});
afterAll(async () => {
	await system[Symbol.asyncDispose]();
});

describe('an Alert that reaches the former Supplier', () => {
	const tenures = [
		{ supplier: 'brightwell', from: '2025-01-01T00:00:00.000Z', to: '2026-11-05T00:00:00.000Z' },
		{ supplier: 'halden', from: '2026-11-05T00:00:00.000Z', to: null }
	];

	it.each([
		['8F0F', true],
		['8F66', false]
	])('is out of scope and has to be forwarded (%s, urgent: %s)', async (code, urgent) => {
		const deviceId = newDeviceId();
		await system.post('/devices', aDevice(deviceId, { tenures }));
		await system.post('/alerts', anAlert(deviceId, { code, recipientId: BRIGHTWELL_USER_ID }));
		const alert: Alert = await system.becomes('brightwell', deviceId, { explanation: 'out-of-scope' });
		expect(alert).toMatchObject({ forward: { urgent }, candidates: [], excluded: [], deviceType: null });
		await system.becomes('halden', deviceId, { forward: null });
	});

	it('need not be forwarded if the Device is unknown', async () => {
		const deviceId = newDeviceId();
		await system.post('/alerts', anAlert(deviceId, { recipientId: BRIGHTWELL_USER_ID }));
		await system.becomes('brightwell', deviceId, { explanation: 'out-of-scope', forward: null });
	});
});

describe('a User of a role whose names are not disclosed', () => {
	it('appears by its role only, in every field of the explanation and on the timeline', async () => {
		const deviceId = newDeviceId();
		const homeWatt = '90-B3-D5-1F-30-03-00-01';
		await system.post('/devices', aDevice(deviceId));
		await system.post('/service-requests', [
			aRequest(deviceId, {
				requestId: `${homeWatt}:${deviceId}:77`,
				userRole: 'OU',
				userName: 'HomeWatt',
				serviceReferenceVariant: '8.7.2',
				respondedAt: '2026-11-05T02:13:50.000Z',
				responseCode: 'I0'
			}),
			aRequest(deviceId, { serviceReferenceVariant: '4.10', responseCode: 'I0' })
		]);
		await system.post('/alerts', anAlert(deviceId, { code: '8F3E' }));
		const alert = await system.becomes('brightwell', deviceId, { explanation: 'likely' });
		expect(alert.candidates[0]).toMatchObject({
			requestId: `undisclosed:${deviceId}:77`,
			userId: 'undisclosed',
			userRole: 'OU',
			userName: null
		});
		expect(alert.excluded[0]).toMatchObject({
			userName: 'North Grid',
			requestId: expect.stringContaining(NORTH_GRID_USER_ID)
		});
		const timeline = await system.get(
			'brightwell',
			`/devices/${deviceId}/timeline?from=2026-11-05T00:00:00Z&to=2026-11-06T00:00:00Z`
		);
		for (const shown of [alert, timeline.body]) {
			expect(JSON.stringify(shown)).not.toContain(homeWatt);
			expect(JSON.stringify(shown)).not.toContain('HomeWatt');
		}
	});
});
