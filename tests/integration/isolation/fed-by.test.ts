// Tests what the keys of one Supplier may feed, and that nothing of it reaches the reads of another Supplier.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { addApiKey } from '#lib/server/access/administration.ts';
import {
	BRIGHTWELL_USER_ID,
	HALDEN_USER_ID,
	NORTH_GRID_USER_ID,
	aDevice,
	aRequest,
	anAlert,
	newDeviceId,
	suppliedBy
} from '../../support/records.ts';
import { settled } from '../../support/supplier-reads.ts';
import { startSystem, type System } from '../../support/system.ts';

let system: System;
beforeAll(async () => {
	system = await startSystem({ completeUntil: '2026-11-06T00:00:00.000Z' });
});
afterAll(async () => {
	await system[Symbol.asyncDispose]();
});

const feed = (path: string, body: unknown, key = 'brightwell') => system.call('POST', path, key, body);
const deviceOf = async (supplier: string, fields: object = {}): Promise<string> => {
	const deviceId = newDeviceId();
	await system.post('/devices', aDevice(deviceId, { tenures: suppliedBy(supplier), ...fields }));
	return deviceId;
};

describe("a key of a Supplier feeds no record of another Supplier's world", () => {
	it('neither a Device in the tenure of the other', async () => {
		const deviceId = await deviceOf('halden', { model: 'true' });
		const answer = await feed('/devices', { deviceId, deviceType: 'GSME', model: 'false' });
		expect([answer.status, answer.body.errors]).toEqual([
			400,
			[{ path: 'deviceId', message: expect.stringContaining('another Supplier is responsible') }]
		]);
	});

	it('nor a Service Request of a third User to such a Device', async () => {
		const deviceId = await deviceOf('halden');
		await system.post('/alerts', anAlert(deviceId));
		const before = await system.becomes('halden', deviceId, { explanation: 'unexplained' });
		const answer = await feed('/service-requests', [aRequest(deviceId)]);
		expect(answer.body.rejected).toEqual([
			{ index: 0, error: expect.stringContaining('another User sent this Service Request') }
		]);
		await settled(system);
		expect(await system.becomes('halden', deviceId, {})).toEqual(before);
	});

	it('nor an Alert of such a Device that is addressed to the other', async () => {
		const deviceId = await deviceOf('halden');
		const answer = await feed('/alerts', anAlert(deviceId, { recipientId: HALDEN_USER_ID }));
		expect([answer.status, answer.body.errors[0].message]).toEqual([
			400,
			expect.stringContaining('not addressed to your User IDs')
		]);
		await settled(system);
		expect(await system.alerts('halden', `?device=${deviceId}`)).toEqual([]);
	});

	it('and each refusal is counted, and noted with the key, the reason and the Devices', async () => {
		const deviceId = await deviceOf('halden');
		const refused = Array.from({ length: 3 }, () => anAlert(deviceId));
		await feed('/alerts', [...refused, anAlert(await deviceOf('brightwell'))]);
		const noted = {
			at: expect.any(String),
			supplier: 'brightwell',
			keyName: null,
			keyHint: system.keys['brightwell']!.slice(0, 8),
			kind: 'alert',
			reason: 'not-your-record',
			records: expect.any(Number),
			deviceIds: expect.arrayContaining([deviceId])
		};
		const own = await system.get('brightwell', '/refused-writes');
		expect(own.body.items).toContainEqual(noted);
		expect((await system.get('halden', '/refused-writes')).body.items).toEqual([]);
		const installation = await addApiKey(system.database, null, ['read']);
		expect((await system.call('GET', '/refused-writes', installation)).body.items).toContainEqual(noted);
		const { body } = await system.call('GET', '/metrics', null);
		expect(body).toMatch(/causeway_refused_writes_total\{kind="alert",reason="not-your-record"\} [3-9]/);
	});
});

