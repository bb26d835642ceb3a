// Tests control-room scenarios in which our own command is behind the Alert, or the Alert names a command.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PARTIES } from '../../../demo/world.ts';
import { dccAlert, response } from '../../support/duis-messages.ts';
import { aHome, answered, dccRaised, suppliedBy, november, raised, sent } from '../../support/records.ts';
import { allBecome, given } from '../../support/scenarios.ts';
import { settled } from '../../support/supplier-reads.ts';
import { startSystem, type System } from '../../support/system.ts';

const { brightwell, northGrid, metrix } = PARTIES;

let system: System;
beforeAll(async () => {
	system = await startSystem({ completeUntil: november(21, '00:00:00.000') });
});
afterAll(async () => {
	await system[Symbol.asyncDispose]();
});

describe('S8, a tariff stored weeks ago takes effect', () => {
	const storedTariff = (electricityMeter: string, counter: string) =>
		sent(brightwell, electricityMeter, '1.1.1', '2026-10-09T11:00:00Z', {
			requestId: `${brightwell.userId}:${electricityMeter}:${counter}`,
			mode: 'future-dated-device',
			executeAt: november(1, '00:00:00.000'),
			respondedAt: '2026-10-09T11:00:35Z',
			responseCode: 'I0'
		});
	const report = (electricityMeter: string, counter: string, second: number, instruction: number) =>
		raised(electricityMeter, '8F66', november(1, `00:00:${String(second).padStart(2, '0')}`), {
			reference: { counter, messageCode: '0019', instruction, instructions: 6 }
		});

	it('S8: matches each of the five reports to the one request of 23 days before', async () => {
		const home = aHome();
		const request = storedTariff(home.electricityMeter, '1760000000123');
		// A request near in time is excluded, because the Alert names its command.
		const nearbyRequest = sent(northGrid, home.electricityMeter, '6.5', '2026-10-31T23:59:55Z');
		const reports = [3, 7, 11, 15, 19].map((second, i) =>
			report(home.electricityMeter, '1760000000123', second, i + 1)
		);
		await given(system, home, [request, nearbyRequest], reports);
		const alerts = await allBecome(
			system,
			'brightwell',
			home.electricityMeter,
			[3, 7, 11, 15, 19].map((seconds) => ({
				code: '8F66',
				explanation: 'exact',
				candidates: [
					{
						requestId: request.requestId,
						own: true,
						tier: 'exact',
						anchor: 'executed',
						deltaSeconds: seconds
					}
				],
				excluded: [{ requestId: nearbyRequest.requestId, reason: 'not-named' }]
			}))
		);
		expect(new Set(alerts.map((alert) => alert.id)).size).toBe(5);
	});

	it('S8: finds the named request although a request of another home in the batch has the same counter', async () => {
		const counter = '1760000000777';
		const [home, otherHome] = [aHome(), aHome()];
		// Too old to be found by time: only its counter leads to it.
		const request = sent(brightwell, home.electricityMeter, '1.1.1', '2026-02-09T11:00:00Z', {
			requestId: `${brightwell.userId}:${home.electricityMeter}:${counter}`
		});
		const otherRequest = sent(northGrid, otherHome.electricityMeter, '6.5', '2026-10-31T23:59:55Z', {
			requestId: `${northGrid.userId}:${otherHome.electricityMeter}:${counter}`
		});
		await given(system, otherHome, [otherRequest], []);
		await given(system, home, [request], []);
		// The requests are indexed before, so that nothing has one of the Alerts explained again alone.
		await settled(system);
		// One call is one doorbell, and so one batch.
		await system.post('/alerts', [
			raised(otherHome.electricityMeter, '8F3E', november(1, '00:00:03')),
			raised(home.electricityMeter, '8F3E', november(1, '00:00:04'), {
				reference: { counter, messageCode: '0019' }
			})
		]);
		await allBecome(system, 'brightwell', home.electricityMeter, [
			{ candidates: [{ requestId: request.requestId }] }
		]);
	});

	it('S8: tells counters apart that are the same floating-point number', async () => {
		const home = aHome();
		const counters = ['9007199254740992', '9007199254740993', '18446744073709551614', '18446744073709551615'];
		const requests = counters.map((counter) => storedTariff(home.electricityMeter, counter));
		const reports = counters.map((counter, i) => report(home.electricityMeter, counter, i + 3, 1));
		await given(system, home, requests, reports);
		await allBecome(
			system,
			'brightwell',
			home.electricityMeter,
			requests.map(({ requestId }, i) => ({
				explanation: 'exact',
				reference: { counter: counters[i] },
				candidates: [{ requestId }]
			}))
		);
	});
});

describe('S14, our own command is the cause', () => {
	it('S14: names our own clock setting as ours, and suspects no other User', async () => {
		const home = aHome();
		const settings = [7, 8, 9].map((day) =>
			answered(brightwell, home.electricityMeter, '6.11', november(day, '09:30:01'))
		);
		const read = answered(northGrid, home.electricityMeter, '4.10', november(9, '09:29:50'));
		await given(
			system,
			home,
			[...settings, read],
			[raised(home.electricityMeter, '8F0C', november(9, '09:30:05'))]
		);
		const [alert] = await allBecome(system, 'brightwell', home.electricityMeter, [
			{
				explanation: 'likely',
				candidates: [
					{
						requestId: settings[2]!.requestId,
						userId: brightwell.userId,
						own: true,
						anchor: 'responded',
						deltaSeconds: 4
					}
				]
			}
		]);
		expect(alert!.summary).toContain('your own 6.11');
		expect(alert!.guidance).toContain('Rely less on the times of this Device');
		expect(alert!.excluded).toMatchObject([{ requestId: read.requestId, reason: 'not-a-known-cause' }]);
	});
});

