// Tests control-room scenarios without one clear cause: several suspects, a storm, hidden requests, or no request at all.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PARTIES } from '../../../demo/world.ts';
import { aHome, answered, suppliedBy, november, raised, sent } from '../../support/records.ts';
import { allBecome, given } from '../../support/scenarios.ts';
import { startSystem, type System } from '../../support/system.ts';

const { brightwell, halden, oldmoor, northGrid, valleyGas, homeWatt, metrix } = PARTIES;
const ourGas = { ...brightwell, role: 'GS' };

let system: System;
beforeAll(async () => {
	// One completeness mark for all scenarios: only the Alerts of S16 lie after it.
	system = await startSystem({ completeUntil: november(20, '00:00:00.000') });
});
afterAll(async () => {
	await system[Symbol.asyncDispose]();
});

describe('S7, a Device clock that cannot be trusted', () => {
	const evidence = (gasMeter: string) => ({
		rotation: sent(valleyGas, gasMeter, '6.15.1', november(3, '05:01:40')),
		refused: answered({ ...oldmoor, role: 'GS' }, gasMeter, '6.11', november(3, '05:01:50'), 'E4'),
		falseMatch: answered(ourGas, gasMeter, '4.6.1', november(3, '03:40:30')),
		clockSet: answered(ourGas, gasMeter, '6.11', november(3, '05:20:00'))
	});

	it('S7: matches by the time of receipt, and suspects no request that fits the wrong clock only', async () => {
		const home = aHome({ gas: suppliedBy('brightwell') });
		const { rotation, refused, falseMatch } = evidence(home.gasMeter);
		await given(
			system,
			home,
			[rotation, refused, falseMatch],
			[
				raised(home.gasMeter, '8F3D', november(3, '03:41:00.000'), {
					clockStatus: 'unreliable',
					receivedAt: november(3, '05:02:11.000')
				})
			]
		);
		const [alert] = await allBecome(system, 'brightwell', home.gasMeter, [
			{
				raisedAt: november(3, '03:41:00.000'),
				receivedAt: november(3, '05:02:11.000'),
				effectiveAt: november(3, '05:02:11.000'),
				notes: ['The clock of the Device is not reliable, so the Alert was matched by its time of receipt.']
			}
		]);
		expect(alert!.candidates.map((c) => c.requestId)).not.toContain(falseMatch.requestId);
		expect(alert!.excluded).toContainEqual(
			expect.objectContaining({ requestId: refused.requestId, reason: 'never-reached-device' })
		);
	});

	it('S7: matches the later Alert about the clock to our own clock setting', async () => {
		const home = aHome({ gas: suppliedBy('brightwell') });
		const { rotation, refused, clockSet } = evidence(home.gasMeter);
		await given(
			system,
			home,
			[rotation, refused, clockSet],
			[raised(home.gasMeter, '8F0C', november(3, '05:20:02'))]
		);
		await allBecome(system, 'brightwell', home.gasMeter, [
			{
				explanation: 'likely',
				candidates: [{ requestId: clockSet.requestId, own: true, anchor: 'responded', deltaSeconds: 2 }]
			}
		]);
	});
});

describe('S9, several requests that may have caused the Alert', () => {
	it('S9: leaves the choice to the controller, and says what speaks against each request', async () => {
		const home = aHome();
		const rotation = sent(northGrid, home.electricityMeter, '6.15.1', november(4, '12:00:05'));
		const voltage = answered(northGrid, home.electricityMeter, '6.5', november(4, '12:00:31'));
		const profile = answered(homeWatt, home.electricityMeter, '4.8.1', november(4, '12:00:10'));
		const logRead = answered(metrix, home.electricityMeter, '6.13', november(4, '12:00:39'), 'E21');
		await given(
			system,
			home,
			[rotation, voltage, logRead, profile],
			[raised(home.electricityMeter, '8F30', november(4, '12:00:40'))]
		);
		const [alert] = await allBecome(system, 'brightwell', home.electricityMeter, [
			{ explanation: 'ambiguous', decision: null }
		]);
		const weakened = alert!.candidates.find((c) => c.requestId === rotation.requestId)!;
		expect(weakened.reasons.map((reason) => reason.code)).toContain('user-succeeded');
		for (const { requestId } of [voltage, profile])
			expect(alert!.excluded).toContainEqual(expect.objectContaining({ requestId, reason: 'succeeded' }));
	});
});

