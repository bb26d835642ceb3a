// Tests what the ingest calls store, what they answer, and what they refuse.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { aDevice, aRequest, anAlert, newDeviceId } from '../../support/records.ts';
import { eventually, startSystem, type System } from '../../support/system.ts';

let system: System;
beforeAll(async () => {
	system = await startSystem();
});
afterAll(async () => {
	await system[Symbol.asyncDispose]();
});

const count = async (table: string, where = 'true'): Promise<number> =>
	Number((await system.database.query(`select count(*) from ${table} where ${where}`)).rows[0].count);

describe('posted Alerts', () => {
	it('are in the database when the call is answered with 202', async () => {
		const deviceId = newDeviceId();
		const { status, body } = await system.post('/alerts', anAlert(deviceId));
		expect(status).toBe(202);
		expect(body).toEqual({ accepted: 1, duplicates: 0, rejected: [], dropped: [] });
		expect(await count('alert', `device_id = '\\x${deviceId.replaceAll('-', '')}'`)).toBe(1);
	});

	it('are stored once if the same message is posted fifty times at the same time', async () => {
		const alert = anAlert(newDeviceId());
		const answers = await Promise.all(Array.from({ length: 50 }, () => system.post('/alerts', alert)));
		expect(answers.map((a) => a.status)).toEqual(Array(50).fill(202));
		expect(answers.reduce((sum, a) => sum + a.body.accepted, 0)).toBe(1);
		expect(answers.reduce((sum, a) => sum + a.body.duplicates, 0)).toBe(49);
		expect(await count('alert', `message_id = '${alert.messageId}'`)).toBe(1);
	});

	it('are recognised as duplicates by their content if they have no message id', async () => {
		const { messageId: _messageId, ...alert } = anAlert(newDeviceId());
		expect((await system.post('/alerts', alert)).body).toMatchObject({ accepted: 1, duplicates: 0 });
		expect((await system.post('/alerts', alert)).body).toMatchObject({ accepted: 0, duplicates: 1 });
	});

	it('are refused with 409 if a stored Alert has the same message id and other content', async () => {
		const alert = anAlert(newDeviceId());
		await system.post('/alerts', alert);
		const { status, body } = await system.post('/alerts', { ...alert, code: '8F3F' });
		expect(status).toBe(409);
		expect(body).toMatchObject({ status: 409, errors: [{ path: 'messageId' }] });
	});

	it('are stored without the faulty records of the call, and the answer names the fault of each', async () => {
		const good = anAlert(newDeviceId());
		const { status, body } = await system.post('/alerts', [
			good,
			{ ...anAlert(newDeviceId()), deviceId: 'not-an-id' },
			{ ...anAlert(newDeviceId()), raisedAt: 'yesterday' }
		]);
		expect(status).toBe(202);
		expect(body).toMatchObject({ accepted: 1, rejected: [{ index: 1 }, { index: 2 }] });
		expect(body.rejected[0].error).toMatch(/^deviceId: must be an EUI-64/);
		expect(body.rejected[1].error).toMatch(/^raisedAt: must be an RFC 3339 time/);
	});

	it('may be NDJSON, and only a broken line is rejected', async () => {
		const lines = [
			JSON.stringify(anAlert(newDeviceId())),
			'{"deviceId": ',
			JSON.stringify(anAlert(newDeviceId()))
		].join('\n');
		const { status, body } = await system.post('/alerts', lines, 'application/x-ndjson');
		expect(status).toBe(202);
		expect(body).toMatchObject({ accepted: 2, rejected: [{ index: 1 }] });
	});

	it('may have an unknown code, and are shown as unknown', async () => {
		const deviceId = newDeviceId();
		await system.post('/devices', aDevice(deviceId));
		await system.post('/alerts', anAlert(deviceId, { code: '8FFF' }));
		await eventually(async () =>
			expect((await system.alerts('brightwell', `?device=${deviceId}`))[0]).toMatchObject({
				code: '8FFF',
				category: 'unknown',
				name: 'Unknown Alert code 8FFF'
			})
		);
	});
});

