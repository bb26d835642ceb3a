// Tests what the API says about a body whose content does not fit its Content-Type.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { aRequest, anAlert, newDeviceId } from '../../support/records.ts';
import { startSystem, type System } from '../../support/system.ts';

let system: System;
beforeAll(async () => {
	system = await startSystem({ worker: false });
});
afterAll(async () => {
	await system[Symbol.asyncDispose]();
});

const line = (): string => JSON.stringify(anAlert(newDeviceId()));
const CSV = 'requestId,serviceReferenceVariant\n90B3D51F30020001:00DB1234567890A0:5,6.5\n';
const XML = '<Response xmlns="http://www.dccinterface.co.uk/ServiceUserGateway" schemaVersion="5.1"/>';

describe('a body whose content does not fit its Content-Type', () => {
	const cases: Array<[what: string, path: string, body: string, type: string, status: number, says: RegExp]> =
		[
			[
				'NDJSON as JSON',
				'/alerts',
				`${line()}\n${line()}\n`,
				'application/json',
				400,
				/looks like NDJSON: send it with content-type application\/x-ndjson/
			],
			[
				'a JSON array as NDJSON',
				'/alerts',
				`[\n${line()}\n]`,
				'application/x-ndjson',
				400,
				/JSON array: .*application\/json/
			],
			['CSV as JSON', '/service-requests', CSV, 'application/json', 400, /CSV: .*text\/csv/],
			['CSV as NDJSON', '/service-requests', CSV, 'application/x-ndjson', 400, /CSV: .*text\/csv/],
			['JSON as CSV', '/service-requests', line(), 'text/csv', 400, /JSON: .*application\/json/],
			['XML as JSON', '/alerts', XML, 'application/json', 400, /XML: .*POST \/api\/v1\/duis/],
			['XML to a route of records', '/alerts', XML, 'application/xml', 415, /POST \/api\/v1\/duis/],
			['JSON as XML', '/duis', line(), 'application/xml', 400, /JSON: send records to POST/],
			['XML as NDJSON', '/duis', XML, 'application/x-ndjson', 400, /XML: .*application\/xml/],
			['NDJSON to a route of one object', '/decisions', '{}\n{}', 'application/json', 400, /NDJSON/],
			[
				'the form encoding of curl',
				'/alerts',
				line(),
				'application/x-www-form-urlencoded',
				415,
				/add -H 'content-type: application\/json'/
			],
			[
				'another charset',
				'/alerts',
				line(),
				'application/json; charset=iso-8859-1',
				415,
				/encode the body as UTF-8/
			],
			['no media type at all', '/alerts', line(), 'json', 415, /not a media type/],
			['an empty body', '/alerts', '', 'application/json', 400, /The body is empty/],
			['an empty NDJSON body', '/alerts', '', 'application/x-ndjson', 400, /The body is empty/]
		];
	it.each(cases)('%s is refused in words', async (_what, path, body, type, status, says) => {
		const key = path === '/decisions' ? 'brightwell' : '*';
		const answer = await system.call('POST', path, key, body, type);
		expect([answer.status, answer.body.detail]).toEqual([status, expect.stringMatching(says)]);
		expect(JSON.stringify(answer.body)).not.toContain('00DB1234567890A0');
	});

	it('is accepted with charset UTF-8 in any spelling', async () => {
		for (const charset of ['utf-8', 'UTF8', '"utf-8"'])
			expect((await system.post('/alerts', line(), `application/json; charset=${charset}`)).status).toBe(202);
	});
});

describe('a text that the database cannot store', () => {
	const faulty = ['a\u0000b', 'a\ud800b'];
	it.each(faulty)('rejects only its own record', async (text) => {
		for (const [body, type] of [
			[[anAlert(newDeviceId(), { messageId: text }), anAlert(newDeviceId())], 'application/json'],
			[`${JSON.stringify(anAlert(newDeviceId(), { messageId: text }))}\n${line()}`, 'application/x-ndjson']
		] as const) {
			const answer = await system.post('/alerts', body, type);
			expect(answer.status).toBe(202);
			expect(answer.body).toMatchObject({
				accepted: 1,
				rejected: [{ index: 0, error: expect.stringMatching(/NUL character/) }]
			});
		}
	});

	it('in a CSV refuses the CSV, because its encoding is not UTF-8', async () => {
		const csv = `requestId,userName,requestedAt\n90B3D51F30020001:${newDeviceId()}:5,a\u0000b,2026-11-05T02:00:00Z\n`;
		const answer = await system.post('/service-requests', csv, 'text/csv');
		expect([answer.status, answer.body.detail]).toEqual([400, expect.stringMatching(/zero bytes/)]);
	});

	it.each(faulty)('is refused in a decision', async (note) => {
		const decision = { verdict: 'ignorable', reason: 'other', note, version: 1 };
		const answer = await system.call('POST', '/alerts/1/decision', 'brightwell', decision);
		expect([answer.status, answer.body.detail]).toEqual([400, expect.stringMatching(/NUL/)]);
	});

	it('may be a backslash and the text u0000, which the database can store', async () => {
		const request = aRequest(newDeviceId(), { userName: 'a\\u0000b' });
		expect((await system.post('/service-requests', request)).body).toMatchObject({ accepted: 1 });
	});
});