describe('S10, a storm after a firmware campaign', () => {
	it('S10: explains the Alerts of Devices in the campaign by it, and leaves the other Alerts unexplained', async () => {
		const homes = Array.from({ length: 35 }, () => aHome());
		const campaign = homes.slice(0, 30).map(({ electricityMeter }) =>
			sent(brightwell, electricityMeter, '11.3', november(7, '20:00:00'), {
				mode: 'future-dated-device',
				executeAt: november(8, '04:00:00')
			})
		);
		const devices = homes.flatMap((home) => home.devices);
		await system.post('/devices', devices);
		await system.post('/service-requests', campaign);
		await system.post(
			'/alerts',
			homes.map(({ electricityMeter }, i) =>
				raised(
					electricityMeter,
					'8F3E',
					november(8, `04:05:${String(i).padStart(2, '0')}`),
					i % 3 === 0 ? { throttledCount: 40 } : {}
				)
			)
		);
		for (const [i, { electricityMeter }] of homes.slice(0, 30).entries())
			await allBecome(system, 'brightwell', electricityMeter, [
				{ explanation: 'likely', candidates: [{ requestId: campaign[i]!.requestId, own: true }] }
			]);
		for (const { electricityMeter } of homes.slice(30))
			await allBecome(system, 'brightwell', electricityMeter, [
				{ explanation: 'unexplained', candidates: [] }
			]);
		const night = `since=${november(8, '04:00:00')}&until=${november(8, '05:00:00')}&limit=500`;
		const storm = await system.alerts('brightwell', `?code=8F3E&${night}`);
		expect(storm).toHaveLength(35);
		expect(storm.reduce((sum, alert) => sum + alert.occurrences, 0)).toBe(12 * 40 + 23);
	});
});

describe('S11, firmware of the former Supplier arrives after the change of Supplier', () => {
	it('S11: hides the request of the former Supplier, and says that such requests are not visible', async () => {
		const home = aHome({
			electricity: [{ supplier: 'brightwell', from: november(10, '00:00:00.000'), to: null }]
		});
		const image = answered(oldmoor, home.electricityMeter, '11.1', november(2, '10:01:00'));
		await given(system, home, [image], [raised(home.electricityMeter, '8F72', november(13, '03:00:00'))]);
		const [alert] = await allBecome(system, 'brightwell', home.electricityMeter, [
			{
				explanation: 'unexplained',
				candidates: [],
				excluded: [],
				notes: ['Activity before the start of your supply is not visible.']
			}
		]);
		expect(JSON.stringify(alert)).not.toContain(oldmoor.userId);
		expect(alert!.guidance).toContain('Note that the firmware awaits activation');
	});
});

describe('S13, no Service Request at all', () => {
	it('S13: leaves all four Alerts unexplained and open, although another home had requests', async () => {
		const [home, neighbour] = [aHome(), aHome()];
		const { electricityMeter } = home;
		await given(
			system,
			neighbour,
			[
				sent(northGrid, neighbour.electricityMeter, '6.5', november(16, '01:12:00')),
				answered(halden, neighbour.hub, '8.11', november(16, '01:12:30'))
			],
			[]
		);
		await given(
			system,
			home,
			[],
			[
				raised(electricityMeter, '8F3D', november(16, '01:12:05')),
				raised(electricityMeter, '8F3E', november(16, '01:12:40')),
				raised(electricityMeter, '8F60', november(16, '01:20:02')),
				raised(electricityMeter, '8F76', november(16, '01:25:00'))
			]
		);
		const unexplained = {
			explanation: 'unexplained',
			summary: 'The audit data is complete, and no Service Request of any User explains this Alert.',
			priority: 1,
			candidates: [],
			excluded: [],
			decision: null
		};
		await allBecome(
			system,
			'brightwell',
			electricityMeter,
			['8F3D', '8F3E', '8F60', '8F76'].map((code) => ({ code, ...unexplained }))
		);
	});
});

describe('S16, a site visit of the Supplier of the other fuel opens the meter', () => {
	it('S16: offers the requests of the visit as weak candidates, and never as the cause of the open cover', async () => {
		const home = aHome();
		const { electricityMeter } = home;
		const exchange = answered(halden, home.hub, '8.11', november(20, '11:40:00'));
		const faultReturn = answered(halden, home.hub, '8.14.3', november(20, '12:05:00'));
		const inventory = answered(metrix, electricityMeter, '8.4', november(20, '12:20:00'));
		const codes = ['8F76', '81A5', '81C1'];
		await given(
			system,
			home,
			[],
			['11:02:00', '11:10:00', '11:31:00'].map((time, i) =>
				raised(electricityMeter, codes[i]!, november(20, time))
			)
		);
		await allBecome(
			system,
			'brightwell',
			electricityMeter,
			codes.map((code) => ({ code, explanation: 'pending', candidates: [] }))
		);
		await system.post('/service-requests', [exchange, faultReturn, inventory]);
		const suspects = (alert: { candidates: Array<{ requestId: string }> }) =>
			alert.candidates.map((c) => c.requestId).sort();
		const visit = [exchange, faultReturn, inventory].map((r) => r.requestId).sort();
		const weak = Array(3).fill({ tier: 'weak' });
		const early = await allBecome(
			system,
			'brightwell',
			electricityMeter,
			codes.map((code) => ({ code, explanation: 'pending', candidates: weak }))
		);
		expect(early.map(suspects)).toEqual([visit, visit, visit]);
		await system.post('/service-requests/completeness', {
			source: 'sat',
			completeUntil: november(21, '00:00:00.000')
		});
		const complete = await allBecome(
			system,
			'brightwell',
			electricityMeter,
			codes.map((code) => ({ code, explanation: 'ambiguous', candidates: weak, decision: null }))
		);
		expect(complete.map(suspects)).toEqual([visit, visit, visit]);
		expect(complete[0]!.candidates.every((c) => c.deltaSeconds < 0)).toBe(true);
		expect(complete[0]!.guidance).toContain('confirm it with that User');
	});
});