describe('posted Service Requests', () => {
	it('complete an earlier record of the same request, in either order', async () => {
		const [requestFirst, responseFirst] = [newDeviceId(), newDeviceId()];
		for (const [deviceId, order] of [
			[requestFirst, [0, 1]],
			[responseFirst, [1, 0]]
		] as const) {
			const { responseCode: _code, ...sent } = aRequest(deviceId);
			const answered = {
				requestId: sent.requestId,
				respondedAt: '2026-11-05T02:14:31.000Z',
				responseCode: 'E21'
			};
			for (const i of order)
				expect((await system.post('/service-requests', [sent, answered][i])).body).toMatchObject({
					accepted: 1
				});
		}
		const { rows } = await system.database.query(
			'select variant, user_role, requested_at, responded_at, response_code from service_request where device_id = any($1) order by id',
			[[requestFirst, responseFirst].map((id) => Buffer.from(id.replaceAll('-', ''), 'hex'))]
		);
		expect(rows).toHaveLength(2);
		expect(rows[0]).toEqual(rows[1]);
		expect(rows[0]).toMatchObject({
			variant: '6.5',
			response_code: 'E21',
			requested_at: new Date('2026-11-05T02:13:40.000Z')
		});
	});

	it('are stored without any field that the schema does not name', async () => {
		const canary = `canary-${newDeviceId()}`;
		const { status } = await system.post('/service-requests', {
			...aRequest(newDeviceId()),
			payload: canary,
			GBCSPayload: canary,
			nested: { reading: canary }
		});
		expect(status).toBe(202);
		const { rows } = await system.database.query(
			`select count(*) from service_request r where r::text like '%${canary}%'`
		);
		expect(rows[0].count).toBe('0');
	});

	it('may be CSV with a header row', async () => {
		const deviceId = newDeviceId();
		const csv = `requestId,serviceReferenceVariant,userRole,requestedAt,responseCode,extra\n90B3D51F30020001:${deviceId}:5,6.15.1,ED,2026-11-05T02:00:00Z,I0,x\n`;
		expect(await system.post('/service-requests', csv, 'text/csv')).toMatchObject({
			status: 202,
			body: { accepted: 1, rejected: [] }
		});
		expect(
			await count(
				'service_request',
				`variant = '6.15.1' and device_id = '\\x${deviceId.replaceAll('-', '')}'`
			)
		).toBe(1);
	});

	it('are answered with the names of the dropped fields, without their values', async () => {
		const canary = `canary-${newDeviceId()}`;
		const { body } = await system.post('/service-requests', [
			{ ...aRequest(newDeviceId()), payload: canary, [canary.repeat(2)]: 1 },
			{ ...aRequest(newDeviceId()), payload: canary }
		]);
		expect(body).toMatchObject({
			accepted: 2,
			dropped: [
				{ field: 'payload', count: 2 },
				{ field: 'other', count: 1 }
			]
		});
		expect(JSON.stringify(body)).not.toContain('canary');
	});

	it('keep counters beyond 2^53 exactly', async () => {
		const deviceId = newDeviceId();
		await system.post('/devices', aDevice(deviceId));
		const requestId = `90-B3-D5-1F-30-02-00-01:${deviceId}:18446744073709551615`;
		await system.post('/service-requests', aRequest(deviceId, { requestId }));
		await system.post('/alerts', anAlert(deviceId));
		await eventually(async () =>
			expect((await system.alerts('brightwell', `?device=${deviceId}`))[0]?.candidates[0]?.requestId).toBe(
				requestId
			)
		);
	});
});

describe('a posted CSV inventory', () => {
	const bytea = (deviceId: string) => Buffer.from(deviceId.replaceAll('-', ''), 'hex');

	it('keeps both tenures of a Device that has two rows', async () => {
		const deviceId = newDeviceId();
		const csv = [
			'sep=;',
			'Device ID;Device Type;Supplier;Tenure From;Tenure To',
			`${deviceId};ESME;halden;2025-01-01T00:00:00Z;2026-06-01T00:00:00Z`,
			`${deviceId};ESME;brightwell;2026-06-01T00:00:00Z;`
		].join('\r\n');
		expect(await system.post('/devices', csv, 'text/csv')).toMatchObject({
			status: 202,
			body: { accepted: 1, duplicates: 0, rejected: [], dropped: [] }
		});
		const { rows } = await system.database.query(
			`select s.slug from tenure t join supplier s on s.id = t.supplier_id
			where t.superseded_at is null and t.device_id = $1 order by t.during`,
			[bytea(deviceId)]
		);
		expect(rows).toEqual([{ slug: 'halden' }, { slug: 'brightwell' }]);
	});

	it('is refused with the nearest column if a column is misspelt, and nothing is stored', async () => {
		const deviceId = newDeviceId();
		const csv = `deviceId,deviceType,supplier,tennureFrom\n${deviceId},ESME,brightwell,2025-01-01T00:00:00Z\n`;
		const { status, body } = await system.post('/devices', csv, 'text/csv');
		expect(status).toBe(400);
		expect(body.detail).toContain("line 1: column 'tennureFrom' is not known; the nearest is 'tenureFrom'.");
		const { rows } = await system.database.query('select from device where device_id = $1', [
			bytea(deviceId)
		]);
		expect(rows).toEqual([]);
	});

	it('names the line of a Device whose Supplier is not known', async () => {
		const csv = `deviceId,deviceType,supplier,tenureFrom\n${newDeviceId()},ESME,brightwel,2025-01-01T00:00:00Z\n`;
		const { body } = await system.post('/devices', csv, 'text/csv');
		expect(body.rejected).toEqual([
			{ index: 0, error: expect.stringMatching(/^line 2: tenures: Supplier "brightwel" is not known/) }
		]);
	});
});

