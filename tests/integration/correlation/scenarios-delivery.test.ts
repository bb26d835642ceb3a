// Tests control-room scenarios of delivery: an Alert of an unknown Device, and a message that arrives several times and late.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PARTIES } from '../../../demo/world.ts';
import { aHome, answered, november, raised } from '../../support/records.ts';
import { allBecome, given, settled, timelineOf } from '../../support/scenarios.ts';
import { startSystem, type System } from '../../support/system.ts';

const { brightwell } = PARTIES;

let system: System;
beforeAll(async () => {
	system = await startSystem({ completeUntil: november(20, '00:00:00.000') });
});
afterAll(async () => {
	await system[Symbol.asyncDispose]();
});

describe('S12, an Alert from a Device that is in no inventory', () => {
	it('S12: calls the Alert out of scope, and explains it when the Device is added to the inventory', async () => {
		const home = aHome();
		const { electricityMeter } = home;
		const commissioned = answered(brightwell, electricityMeter, '8.1.1', november(17, '09:40:00'));
		await system.post(
			'/alerts',
			raised(electricityMeter, '8F76', november(17, '10:00:00'), { recipientId: brightwell.userId })
		);
		const [unknown] = await allBecome(system, 'brightwell', electricityMeter, [
			{ explanation: 'out-of-scope', deviceType: null, candidates: [] }
		]);
		expect(await system.alerts('brightwell', `?device=${electricityMeter}&explanation=unexplained`)).toEqual(
			[]
		);
		expect(await system.alerts('halden', `?device=${electricityMeter}`)).toEqual([]);
		await given(system, home, [commissioned], []);
		const [explained] = await allBecome(system, 'brightwell', electricityMeter, [
			{
				explanation: 'ambiguous',
				deviceType: 'ESME',
				candidates: [{ requestId: commissioned.requestId, own: true, tier: 'weak' }]
			}
		]);
		expect(explained!.id).toBe(unknown!.id);
		expect(explained!.version).toBeGreaterThan(unknown!.version);
	});
});

describe('S17, one message three times, and out of order', () => {
	it('S17: stores one Alert, explains it once, and orders Alerts by the time of the Device', async () => {
		const home = aHome();
		const { electricityMeter } = home;
		await system.post('/devices', home.devices);
		await system.post(
			'/alerts',
			raised(electricityMeter, '8F69', november(18, '00:04:55.000'), {
				receivedAt: november(18, '00:04:58.000')
			})
		);
		await allBecome(system, 'brightwell', electricityMeter, [{ code: '8F69' }]);
		const message = raised(electricityMeter, '8F0C', november(18, '00:04:50.000'));
		const answers = [];
		for (const time of ['00:05:00.000', '00:05:40.000', '00:30:00.000'])
			answers.push((await system.post('/alerts', { ...message, receivedAt: november(18, time) })).body);
		expect(answers).toEqual([
			{ accepted: 1, duplicates: 0, rejected: [], dropped: [] },
			{ accepted: 0, duplicates: 1, rejected: [], dropped: [] },
			{ accepted: 0, duplicates: 1, rejected: [], dropped: [] }
		]);
		await settled(system);
		const [first, second] = await allBecome(system, 'brightwell', electricityMeter, [
			{ code: '8F0C', version: 1, receivedAt: november(18, '00:05:00.000') },
			{ code: '8F69', version: 1 }
		]);
		expect(await timelineOf(system, 'brightwell', electricityMeter)).toEqual([
			'tenure',
			'alert 8F0C',
			'alert 8F69'
		]);
		const feed = (await system.get('brightwell', '/feed?after=0&limit=500')).body.items as Array<{
			id: string;
		}>;
		for (const { id } of [first!, second!]) expect(feed.filter((item) => item.id === id)).toHaveLength(1);
	});
});
