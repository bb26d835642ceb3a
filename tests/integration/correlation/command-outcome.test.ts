// What comes after the first explanation: reports of further instructions, evidence against a decision, tasks to pass on,
// and what is disclosed of other Users.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Alert } from '#lib/domain/alert.ts';
import { ED, OWN, aDevice, aRequest, anAlert, newDeviceId } from '../../support/records.ts';
import { eventually, startSystem, type System } from '../../support/system.ts';

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

describe('a command in several instructions', () => {
	const counter = '17600000001239876543';
	const reportOf = (deviceId: string, instruction: number, code = '8F66') =>
		anAlert(deviceId, {
			code,
			messageId: `${deviceId} instruction ${instruction}`,
			raisedAt: `2026-11-01T00:00:0${instruction}.000Z`,
			receivedAt: `2026-11-01T00:00:1${instruction}.000Z`,
			reference: { originatorId: OWN, counter, messageCode: '0019', instruction, instructions: 3 }
		});
	const stored = (deviceId: string) =>
		aRequest(deviceId, {
			requestId: `${OWN}:${deviceId}:${counter}`,
			userId: OWN,
			userRole: 'IS',
			serviceReferenceVariant: '1.1.1',
			mode: 'future-dated-device',
			requestedAt: '2026-10-09T11:00:00.000Z',
			executeAt: '2026-11-01T00:00:00.000Z',
			respondedAt: '2026-10-09T11:00:35.000Z',
			responseCode: 'I0'
		});
	const allBecome = (deviceId: string, count: number, outcome: object) =>
		eventually(async () => {
			const alerts = await system.alerts('brightwell', `?device=${deviceId}`);
			expect(alerts).toHaveLength(count);
			for (const alert of alerts) expect(alert.commandOutcome).toEqual(outcome);
			return alerts;
		});

	it('says on every report how far the command came, and is news when one is missing', async () => {
		const deviceId = newDeviceId();
		await system.post('/devices', aDevice(deviceId));
		await system.post('/service-requests', stored(deviceId));
		await system.post('/alerts', reportOf(deviceId, 1));
		await system.becomes('brightwell', deviceId, { explanation: 'exact', commandOutcome: { confirmed: 1 } });
		await system.post('/alerts', reportOf(deviceId, 3));
		const alerts = await allBecome(deviceId, 2, {
			expected: 3,
			confirmed: 2,
			failed: 0,
			state: 'incomplete'
		});
		expect(alerts[0]!.notes[0]).toBe(
			'The command is only partly applied: 2 of 3 instructions confirmed, and no other report arrived within two hours.'
		);
		expect(alerts[0]!.priority).toBe(2);

		await system.post('/alerts', reportOf(deviceId, 2));
		await allBecome(deviceId, 3, { expected: 3, confirmed: 3, failed: 0, state: 'complete' });
	});

	it('a failed instruction makes it a partial failure', async () => {
		const deviceId = newDeviceId();
		await system.post('/devices', aDevice(deviceId));
		await system.post('/service-requests', stored(deviceId));
		await system.post(
			'/alerts',
			[1, 2].map((n) => reportOf(deviceId, n))
		);
		await system.post('/alerts', reportOf(deviceId, 3, '8F67'));
		await allBecome(deviceId, 3, { expected: 3, confirmed: 2, failed: 1, state: 'partly-failed' });
	});
});

describe('evidence after a decision', () => {
	it('leaves the decision as it was, and raises a notice where it speaks against it', async () => {
		const deviceId = newDeviceId();
		await system.post('/devices', aDevice(deviceId));
		await system.post('/alerts', anAlert(deviceId));
		const { id, version } = await system.becomes('brightwell', deviceId, { explanation: 'unexplained' });
		const decided = await system.call('POST', `/alerts/${id}/decision`, 'brightwell', {
			verdict: 'actionable',
			reason: 'no-command',
			version
		});
		expect(decided.body).toMatchObject({ notice: null, decision: { verdict: 'actionable' } });
		expect(await system.alerts('brightwell', `?device=${deviceId}&decision=open`)).toEqual([]);

		await system.post('/service-requests', aRequest(deviceId));
		const upgraded = await system.becomes('brightwell', deviceId, { explanation: 'likely' });
		expect(upgraded).toMatchObject({ id, decision: decided.body.decision });
		expect(upgraded.notice).toMatch(/a Service Request explains it now/);
		for (const filter of ['open', 'contradicted'])
			expect(await system.alerts('brightwell', `?device=${deviceId}&decision=${filter}`)).toHaveLength(1);

		const again = await system.call('POST', `/alerts/${id}/decision`, 'brightwell', {
			verdict: 'ignorable',
			reason: 'other-user-command',
			version: upgraded.version
		});
		expect(again.body).toMatchObject({ notice: null, decision: { verdict: 'ignorable' } });
		expect(await system.alerts('brightwell', `?device=${deviceId}&decision=open`)).toEqual([]);
	});
});

describe('an Alert that reaches the former Supplier', () => {
	const lost = [
		{ supplier: 'brightwell', from: '2025-01-01T00:00:00.000Z', to: '2026-11-05T00:00:00.000Z' },
		{ supplier: 'halden', from: '2026-11-05T00:00:00.000Z', to: null }
	];

	it.each([
		['8F0F', true],
		['8F66', false]
	])('is out of scope, and a task to forward it; %s is urgent: %s', async (code, urgent) => {
		const deviceId = newDeviceId();
		await system.post('/devices', aDevice(deviceId, { tenures: lost }));
		await system.post('/alerts', anAlert(deviceId, { code, recipientId: OWN }));
		const alert: Alert = await system.becomes('brightwell', deviceId, { explanation: 'out-of-scope' });
		expect(alert).toMatchObject({ forward: { urgent }, candidates: [], excluded: [], deviceType: null });
		await system.becomes('halden', deviceId, { forward: null });
	});

	it('is no task where nobody knows the Device', async () => {
		const deviceId = newDeviceId();
		await system.post('/alerts', anAlert(deviceId, { recipientId: OWN }));
		await system.becomes('brightwell', deviceId, { explanation: 'out-of-scope', forward: null });
	});
});

describe('disclosure', () => {
	it('shows of some roles only the role: in the explanation, on the timeline, in every field', async () => {
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
			requestId: expect.stringContaining(ED)
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
