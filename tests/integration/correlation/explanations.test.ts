// Tests the explanation of an Alert: from evidence in any order, within a home network, and by command reference.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
	HALDEN_USER_ID,
	BRIGHTWELL_USER_ID,
	aDevice,
	aHome,
	aRequest,
	anAlert,
	newDeviceId
} from '../../support/records.ts';
import { dccAlert, request, response } from '../../support/duis-messages.ts';
import { startSystem, type System } from '../../support/system.ts';

let system: System;
beforeAll(async () => {
	system = await startSystem({ completeUntil: '2026-11-05T02:00:00.000Z' });
});
afterAll(async () => {
	await system[Symbol.asyncDispose]();
});

describe('evidence that arrives in any order', () => {
	it('explains a pending Alert again, in place, when a late Service Request arrives', async () => {
		const deviceId = newDeviceId();
		await system.post('/devices', aDevice(deviceId));
		await system.post('/alerts', anAlert(deviceId));
		const before = await system.becomes('brightwell', deviceId, { explanation: 'pending', candidates: [] });
		await system.post('/service-requests', aRequest(deviceId));
		const after = await system.becomes('brightwell', deviceId, {
			explanation: 'likely',
			candidates: [{ serviceReferenceVariant: '6.5', tier: 'strong' }]
		});
		expect(after).toMatchObject({ id: before.id, version: before.version + 1 });
	});

	it('excludes a suspect when a late response says that its command succeeded', async () => {
		const deviceId = newDeviceId();
		const request = aRequest(deviceId);
		await system.post('/devices', aDevice(deviceId));
		await system.post('/service-requests', request);
		await system.post('/alerts', anAlert(deviceId));
		await system.becomes('brightwell', deviceId, { explanation: 'likely' });
		await system.post('/service-requests', {
			requestId: request.requestId,
			respondedAt: '2026-11-05T02:14:10.000Z',
			responseCode: 'I0'
		});
		await system.becomes('brightwell', deviceId, {
			candidates: [],
			excluded: [{ requestId: request.requestId, reason: 'succeeded' }]
		});
	});

	it('explains an Alert of an unknown Device when the Device is added to the inventory', async () => {
		const deviceId = newDeviceId();
		await system.post('/alerts', anAlert(deviceId, { recipientId: BRIGHTWELL_USER_ID }));
		await system.becomes('brightwell', deviceId, { explanation: 'out-of-scope' });
		await system.post('/service-requests', aRequest(deviceId));
		await system.post('/devices', aDevice(deviceId));
		await system.becomes('brightwell', deviceId, { explanation: 'likely' });
	});

	it('matches a named Service Request in its own home only, even if Alerts of two homes arrive in one call', async () => {
		const [home, neighbour] = [aHome(), aHome()];
		const neighboursRequestId = `${BRIGHTWELL_USER_ID}:${neighbour.electricityMeter}:77`;
		await system.post('/devices', [...home.devices, ...neighbour.devices]);
		await system.post(
			'/service-requests',
			aRequest(neighbour.electricityMeter, {
				requestId: neighboursRequestId,
				serviceReferenceVariant: '4.8.1',
				userRole: 'IS'
			})
		);
		const alertNamingIt = (hub: string) =>
			anAlert(hub, { code: '8F84', reference: { originatorId: BRIGHTWELL_USER_ID, counter: '77' } });
		await system.post('/alerts', [alertNamingIt(home.hub), alertNamingIt(neighbour.hub)]);
		await system.becomes('brightwell', neighbour.hub, {
			explanation: 'exact',
			candidates: [{ requestId: neighboursRequestId, relation: 'same-hub' }]
		});
		await system.becomes('brightwell', home.hub, { candidates: [], excluded: [] });
	});

	it('finds a cause on the hub when the hub is added to the inventory after the Alert and the Service Request', async () => {
		const [electricityMeter, hub] = [newDeviceId(), newDeviceId()];
		await system.post('/devices', aDevice(electricityMeter, { hubId: hub }));
		await system.post(
			'/service-requests',
			aRequest(hub, {
				userId: HALDEN_USER_ID,
				userRole: 'GS',
				serviceReferenceVariant: '8.11',
				respondedAt: '2026-11-05T02:13:50.000Z',
				responseCode: 'I0'
			})
		);
		await system.post('/alerts', anAlert(electricityMeter, { code: '8183' }));
		await system.becomes('brightwell', electricityMeter, { candidates: [] });
		await system.post('/devices', aDevice(hub, { deviceType: 'CHF', hubId: hub }));
		await system.becomes('brightwell', electricityMeter, {
			explanation: 'likely',
			candidates: [{ relation: 'same-hub' }]
		});
	});
});

describe('completeness', () => {
	it('leaves an Alert pending until the completeness mark passes it, then calls it unexplained', async () => {
		const deviceId = newDeviceId();
		await system.post('/devices', aDevice(deviceId));
		await system.post('/alerts', anAlert(deviceId));
		await system.becomes('brightwell', deviceId, { explanation: 'pending' });
		await system.post('/service-requests/completeness', {
			source: 'sat',
			completeUntil: '2026-11-05T02:30:00.000Z'
		});
		await system.becomes('brightwell', deviceId, { explanation: 'unexplained', version: 2 });
		await system.post('/service-requests/completeness', {
			source: 'sat',
			completeUntil: '2026-11-05T02:00:00.000Z'
		});
	});
});

