// Tests who may move a completeness mark, how far, and whose explanations a mark changes.
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { addApiKey } from '#lib/server/access/administration.ts';
import { aDevice, anAlert, newDeviceId } from '../../support/records.ts';
import { settled } from '../../support/supplier-reads.ts';
import { startSystem, type System } from '../../support/system.ts';

const PATH = '/service-requests/completeness';
const BEFORE = '2026-11-05T02:00:00.000Z';
const AFTER = '2026-11-05T06:00:00.000Z';

let system: System;
beforeAll(async () => {
	system = await startSystem();
	system.keys['installation'] = await addApiKey(system.database, null, ['ingest', 'read']);
});
afterAll(async () => {
	await system[Symbol.asyncDispose]();
});
afterEach(async () => {
	await system.database.query('delete from completeness_source');
});

const mark = (key: string, source: string, completeUntil: string) =>
	system.call('POST', PATH, key, { source, completeUntil });
const sourcesOf = async (key: string) => (await system.call('GET', PATH, key)).body.items;

/** Posts an Alert of a new Device of this Supplier, and returns the id of the Device. */
async function alertOf(supplier: string): Promise<string> {
	const deviceId = newDeviceId();
	const tenures = [{ supplier, from: '2025-01-01T00:00:00.000Z', to: null }];
	await system.post('/devices', aDevice(deviceId, { tenures }));
	await system.post('/alerts', anAlert(deviceId));
	return deviceId;
}

describe('a completeness mark', () => {
	it("of one Supplier's source does not change the explanation of another Supplier", async () => {
		await mark('installation', 'sat', AFTER);
		const halden = await alertOf('halden');
		const before = await system.becomes('halden', halden, { explanation: 'unexplained' });
		expect((await mark('brightwell', 'own feed', BEFORE)).status).toBe(204);
		const brightwell = await alertOf('brightwell');
		const later = await alertOf('halden');
		await system.becomes('brightwell', brightwell, { explanation: 'pending' });
		await system.becomes('halden', later, { explanation: 'unexplained' });
		await mark('brightwell', 'own feed', AFTER);
		await system.becomes('brightwell', brightwell, { explanation: 'unexplained' });
		await settled(system);
		expect(await system.becomes('halden', halden, {})).toEqual(before);
	});

	it('of a Supplier alone settles its Alerts, and not those of a Supplier without a source', async () => {
		await mark('brightwell', 'own feed', AFTER);
		const [brightwell, halden] = [await alertOf('brightwell'), await alertOf('halden')];
		await system.becomes('brightwell', brightwell, { explanation: 'unexplained' });
		await system.becomes('halden', halden, { explanation: 'pending' });
	});

	it("cannot move a source of the installation with a Supplier's key", async () => {
		await mark('installation', 'sat', BEFORE);
		const answer = await mark('brightwell', 'sat', AFTER);
		expect([answer.status, answer.body.detail]).toEqual([
			403,
			expect.stringContaining('belongs to the installation')
		]);
		expect(await sourcesOf('installation')).toMatchObject([{ source: 'sat', completeUntil: BEFORE }]);
	});

	it('of a misspelt source is refused with the nearest registered source, and holds nothing back', async () => {
		await mark('installation', 'audit-trail', AFTER);
		const answer = await mark('installation', 'audit-trial', BEFORE);
		expect([answer.status, answer.body.detail]).toEqual([404, expect.stringContaining('"audit-trail"')]);
		await system.becomes('brightwell', await alertOf('brightwell'), { explanation: 'unexplained' });
	});

	it('later than five minutes from now is refused', async () => {
		const minutesAhead = (minutes: number) => new Date(Date.now() + minutes * 60_000).toISOString();
		const refused = await mark('installation', 'sat', minutesAhead(6));
		expect([refused.status, refused.body.errors]).toEqual([
			400,
			[{ path: 'completeUntil', message: expect.stringContaining('5 minutes') }]
		]);
		expect(await sourcesOf('installation')).toEqual([]);
		expect((await mark('installation', 'sat', minutesAhead(4))).status).toBe(204);
	});
});

describe('the sources of audit data', () => {
	it('hold explanations back from their registration until they report, and no longer once deleted', async () => {
		await mark('installation', 'sat', AFTER);
		expect((await system.call('PUT', `${PATH}/dsp`, 'installation')).status).toBe(201);
		expect((await system.call('PUT', `${PATH}/dsp`, 'installation')).status).toBe(204);
		const deviceId = await alertOf('brightwell');
		await system.becomes('brightwell', deviceId, { explanation: 'pending' });
		expect((await system.call('DELETE', `${PATH}/dsp`, 'brightwell')).status).toBe(404);
		expect((await system.call('DELETE', `${PATH}/dsp`, 'installation')).status).toBe(204);
		expect((await system.call('DELETE', `${PATH}/dsp`, 'installation')).status).toBe(404);
		await system.becomes('brightwell', deviceId, { explanation: 'unexplained' });
	});

	it('are listed with their lag: those of the installation and of the Supplier that asks', async () => {
		await mark('installation', 'sat', AFTER);
		await mark('brightwell', 'own feed', BEFORE);
		await mark('halden', 'own feed', AFTER);
		const lag = (instant: string) => expect.closeTo((Date.now() - Date.parse(instant)) / 1000, -2);
		expect((await system.call('GET', PATH, 'brightwell')).body).toEqual({
			completeUntil: BEFORE,
			items: [
				{
					source: 'sat',
					supplier: null,
					completeUntil: AFTER,
					reportedAt: expect.any(String),
					lagSeconds: lag(AFTER)
				},
				{
					source: 'own feed',
					supplier: 'brightwell',
					completeUntil: BEFORE,
					reportedAt: expect.any(String),
					lagSeconds: lag(BEFORE)
				}
			]
		});
		expect((await sourcesOf('installation')).map((item: { supplier: string }) => item.supplier)).toEqual([
			null,
			'brightwell',
			'halden'
		]);
	});
});