describe('S15, DCC Alerts: distinguished by their content', () => {
	it('S15 A: matches the result of a change to the hub log to our request, which the Alert names', async () => {
		const home = aHome();
		const request = answered(brightwell, home.hub, '8.11', november(10, '10:00:08'));
		await given(system, home, [request], []);
		const named = `<UpdateHANDeviceLogServiceRequestID>${request.requestId}</UpdateHANDeviceLogServiceRequestID>`;
		const message = response(dccAlert('N24', 'UpdateHANDeviceLogResult', named), {
			responseId: `90-B3-D5-1F-30-00-00-02:${brightwell.userId}:1793700020`,
			at: november(10, '10:00:20.000')
		});
		expect((await system.post('/duis', message, 'application/xml')).body).toMatchObject({ accepted: 1 });
		await allBecome(system, 'brightwell', home.hub, [
			{
				code: 'N24',
				name: 'HAN device log updated',
				explanation: 'exact',
				candidates: [{ requestId: request.requestId, own: true }]
			}
		]);
	});

	it('S15 B: matches the failure of a command to the gas meter to our request, which the Alert names', async () => {
		const home = aHome({ gas: suppliedBy('brightwell') });
		const request = answered(
			{ ...brightwell, role: 'GS' },
			home.gasMeter,
			'7.2',
			november(10, '11:02:00'),
			'E20'
		);
		await given(
			system,
			home,
			[request],
			[
				dccRaised(home.gasMeter, 'N13', 'CommandFailure', november(10, '11:02:05'), {
					reference: { requestId: request.requestId }
				})
			]
		);
		await allBecome(system, 'brightwell', home.gasMeter, [
			{
				deviceType: 'GSME',
				name: 'Command failed',
				explanation: 'exact',
				candidates: [{ requestId: request.requestId, own: true, responseCode: 'E20' }]
			}
		]);
	});

	it('S15 C: suspects no command of a power cut, however near in time it is', async () => {
		const homes = Array.from({ length: 5 }, () => aHome());
		for (const [i, home] of homes.entries())
			await given(
				system,
				home,
				[answered(brightwell, home.hub, '8.11', november(10, '12:00:00'))],
				[dccRaised(home.hub, 'AD1', 'PowerOutageEvent', november(10, `12:0${i % 2}:30`))]
			);
		for (const { hub } of homes)
			await allBecome(system, 'brightwell', hub, [
				{
					explanation: 'not-command',
					category: 'power',
					candidates: [],
					excluded: [{ reason: 'no-command-can' }]
				}
			]);
	});

	it('S15 D: names the read that revealed the firmware, and advises to check the products list', async () => {
		const home = aHome();
		const request = answered(metrix, home.electricityMeter, '11.2', november(10, '13:00:00'));
		await given(
			system,
			home,
			[request],
			[dccRaised(home.electricityMeter, 'N16', 'DeviceStatusChangeEvent', november(10, '13:00:10'))]
		);
		const [alert] = await allBecome(system, 'brightwell', home.electricityMeter, [
			{
				explanation: 'likely',
				candidates: [{ requestId: request.requestId, userRole: 'RSA', deltaSeconds: 10 }]
			}
		]);
		expect(alert!.guidance).toContain('check the products list');
	});

	it('S15 E: refers a quarantined request to the security officer, as no fault of the Device', async () => {
		const home = aHome();
		const request = sent(brightwell, home.electricityMeter, '6.4.1', november(10, '14:00:00'));
		await given(
			system,
			home,
			[request],
			[
				dccRaised(home.electricityMeter, 'N52', 'QuarantinedRequest', november(10, '14:00:30'), {
					reference: { requestId: request.requestId }
				})
			]
		);
		const [alert] = await allBecome(system, 'brightwell', home.electricityMeter, [
			{
				explanation: 'exact',
				category: 'security',
				candidates: [{ requestId: request.requestId, own: true }]
			}
		]);
		expect(alert!.guidance).toMatch(/security officer decides. It is not related to a fault of the Device/);
	});

	it('S15: shows the code of the DCC as received, and calls the Alert unknown where the content is unknown', async () => {
		const [known, unknown] = [aHome(), aHome()];
		await given(system, known, [], [dccRaised(known.hub, 'N52', 'PPMIDRemoval', november(10, '15:00:00'))]);
		await given(
			system,
			unknown,
			[],
			[dccRaised(unknown.hub, 'N52', 'SomethingNew', november(10, '15:00:00'))]
		);
		await allBecome(system, 'brightwell', known.hub, [{ code: 'N52', name: 'PPMID removed' }]);
		await allBecome(system, 'brightwell', unknown.hub, [
			{ code: 'N52', name: 'Unknown Alert code N52', category: 'unknown' }
		]);
	});
});
