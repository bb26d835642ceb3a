// Tests control-room scenarios in which one Service Request is behind the Alert. They use the public API only.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PARTIES } from '../../../demo/world.ts';
import { aHome, answered, dccRaised, suppliedBy, november, raised, sent } from '../../support/records.ts';
import { allBecome, given, settled, timelineOf } from '../../support/scenarios.ts';
import { startSystem, type System } from '../../support/system.ts';

const { brightwell, halden, oldmoor, northGrid, homeWatt } = PARTIES;

let system: System;
beforeAll(async () => {
	// One completeness mark for all scenarios: only the Alerts of S6 lie after it.
	system = await startSystem({ completeUntil: november(21, '07:45:00.000') });
});
afterAll(async () => {
	await system[Symbol.asyncDispose]();
});

describe('S1, a network operator with the wrong certificate', () => {
	it('S1: names the network operator whose command failed, and excludes the read that succeeded', async () => {
		const home = aHome();
		await given(
			system,
			home,
			[
				sent(northGrid, home.electricityMeter, '6.5', november(5, '02:13:40'), {
					respondedAt: november(5, '02:14:31'),
					responseCode: 'E21'
				}),
				answered(brightwell, home.electricityMeter, '4.6.1', november(5, '00:21:00'), 'I0', {
					mode: 'scheduled'
				})
			],
			[raised(home.electricityMeter, '8F30', november(5, '02:14:07'))]
		);
		const [alert] = await allBecome(system, 'brightwell', home.electricityMeter, [
			{
				explanation: 'likely',
				candidates: [
					{
						serviceReferenceVariant: '6.5',
						userId: northGrid.userId,
						userRole: 'ED',
						own: false,
						tier: 'strong',
						anchor: 'requested',
						deltaSeconds: 27
					}
				],
				excluded: [{ serviceReferenceVariant: '4.6.1', reason: 'succeeded' }]
			}
		]);
		expect(alert!.summary).toContain('North Grid (ED)');
		expect(alert!.guidance).toContain('tell that User that its certificate is wrong');
	});
});

describe('S2, the Supplier of the other fuel changes the shared hub', () => {
	it('S2: finds the swap of the in-home display on the hub behind all three Alerts of the meter', async () => {
		const home = aHome();
		const removed = answered(halden, home.hub, '8.11', november(6, '10:02:50'));
		const added = answered(halden, home.hub, '8.11', november(6, '10:03:02'));
		const joined = answered(halden, home.gasProxy, '8.7.2', november(6, '10:05:10'));
		await given(
			system,
			home,
			[removed, added, joined],
			[
				raised(home.electricityMeter, '8183', november(6, '10:03:12')),
				raised(home.electricityMeter, '8F3E', november(6, '10:04:40')),
				raised(home.electricityMeter, '8F3E', november(6, '10:06:41'))
			]
		);
		const ofHalden = { userId: halden.userId, userRole: 'GS', own: false, relation: 'same-hub' };
		const alerts = await allBecome(system, 'brightwell', home.electricityMeter, [
			{ code: '8183', explanation: 'likely' },
			{ code: '8F3E', explanation: 'likely' },
			{ code: '8F3E', explanation: 'likely' }
		]);
		for (const { candidates } of alerts)
			for (const candidate of candidates) expect(candidate).toMatchObject(ofHalden);
		const suspects = alerts.map((alert) => alert.candidates.map((c) => c.requestId).sort());
		expect(suspects[0]).toEqual([removed.requestId, added.requestId].sort());
		expect(suspects[1]).toEqual([removed.requestId, added.requestId].sort());
		expect(suspects[2]).toEqual([removed.requestId, added.requestId, joined.requestId].sort());
	});

	it('S2: shows no request to the hub of another home', async () => {
		const [home, neighbour] = [aHome(), aHome()];
		await system.post('/devices', neighbour.devices);
		await given(
			system,
			home,
			[answered(halden, neighbour.hub, '8.11', november(6, '10:03:02'))],
			[raised(home.electricityMeter, '8183', november(6, '10:03:12'))]
		);
		await allBecome(system, 'brightwell', home.electricityMeter, [
			{ explanation: 'unexplained', candidates: [], excluded: [] }
		]);
	});
});

