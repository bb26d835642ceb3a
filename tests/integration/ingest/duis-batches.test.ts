// Tests calls with several DUIS messages, as NDJSON of texts and as a zip archive, and how their results are counted.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as duis from '../../support/duis-messages.ts';
import { NORTH_GRID_USER_ID, newDeviceId } from '../../support/records.ts';
import { startSystem, type System } from '../../support/system.ts';
import { zipArchive } from '../../support/zip-archive.ts';

let system: System;
beforeAll(async () => {
	system = await startSystem({ worker: false });
});
afterAll(async () => {
	await system[Symbol.asyncDispose]();
});

let counter = 1;
const aRequest = (requestId = `${NORTH_GRID_USER_ID}:${newDeviceId()}:${counter++}`): string =>
	duis.request(requestId, '6.5', '<UpdateFirmware/>');
const aDccAlert = (deviceId: string, responseId: string, throttledCount: number): string =>
	duis.response(
		duis
			.dccAlert('AD1', 'PowerOutageEvent', `<CommsHubDeviceID>${deviceId}</CommsHubDeviceID>`)
			.replace(
				'<sr:DCCAlert>',
				`<sr:ThrottledAlertCount>${throttledCount}</sr:ThrottledAlertCount><sr:DCCAlert>`
			),
		{ responseId }
	);
const anAcknowledgement = (): string =>
	duis.response('', {
		responseCode: 'I99',
		requestId: `${NORTH_GRID_USER_ID}:${newDeviceId()}:${counter++}`
	});

const ndjson = (messages: readonly string[]) =>
	system.post('/duis', messages.map((xml) => JSON.stringify(xml)).join('\n'), 'application/x-ndjson');
const zip = (messages: readonly string[]) =>
	system.post(
		'/duis',
		zipArchive(messages.map((content, i) => ({ name: `day/${i}.xml`, content }))),
		'application/zip'
	);

describe.each([
	['NDJSON', ndjson],
	['a zip archive', zip]
])('DUIS messages as %s', (_format, send) => {
	it('are all stored, and a repeat is a duplicate', async () => {
		const messages = [aRequest(), anAcknowledgement(), aRequest()];
		const first = await send(messages);
		expect(first.status).toBe(202);
		expect(first.body).toMatchObject({
			accepted: 2,
			duplicates: 0,
			rejected: [],
			messages: [
				{ index: 0, kind: 'service-request', verified: false },
				{ index: 1, kind: 'acknowledgement' },
				{ index: 2, kind: 'service-request' }
			]
		});
	});

	it('are stored without the faulty messages, and the answer names the fault of each', async () => {
		const { status, body } = await send([aRequest(), '<a><b></a>', aRequest()]);
		expect(status).toBe(202);
		expect(body).toMatchObject({
			accepted: 2,
			rejected: [{ index: 1, error: expect.stringMatching(/well-formed/) }],
			messages: [{ index: 0 }, { index: 2 }]
		});
	});

	it('get the answer 400 if no message can be read', async () => {
		const { status, body } = await send(['<a/>', '<b/>']);
		expect(status).toBe(400);
		expect(body).toMatchObject({ errors: [{ path: '0' }, { path: '1' }], accepted: 0 });
	});

	it('may each have at most 256 KiB', async () => {
		const { body } = await send([aRequest(), `<a>${'x'.repeat(300 * 1024)}</a>`]);
		expect(body).toMatchObject({
			accepted: 1,
			rejected: [{ index: 1, error: expect.stringMatching(/larger than 262144 bytes/) }]
		});
	});
});