describe('what a key of a Supplier feeds', () => {
	it('explains its own Alerts, and names its feeder', async () => {
		const deviceId = await deviceOf('brightwell');
		await feed('/service-requests', aRequest(deviceId));
		await feed('/alerts', anAlert(deviceId));
		await system.becomes('brightwell', deviceId, {
			explanation: 'likely',
			fedBy: 'supplier',
			candidates: [{ userId: NORTH_GRID_USER_ID, fedBy: 'supplier' }]
		});
	});

	it('is no evidence for the other Supplier, even where the key may feed it', async () => {
		const deviceId = await deviceOf('halden');
		await system.post('/alerts', anAlert(deviceId));
		const own = aRequest(deviceId, { userId: BRIGHTWELL_USER_ID });
		expect((await feed('/service-requests', own)).status).toBe(202);
		await settled(system);
		await system.becomes('halden', deviceId, { explanation: 'unexplained', candidates: [] });
		await system.post('/service-requests', own);
		await system.becomes('halden', deviceId, {
			explanation: 'likely',
			candidates: [{ userId: BRIGHTWELL_USER_ID, fedBy: 'installation' }]
		});
	});

	it("completes a Service Request that the installation fed, for its own Supplier's eyes", async () => {
		const [deviceId, changed] = [await deviceOf('brightwell'), await deviceOf('halden')];
		const { responseCode: _, ...sent } = aRequest(deviceId);
		await system.post('/service-requests', sent);
		await system.post('/alerts', [anAlert(deviceId), anAlert(changed)]);
		const respondedAt = '2026-11-05T02:14:00.000Z';
		await feed('/service-requests', { requestId: sent.requestId, respondedAt, responseCode: 'E21' });
		await system.becomes('brightwell', deviceId, {
			candidates: [{ requestedAt: sent.requestedAt, respondedAt, responseCode: 'E21', fedBy: 'both' }]
		});
		const { body } = await system.get(
			'brightwell',
			`/devices/${deviceId}/timeline?from=2026-11-05T02:00:00Z&to=2026-11-05T03:00:00Z`
		);
		expect(body.items.filter((item: { kind: string }) => item.kind === 'service-request')).toMatchObject([
			{ requestId: sent.requestId, responseCode: 'E21', fedBy: 'both' }
		]);
	});

	it('is one Alert with the same message of the installation, whichever came first', async () => {
		const deviceId = await deviceOf('brightwell');
		const [first, second] = [anAlert(deviceId), anAlert(deviceId)];
		expect((await feed('/alerts', first)).body).toMatchObject({ accepted: 1 });
		expect((await system.post('/alerts', first)).body).toMatchObject({ accepted: 1 });
		expect((await system.post('/alerts', second)).body).toMatchObject({ accepted: 1 });
		expect((await feed('/alerts', second)).body).toMatchObject({ accepted: 0, duplicates: 1 });
		await settled(system);
		const shown = await system.alerts('brightwell', `?device=${deviceId}`);
		expect(shown.map(({ messageId, fedBy }) => [messageId, fedBy]).sort()).toEqual([
			[first.messageId, 'supplier'],
			[second.messageId, 'installation']
		]);
	});

	it('cannot take the message id of an Alert of another Supplier', async () => {
		const [own, foreign] = [await deviceOf('brightwell'), await deviceOf('halden')];
		const alert = anAlert(foreign);
		await feed('/alerts', anAlert(own, { messageId: alert.messageId }));
		expect((await system.post('/alerts', alert)).body).toMatchObject({ accepted: 1 });
		await system.becomes('halden', foreign, { messageId: alert.messageId });
	});

	it('says of a Device what only its own Supplier reads, until the installation says something new', async () => {
		const deviceId = await deviceOf('brightwell', {
			area: 'SW1',
			tenures: suppliedBy('halden', ['2026-11-05T02:10:00.000Z', 'brightwell'])
		});
		const earlier = { raisedAt: '2026-11-05T02:05:00.000Z', receivedAt: '2026-11-05T02:05:09.000Z' };
		await system.post('/alerts', [anAlert(deviceId), anAlert(deviceId, earlier)]);
		const former = await system.becomes('halden', deviceId, { area: 'SW1' });
		await feed('/devices', { deviceId, deviceType: 'ESME', area: 'N1' });
		await system.becomes('brightwell', deviceId, { area: 'N1' });
		await settled(system);
		expect(await system.becomes('halden', deviceId, {})).toEqual(former);
		await system.post('/devices', { deviceId, deviceType: 'ESME', area: 'E1' });
		await system.becomes('brightwell', deviceId, { area: 'E1' });
	});

	it('shortens a tenure that the installation stated, and never extends it', async () => {
		const deviceId = await deviceOf('brightwell');
		const from = '2025-01-01T00:00:00.000Z';
		const state = (tenure: object) =>
			feed('/devices', aDevice(deviceId, { tenures: [{ supplier: 'brightwell', ...tenure }] }));
		expect((await state({ from: '2024-01-01T00:00:00.000Z', to: null })).status).toBe(400);
		expect((await state({ from, to: '2027-01-01T00:00:00.000Z' })).status).toBe(202);
		const extended = await state({ from, to: null });
		expect([extended.status, extended.body.errors[0].message]).toEqual([
			400,
			expect.stringContaining('may only shorten it')
		]);
	});
});
