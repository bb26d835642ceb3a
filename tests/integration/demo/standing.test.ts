// Checks that the demo makes its standing decisions by two authors, once, and that they decide its Alerts.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { addApiKey } from '#lib/server/access/administration.ts';
import { createCaller } from '../../../demo/client.ts';
import { RULES, setUpStanding } from '../../../demo/standing.ts';
import { aDevice, aRequest, anAlert, newDeviceId } from '../../support/records.ts';
import { startSystem, type System } from '../../support/system.ts';

let system: System;
const said: string[] = [];
beforeAll(async () => {
	system = await startSystem({ completeUntil: '2026-11-05T06:00:00.000Z' });
	const { rows } = await system.database.query(`select id from supplier where slug = 'brightwell'`);
	const callAs = async () =>
		createCaller(system.url, await addApiKey(system.database, rows[0].id, ['read', 'manage']));
	const [asLead, asEngineer] = [await callAs(), await callAs()];
	for (let start = 0; start < 2; start++) await setUpStanding(asLead, asEngineer, (line) => said.push(line));
});
afterAll(() => system[Symbol.asyncDispose]());

it('makes each standing decision once, proposed and activated by different authors', async () => {
	const { body } = await system.get('brightwell', '/standing-decisions');
	expect(body.items).toHaveLength(RULES.length);
	for (const { state, proposed, activated } of body.items) {
		expect(state).toBe('active');
		expect(activated.id).not.toBe(proposed.id);
	}
	expect(said).toEqual(RULES.map(({ when }, i) => `demo: standing decision ${i + 1} decides ${when.code}`));
});

it('decides an Alert that the traffic raises', async () => {
	const deviceId = newDeviceId();
	await system.post('/devices', aDevice(deviceId));
	await system.post(
		'/service-requests',
		aRequest(deviceId, { serviceReferenceVariant: '6.22', responseCode: 'E65' })
	);
	await system.post('/alerts', anAlert(deviceId, { code: '8F1E' }));
	const alert = await system.becomes('brightwell', deviceId, { explanation: 'likely' });
	expect(alert.decision).toMatchObject({ verdict: 'ignorable', by: 'standing decision 2', standing: '2' });
});