it('a conflict in a call is rejected and counted, and a single conflict gets 409 and is counted too', async () => {
	const [responseId, deviceId] = [`${newDeviceId()}:${NORTH_GRID_USER_ID}:7`, newDeviceId()];
	const counted = async (): Promise<number> => {
		const { body } = await system.call('GET', '/metrics', null);
		return Number(/ingested_total\{kind="alert",result="rejected"\} (\d+)/.exec(body)?.[1] ?? 0);
	};
	const stored = await system.post('/duis', aDccAlert(deviceId, responseId, 1), 'application/xml');
	expect([stored.status, stored.body]).toEqual([
		202,
		expect.objectContaining({ kind: 'alert', accepted: 1 })
	]);
	const before = await counted();
	const other = aDccAlert(deviceId, responseId, 2);
	expect((await system.post('/duis', other, 'application/xml')).status).toBe(409);
	expect(await counted()).toBe(before + 1);
	expect((await ndjson([other, aRequest()])).body).toMatchObject({
		accepted: 1,
		rejected: [{ index: 0, error: expect.stringMatching(/^messageId: /) }]
	});
	expect(await counted()).toBe(before + 2);
});

it('the answer names the dropped elements, and never a value or a name that may hold payload', async () => {
	const body = `<UpdateTariff><Price>secret</Price><Price>secret</Price><L${'x'.repeat(60)}>1</L${'x'.repeat(60)}></UpdateTariff>`;
	const message = (): string =>
		duis.request(`${NORTH_GRID_USER_ID}:${newDeviceId()}:${counter++}`, '1.1.1', body);
	const dropped = [
		{ field: 'Price', count: 2 },
		{ field: 'ServiceReference', count: 1 },
		{ field: 'other', count: 1 }
	];
	const single = await system.post('/duis', message(), 'application/xml');
	expect(single.body).toEqual({
		kind: 'service-request',
		accepted: 1,
		duplicates: 0,
		verified: false,
		notes: [],
		dropped
	});
	const { body: batch } = await ndjson([message(), message(), '<a/>']);
	expect(batch.dropped).toEqual(dropped.map(({ field, count }) => ({ field, count: 2 * count })));
	const { body: metrics } = await system.call('GET', '/metrics', null);
	expect(metrics).toMatch(/dropped_fields_total\{kind="duis"\} (1[2-9]|[2-9]\d)/);
});

describe('a zip archive', () => {
	const post = (files: Parameters<typeof zipArchive>[0]) =>
		system.post('/duis', zipArchive(files), 'application/zip');

	it('rejects files that are no XML, are encrypted, or hold more than they state', async () => {
		const { body } = await post([
			{ name: 'folder/', content: '' },
			{ name: 'readme.txt', content: 'x' },
			{ name: '__MACOSX/._1.xml', content: 'x' },
			{ name: 'secret.xml', content: aRequest(), encrypted: true },
			{ name: 'bomb.xml', content: Buffer.alloc(32 * 1024 * 1024, ' '), statedBytes: 100 },
			{ name: 'good.XML', content: aRequest() }
		]);
		expect(body.rejected.map((r: { error: string }) => r.error)).toEqual([
			'the file is not an .xml file',
			'the file is not an .xml file',
			'the file is encrypted',
			'the file cannot be decompressed'
		]);
		expect(body).toMatchObject({ accepted: 1, messages: [{ index: 4 }] });
	});

	it('is refused with 413 if its messages are too large together, or too many', async () => {
		const large = ' '.repeat(250 * 1024);
		const archive = Array.from({ length: 40 }, (_, i) => ({ name: `${i}.xml`, content: large }));
		expect((await post(archive)).status).toBe(413);
		const many = Array.from({ length: 5001 }, (_, i) => ({ name: `${i}.xml`, content: '' }));
		expect((await post(many)).status).toBe(413);
	});

	it('is refused with 400 if it is no archive, or is cut off', async () => {
		const whole = zipArchive([{ name: '1.xml', content: aRequest() }]);
		for (const broken of [Buffer.from('PK, but no archive'), whole.subarray(0, -30), whole.subarray(40)])
			expect((await system.post('/duis', broken, 'application/zip')).status).toBe(400);
	});
});

it('a line of NDJSON that is no text is rejected', async () => {
	const body = `{"xml": "<a/>"}\n${JSON.stringify(aRequest())}`;
	expect((await system.post('/duis', body, 'application/x-ndjson')).body).toMatchObject({
		accepted: 1,
		rejected: [{ index: 0, error: expect.stringMatching(/JSON string/) }]
	});
});
