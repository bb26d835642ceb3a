// Tests the shortest way through the system: a Device, two Service Requests and an Alert are posted, and the Alert is explained.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually, startSystem, type System } from '../../support/system.ts';

let system: System;
beforeAll(async () => {
	system = await startSystem();
});
afterAll(async () => {
	await system[Symbol.asyncDispose]();
});

const at = (time: string) => `2026-11-05T${time}.000Z`;

describe('an Alert that is posted after its Service Requests', () => {
	it("names another User's failed command as the likely cause, and says why the other command is excluded", async () => {
		const deviceId = '88-73-84-57-00-10-00-01';
		const devices = await system.post('/devices', {
			deviceId,
			deviceType: 'ESME',
			hubId: '88-73-84-57-00-10-00-03',
			tenures: [{ supplier: 'brightwell', from: '2025-01-01T00:00:00.000Z' }]
		});
		expect(devices).toMatchObject({ status: 202, body: { accepted: 1, rejected: [] } });
		const requests = await system.post('/service-requests', [
			{
				requestId: `90-B3-D5-1F-30-02-00-01:${deviceId}:1008`,
				serviceReferenceVariant: '6.5',
				userRole: 'ED',
				userName: 'North Grid',
				requestedAt: at('02:13:40'),
				respondedAt: at('02:14:31'),
				responseCode: 'E21',
				source: 'sat'
			},
			{
				requestId: `90-B3-D5-1F-30-01-00-01:${deviceId}:77`,
				serviceReferenceVariant: '4.6.1',
				userRole: 'IS',
				requestedAt: at('00:20:50'),
				respondedAt: at('00:21:00'),
				responseCode: 'I0',
				source: 'sat'
			}
		]);
		expect(requests).toMatchObject({ status: 202, body: { accepted: 2 } });
		await system.post('/service-requests/completeness', { source: 'sat', completeUntil: at('02:30:00') });
		const alert = await system.post('/alerts', {
			deviceId,
			kind: 'device',
			code: '8F30',
			raisedAt: at('02:14:07'),
			receivedAt: at('02:14:19'),
			messageId: 'S1'
		});
		expect(alert).toMatchObject({ status: 202, body: { accepted: 1, duplicates: 0 } });

		const explained = await eventually(async () => {
			const [item] = await system.alerts('brightwell');
			expect(item).toBeDefined();
			return item!;
		});
		expect(explained).toMatchObject({
			explanation: 'likely',
			candidates: [
				{
					serviceReferenceVariant: '6.5',
					userRole: 'ED',
					tier: 'strong',
					deltaSeconds: 27,
					anchor: 'requested',
					own: false
				}
			],
			excluded: [{ serviceReferenceVariant: '4.6.1', reason: 'succeeded' }]
		});
		expect(await system.alerts('halden')).toEqual([]);
	});
});