describe('a faulty call', () => {
	const cases: Array<[fault: string, path: string, body: string, type: string, status: number]> = [
		['broken JSON', '/alerts', '{"deviceId":', 'application/json', 400],
		['a record without a Device', '/alerts', '{"kind":"device","code":"8F30"}', 'application/json', 400],
		['a null', '/alerts', 'null', 'application/json', 400],
		['the wrong media type', '/alerts', 'a=b', 'application/x-www-form-urlencoded', 415],
		['JSON where XML is due', '/duis', '{}', 'application/json', 415],
		[
			'a completeness mark without a time',
			'/service-requests/completeness',
			'{"source":"sat"}',
			'application/json',
			400
		],
		['XML that is not well-formed', '/duis', '<a><b></a>', 'application/xml', 400],
		['another namespace', '/duis', '<Response xmlns="urn:x" schemaVersion="5.1"/>', 'application/xml', 400],
		['more than 5,000 records', '/alerts', Array(5001).fill('{}').join('\n'), 'application/x-ndjson', 413],
		[
			'a body of nine megabytes',
			'/alerts',
			JSON.stringify('x'.repeat(9 * 1024 * 1024)),
			'application/json',
			413
		],
		['XML of 300 KB', '/duis', `<a>${'x'.repeat(300 * 1024)}</a>`, 'application/xml', 413]
	];
	it.each(cases)(
		'with %s gets a problem that says what to do, without a stack trace',
		async (_fault, path, body, type, status) => {
			const answer = await system.post(path, body, type);
			expect(answer.status).toBe(status);
			expect(answer.headers.get('content-type')).toMatch(/^application\/problem\+json/);
			expect(answer.body).toMatchObject({ status, detail: expect.any(String) });
			expect(JSON.stringify(answer.body)).not.toMatch(/node_modules|at .*\.ts/);
		}
	);

	it('is refused without a key, with a wrong key, and with a key of another scope', async () => {
		expect((await system.call('POST', '/alerts', null, {})).status).toBe(401);
		expect((await system.call('POST', '/alerts', 'cwk_wrong', {})).status).toBe(401);
		expect((await system.call('GET', '/alerts', '*')).status).toBe(403);
	});

	it('gets 405 and the right method for a wrong method, and 404 for an unknown path', async () => {
		const wrong = await system.call('GET', '/duis', '*');
		expect([wrong.status, wrong.headers.get('allow')]).toEqual([405, 'POST']);
		expect((await system.call('GET', '/nothing', '*')).status).toBe(404);
	});

	it('is refused if a Supplier states the tenure of another Supplier', async () => {
		const deviceOfHalden = aDevice(newDeviceId(), {
			tenures: [{ supplier: 'halden', from: '2025-01-01T00:00:00.000Z' }]
		});
		const answer = await system.call('POST', '/devices', 'brightwell', deviceOfHalden);
		expect(answer.status).toBe(400);
		expect(answer.body.errors[0].message).toMatch(/own Supplier's tenures only/);
	});
});

it('openapi.json describes the routes of the API', async () => {
	const { body } = await system.call('GET', '/openapi.json', null);
	expect(body.openapi).toBe('3.1.0');
	expect(Object.keys(body.paths)).toEqual(
		expect.arrayContaining([
			'/alerts',
			'/service-requests',
			'/service-requests/completeness',
			'/duis',
			'/devices',
			'/alerts/{id}',
			'/feed',
			'/decisions',
			'/episodes/{id}/outside',
			'/devices/{id}/timeline'
		])
	);
});