describe('S3, a consumer pairs a device through an Other User', () => {
	it('S3: recognises the pairing, although the meter knows only the DCC as the sender', async () => {
		const home = aHome();
		await given(
			system,
			home,
			[
				answered(homeWatt, home.electricityMeter, '9.1', november(7, '19:18:55')),
				answered(homeWatt, home.hub, '8.11', november(7, '19:19:40')),
				answered(homeWatt, home.electricityMeter, '8.7.2', november(7, '19:20:01'))
			],
			[raised(home.electricityMeter, '8F3E', november(7, '19:20:30'))]
		);
		await allBecome(system, 'brightwell', home.electricityMeter, [
			{
				explanation: 'likely',
				candidates: [
					{ serviceReferenceVariant: '8.7.2', userRole: 'OU', relation: 'same-device', deltaSeconds: 29 },
					{ serviceReferenceVariant: '8.11', userRole: 'OU', relation: 'same-hub', deltaSeconds: 50 }
				],
				excluded: [{ serviceReferenceVariant: '9.1', reason: 'not-a-known-cause' }]
			}
		]);
	});
});

describe('S4, a change of Supplier: we gain the meter', () => {
	const gained = () =>
		aHome({ electricity: [{ supplier: 'brightwell', from: november(14, '00:00:00.000'), to: null }] });
	const requestsOfFormerSupplier = (electricityMeter: string) => [
		answered(oldmoor, electricityMeter, '4.6.1', november(13, '23:58:00')),
		sent(oldmoor, electricityMeter, '1.1.1', november(13, '23:59:50'))
	];

	it('S4: hides the requests of the former Supplier before the change, and says that such requests are not visible', async () => {
		const [home, homeWithoutRequests] = [gained(), gained()];
		await given(system, home, requestsOfFormerSupplier(home.electricityMeter), [
			raised(home.electricityMeter, '8F30', november(14, '00:00:42'))
		]);
		await given(
			system,
			homeWithoutRequests,
			[],
			[raised(homeWithoutRequests.electricityMeter, '8F30', november(14, '00:00:42'))]
		);
		for (const { electricityMeter } of [home, homeWithoutRequests])
			await allBecome(system, 'brightwell', electricityMeter, [
				{
					explanation: 'unexplained',
					candidates: [],
					excluded: [],
					notes: ['Activity before the start of your supply is not visible.']
				}
			]);
		expect(await timelineOf(system, 'brightwell', home.electricityMeter)).toEqual(['tenure', 'alert 8F30']);
	});

	it('S4: matches the change of Supplier to our own request of two days before, which the Alert names', async () => {
		const home = gained();
		const gainRequest = sent(brightwell, home.electricityMeter, '6.23', november(12, '15:00:00'), {
			mode: 'future-dated-dsp',
			executeAt: november(14, '00:00:00.000')
		});
		await given(
			system,
			home,
			[gainRequest, ...requestsOfFormerSupplier(home.electricityMeter)],
			[
				dccRaised(home.electricityMeter, 'N41', 'ChangeOfSupplier', november(14, '00:01:30'), {
					reference: { requestId: gainRequest.requestId }
				})
			]
		);
		await allBecome(system, 'brightwell', home.electricityMeter, [
			{
				explanation: 'exact',
				name: 'Change of Supplier',
				candidates: [{ requestId: gainRequest.requestId, own: true, anchor: 'executed', deltaSeconds: 90 }],
				excluded: []
			}
		]);
	});
});

