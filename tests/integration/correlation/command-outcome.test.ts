// Tests the outcome of a command in several instructions, which the reports of a Device name one by one.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BRIGHTWELL_USER_ID, aDevice, aRequest, anAlert, newDeviceId } from '../../support/records.ts';
import { eventually, startSystem, type System } from '../../support/system.ts';

let system: System;
beforeAll(async () => {
	system = await startSystem({ completeUntil: '2026-11-05T06:00:00.000Z' });
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
			reference: {
				originatorId: BRIGHTWELL_USER_ID,
				counter,
				messageCode: '0019',
				instruction,
				instructions: 3
			}
		});
	const storedCommand = (deviceId: string) =>
		aRequest(deviceId, {
			requestId: `${BRIGHTWELL_USER_ID}:${deviceId}:${counter}`,
			userId: BRIGHTWELL_USER_ID,
			userRole: 'IS',
			serviceReferenceVariant: '1.1.1',
			mode: 'future-dated-device',
			requestedAt: '2026-10-09T11:00:00.000Z',
			executeAt: '2026-11-01T00:00:00.000Z',
			respondedAt: '2026-10-09T11:00:35.000Z',
			responseCode: 'I0'
		});
	const outcomeBecomes = (deviceId: string, reports: number, outcome: object) =>
		eventually(async () => {
			const alerts = await system.alerts('brightwell', `?device=${deviceId}`);
			expect(alerts).toHaveLength(reports);
			for (const alert of alerts) expect(alert.commandOutcome).toEqual(outcome);
			return alerts;
		});

	it('every report says how many instructions are confirmed, and an incomplete command raises the priority', async () => {
		const deviceId = newDeviceId();
		await system.post('/devices', aDevice(deviceId));
		await system.post('/service-requests', storedCommand(deviceId));
		await system.post('/alerts', reportOf(deviceId, 1));
		await system.becomes('brightwell', deviceId, { explanation: 'exact', commandOutcome: { confirmed: 1 } });
		await system.post('/alerts', reportOf(deviceId, 3));
		const alerts = await outcomeBecomes(deviceId, 2, {
			expected: 3,
			confirmed: 2,
			failed: 0,
			state: 'incomplete'
		});
		expect(alerts[0]!.notes[0]).toBe(
			'The command is only partly applied: 2 of 3 instructions are confirmed, and no other report arrived within two hours.'
		);
		expect(alerts[0]!.priority).toBe(2);

		await system.post('/alerts', reportOf(deviceId, 2));
		await outcomeBecomes(deviceId, 3, { expected: 3, confirmed: 3, failed: 0, state: 'complete' });
	});

	it('the command has partly failed when one instruction fails', async () => {
		const deviceId = newDeviceId();
		await system.post('/devices', aDevice(deviceId));
		await system.post('/service-requests', storedCommand(deviceId));
		await system.post(
			'/alerts',
			[1, 2].map((n) => reportOf(deviceId, n))
		);
		await system.post('/alerts', reportOf(deviceId, 3, '8F67'));
		await outcomeBecomes(deviceId, 3, { expected: 3, confirmed: 2, failed: 1, state: 'partly-failed' });
	});
});