describe('home networks and command references', () => {
	it('finds the cause on the hub of the same home network', async () => {
		const [electricityMeter, hub] = [newDeviceId(), newDeviceId()];
		await system.post('/devices', [
			aDevice(electricityMeter, { hubId: hub }),
			aDevice(hub, {
				deviceType: 'CHF',
				hubId: hub,
				tenures: [{ supplier: 'halden', from: '2025-01-01T00:00:00.000Z' }]
			})
		]);
		await system.post(
			'/service-requests',
			aRequest(hub, {
				userId: HALDEN_USER_ID,
				serviceReferenceVariant: '8.11',
				userRole: 'GS',
				userName: 'Halden Gas',
				respondedAt: '2026-11-05T02:13:00.000Z',
				responseCode: 'I0'
			})
		);
		await system.post('/alerts', anAlert(electricityMeter, { code: '8183' }));
		await system.becomes('brightwell', electricityMeter, {
			explanation: 'likely',
			candidates: [{ serviceReferenceVariant: '8.11', relation: 'same-hub', own: false }]
		});
	});

	it('matches a command reference exactly, weeks after the Service Request', async () => {
		const deviceId = newDeviceId();
		await system.post('/devices', aDevice(deviceId));
		const requestId = `${BRIGHTWELL_USER_ID}:${deviceId}:1760000000123`;
		await system.post(
			'/service-requests',
			aRequest(deviceId, {
				userId: BRIGHTWELL_USER_ID,
				requestId,
				serviceReferenceVariant: '1.1.1',
				userRole: 'IS',
				mode: 'future-dated-device',
				requestedAt: '2026-10-09T11:00:00.000Z',
				executeAt: '2026-11-01T00:00:00.000Z',
				respondedAt: '2026-10-09T11:00:35.000Z',
				responseCode: 'I0'
			})
		);
		await system.post(
			'/alerts',
			anAlert(deviceId, {
				code: '8F66',
				raisedAt: '2026-11-01T00:00:03.000Z',
				receivedAt: '2026-11-01T00:00:09.000Z',
				reference: { originatorId: null, counter: '1760000000123', messageCode: '0019', requestId: null }
			})
		);
		await system.becomes('brightwell', deviceId, {
			explanation: 'exact',
			candidates: [{ requestId, tier: 'exact', own: true, deltaSeconds: 3, anchor: 'executed' }]
		});
	});

	it('explains an Alert exactly when the Service Request that it names arrives late', async () => {
		const deviceId = newDeviceId();
		await system.post('/devices', aDevice(deviceId));
		const requestId = `${BRIGHTWELL_USER_ID}:${deviceId}:42`;
		await system.post(
			'/alerts',
			anAlert(deviceId, { kind: 'dcc', code: 'N13', dccPayload: 'CommandFailure', reference: { requestId } })
		);
		await system.becomes('brightwell', deviceId, {
			explanation: 'pending',
			notes: ['The Alert names a command that is not in the audit data.']
		});
		await system.post(
			'/service-requests',
			aRequest(deviceId, { requestId, requestedAt: '2026-09-01T00:00:00.000Z' })
		);
		await system.becomes('brightwell', deviceId, { explanation: 'exact', candidates: [{ requestId }] });
	});

	it('reads an Alert, the Service Request that it names, and the response from DUIS messages', async () => {
		const hub = newDeviceId();
		await system.post('/devices', aDevice(hub, { deviceType: 'CHF' }));
		const requestId = `${BRIGHTWELL_USER_ID}:${hub}:1660925173833`;
		const named = dccAlert(
			'N24',
			'UpdateHANDeviceLogResult',
			`<UpdateHANDeviceLogServiceRequestID>${requestId}</UpdateHANDeviceLogServiceRequestID>`
		);
		const alert = response(named, {
			responseId: `90-B3-D5-1F-30-00-00-02:${BRIGHTWELL_USER_ID}:1660925173999`
		});
		expect(await system.post('/duis', alert, 'application/xml')).toMatchObject({
			status: 202,
			body: { kind: 'alert', accepted: 1, duplicates: 0, verified: false }
		});
		expect((await system.post('/duis', alert, 'application/xml')).body).toMatchObject({
			accepted: 0,
			duplicates: 1
		});
		await system.becomes('brightwell', hub, { explanation: 'pending', code: 'N24' });
		expect(
			(await system.post('/duis', request(requestId, '8.11', '<UpdateHANDeviceLog/>'), 'application/xml'))
				.body
		).toMatchObject({ kind: 'service-request', accepted: 1 });
		expect((await system.post('/duis', response('', { requestId }), 'application/xml')).body).toMatchObject({
			kind: 'service-response',
			accepted: 1
		});
		await system.becomes('brightwell', hub, {
			explanation: 'exact',
			candidates: [{ requestId, responseCode: 'I0', own: true }]
		});
	});

	it('never explains a supply loss by a command that was near in time', async () => {
		const deviceId = newDeviceId();
		await system.post('/devices', aDevice(deviceId));
		await system.post('/service-requests', aRequest(deviceId));
		await system.post('/alerts', anAlert(deviceId, { code: '8F35' }));
		await system.becomes('brightwell', deviceId, {
			explanation: 'not-command',
			candidates: [],
			excluded: [{ reason: 'no-command-can' }]
		});
	});
});
