// Tests control-room scenarios that depend on the kind of a request: a change of credentials, a stored command, a relayed
// read, and the record of a visit.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PARTIES } from '../../../demo/world.ts';
import { aHome, answered, suppliedBy, november, raised, sent } from '../../support/records.ts';
import { allBecome, given } from '../../support/scenarios.ts';
import { startSystem, type System } from '../../support/system.ts';

const { brightwell, halden, oldmoor, northGrid, valleyGas, homeWatt, metrix } = PARTIES;
const ourGas = { ...brightwell, role: 'GS' };

let system: System;
beforeAll(async () => {
	system = await startSystem({ completeUntil: november(22, '00:00:00.000') });
});
afterAll(async () => {
	await system[Symbol.asyncDispose]();
});

describe('S7, a Device clock that cannot be trusted', () => {
	it('S7: suspects the unanswered certificate change of the gas transporter', async () => {
		const home = aHome({ gas: suppliedBy('brightwell') });
		const rotation = sent(valleyGas, home.gasMeter, '6.15.1', november(3, '05:01:40'));
		await given(
			system,
			home,
			[
				rotation,
				answered({ ...oldmoor, role: 'GS' }, home.gasMeter, '6.11', november(3, '05:01:50'), 'E4'),
				answered(ourGas, home.gasMeter, '4.6.1', november(3, '03:40:30'))
			],
			[
				raised(home.gasMeter, '8F3D', november(3, '03:41:00.000'), {
					clockStatus: 'unreliable',
					receivedAt: november(3, '05:02:11.000')
				})
			]
		);
		await allBecome(system, 'brightwell', home.gasMeter, [
			{
				explanation: 'likely',
				candidates: [{ requestId: rotation.requestId, userRole: 'GT', anchor: 'requested', deltaSeconds: 31 }]
			}
		]);
	});
});

describe('S10, a storm after a firmware campaign', () => {
	it('S10: does not take the response that a command is stored for the success of its execution', async () => {
		const home = aHome();
		const stored = sent(brightwell, home.electricityMeter, '11.3', november(7, '20:00:00'), {
			mode: 'future-dated-device',
			executeAt: november(8, '04:00:00'),
			respondedAt: november(7, '20:00:30'),
			responseCode: 'I0'
		});
		await given(system, home, [stored], [raised(home.electricityMeter, '8F3E', november(8, '04:05:00'))]);
		const [alert] = await allBecome(system, 'brightwell', home.electricityMeter, [{ code: '8F3E' }]);
		expect(alert!.candidates).toMatchObject([
			{ requestId: stored.requestId, own: true, anchor: 'executed', deltaSeconds: 300 }
		]);
	});
});

describe('S9, several requests that may have caused the Alert', () => {
	async function alertWithSeveralRequests() {
		const home = aHome();
		const logRead = answered(metrix, home.electricityMeter, '6.13', november(4, '12:00:39'), 'E21');
		await given(
			system,
			home,
			[
				sent(northGrid, home.electricityMeter, '6.15.1', november(4, '12:00:05')),
				logRead,
				answered(northGrid, home.electricityMeter, '6.5', november(4, '12:00:31')),
				answered(homeWatt, home.electricityMeter, '4.8.1', november(4, '12:00:10'))
			],
			[raised(home.electricityMeter, '8F30', november(4, '12:00:40'))]
		);
		const [alert] = await allBecome(system, 'brightwell', home.electricityMeter, [{ code: '8F30' }]);
		return { alert: alert!, logRead };
	}

	it('S9: keeps the read of the agent as a candidate, but weak, because the DCC relays it', async () => {
		const { alert, logRead } = await alertWithSeveralRequests();
		const candidate = alert.candidates.find((c) => c.requestId === logRead.requestId);
		expect(candidate).toMatchObject({ tier: 'weak' });
		expect(candidate!.reasons.map((reason) => reason.code)).toContain('relayed');
	});
});

describe('S16, a site visit of the Supplier of the other fuel opens the meter', () => {
	it('S16: lists the Supplier that exchanged the hub before the agent that recorded the visit', async () => {
		const home = aHome();
		await given(
			system,
			home,
			[
				answered(halden, home.hub, '8.11', november(20, '11:40:00')),
				answered(halden, home.hub, '8.14.3', november(20, '12:05:00')),
				answered(metrix, home.electricityMeter, '8.4', november(20, '12:20:00'))
			],
			[raised(home.electricityMeter, '8F76', november(20, '11:02:00'))]
		);
		const [alert] = await allBecome(system, 'brightwell', home.electricityMeter, [
			{ explanation: 'ambiguous' }
		]);
		expect(alert!.candidates.map((c) => [c.userName, c.serviceReferenceVariant])).toEqual([
			['Halden Gas', '8.11'],
			['Halden Gas', '8.14.3'],
			['Metrix Field', '8.4']
		]);
	});
});