describe('S5, a change of Supplier: we lose the meter', () => {
	const lost = () =>
		aHome({ electricity: suppliedBy('brightwell', [november(20, '00:00:00.000'), 'halden']) });
	const addressedToUs = { recipientId: brightwell.userId };

	it('S5: calls later Alerts that still reach us out of scope, and shows no request sent since the change', async () => {
		const home = lost();
		// Halden gains the meter and sends a command before the meter holds its certificate.
		const gainingSupplierRequest = sent(
			{ ...halden, role: 'IS' },
			home.electricityMeter,
			'1.6',
			november(20, '03:55:00')
		);
		await given(
			system,
			home,
			[gainingSupplierRequest],
			[
				raised(home.electricityMeter, '8F30', november(20, '03:55:12'), addressedToUs),
				raised(home.electricityMeter, '8F0F', november(20, '04:00:00'), addressedToUs),
				raised(home.electricityMeter, '8F74', november(20, '09:00:00'), addressedToUs)
			]
		);
		const outOfScope = { explanation: 'out-of-scope', candidates: [], excluded: [] };
		await allBecome(system, 'brightwell', home.electricityMeter, [
			{ code: '8F30', ...outOfScope },
			{ code: '8F0F', priority: 1, ...outOfScope },
			{ code: '8F74', ...outOfScope }
		]);
		expect(await timelineOf(system, 'brightwell', home.electricityMeter)).not.toContain(
			'service-request 1.6'
		);
		// The gaining Supplier reads the same Alert, explained by its own command.
		await allBecome(system, 'halden', home.electricityMeter, [
			{
				code: '8F30',
				explanation: 'likely',
				candidates: [{ requestId: gainingSupplierRequest.requestId, own: true }]
			},
			{ code: '8F0F' },
			{ code: '8F74' }
		]);
	});

	it('S5: shows an Alert of midnight to the gaining Supplier, and an Alert of a millisecond earlier to us', async () => {
		const home = lost();
		await given(
			system,
			home,
			[],
			[
				raised(home.electricityMeter, '8F30', november(19, '23:59:59.999')),
				raised(home.electricityMeter, '8F30', november(20, '00:00:00.000'))
			]
		);
		await allBecome(system, 'brightwell', home.electricityMeter, [
			{ effectiveAt: november(19, '23:59:59.999') }
		]);
		await allBecome(system, 'halden', home.electricityMeter, [{ effectiveAt: november(20, '00:00:00.000') }]);
	});
});

describe('S6, a late audit record', () => {
	const lateRequest = (electricityMeter: string) =>
		sent(northGrid, electricityMeter, '6.22', november(21, '08:00:00'), {
			respondedAt: november(21, '08:00:06'),
			responseCode: 'E65'
		});

	it('S6: explains the pending Alert again when the late record arrives, in place and once only', async () => {
		const home = aHome();
		await given(system, home, [], [raised(home.electricityMeter, '8F1E', november(21, '08:00:10'))]);
		const [before] = await allBecome(system, 'brightwell', home.electricityMeter, [
			{ explanation: 'pending', candidates: [], decision: null }
		]);
		const request = lateRequest(home.electricityMeter);
		await system.post('/service-requests', request);
		const [after] = await allBecome(system, 'brightwell', home.electricityMeter, [
			{ explanation: 'likely', candidates: [{ requestId: request.requestId, responseCode: 'E65' }] }
		]);
		expect(after).toMatchObject({ id: before!.id, version: before!.version + 1 });
		expect((await system.post('/service-requests', request)).body).toMatchObject({
			accepted: 0,
			duplicates: 1
		});
		await settled(system);
		expect((await system.get('brightwell', `/alerts/${after!.id}`)).body).toEqual(after);
	});

	it('S6: keeps the decision of a person who decided before the late record arrived', async () => {
		const home = aHome();
		await given(system, home, [], [raised(home.electricityMeter, '8F1E', november(21, '08:00:10'))]);
		const [pending] = await allBecome(system, 'brightwell', home.electricityMeter, [
			{ explanation: 'pending' }
		]);
		const { body: decided } = await system.call('POST', `/alerts/${pending!.id}/decision`, 'brightwell', {
			verdict: 'actionable',
			reason: 'no-command',
			note: 'asked for a log read',
			version: pending!.version
		});
		await system.post('/service-requests', lateRequest(home.electricityMeter));
		const [after] = await allBecome(system, 'brightwell', home.electricityMeter, [{ explanation: 'likely' }]);
		expect(after!.decision).toEqual(decided.decision);
		expect(after!.version).toBeGreaterThan(decided.version);
	});
});
