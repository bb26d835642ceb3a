// Tests how ingest reads a CSV: separators, encodings and headers of spreadsheets, rows of one Device, and errors by line
// and column.
import { readFileSync } from 'node:fs';
import { describe, expect, it, test } from 'vitest';
import { DeviceIn } from '#lib/domain/device.ts';
import { ServiceRequestIn } from '#lib/domain/service-request.ts';
import { Problem } from '#lib/server/http/problem.ts';
import { fieldTree } from '#lib/server/ingest/dropped-fields.ts';
import { readInventoryCsv } from '#lib/server/ingest/inventory-csv.ts';
import { checkRecords } from '#lib/server/ingest/records.ts';
import { readRequestCsv } from '#lib/server/ingest/request-csv.ts';

const A = '00-DB-12-34-56-78-90-A0';
const B = '00-DB-12-34-56-78-90-B0';
const HEADER = 'deviceId,deviceType,hubId,model,firmware,area,supplier,tenureFrom,tenureTo';
const KNOWN = `Known columns: ${HEADER.replaceAll(',', ', ')}.`;

const inventory = (csv: string | Buffer) =>
	checkRecords(
		{ values: readInventoryCsv(Buffer.from(csv)), isSingle: false },
		{ schema: DeviceIn, fields: fieldTree(DeviceIn) }
	);
const requests = (csv: string) =>
	checkRecords(
		{ values: readRequestCsv(Buffer.from(csv)), isSingle: false },
		{ schema: ServiceRequestIn, fields: fieldTree(ServiceRequestIn) }
	);

/** Returns the status and the reason of the problem that `read` throws. */
function refusal(read: () => unknown): string {
	try {
		read();
	} catch (error) {
		if (error instanceof Problem) return `${error.status} ${error.message}`;
		throw error;
	}
	return 'not refused';
}

const devices = (csv: string | Buffer) => {
	const { valid, rejected } = inventory(csv);
	expect(rejected).toEqual([]);
	return valid.map(({ record }) => record);
};
const errors = (csv: string | Buffer) => inventory(csv).rejected.map(({ index, error }) => [index, error]);

const FIRST = '2024-01-01T00:00:00.000Z';
const CHANGE = '2025-06-01T00:00:00.000Z';

it('the sample of the reference is an inventory', () => {
	expect(devices(readFileSync('docs/reference/inventory.csv'))).toMatchObject([
		{ deviceId: A, tenures: [{ supplier: 'halden' }, { supplier: 'brightwell', to: null }] },
		{ deviceType: 'CHF' }
	]);
});

describe('the rows of one Device', () => {
	it('each give one tenure, wherever they stand in the file', () => {
		const [first, second] = devices(
			[
				HEADER,
				`${A},ESME,,EX-1,,SW1,halden,${FIRST},${CHANGE}`,
				`${B},GSME,,,,,brightwell,${FIRST},`,
				`00db1234567890a0,ESME,,EX-1,,,brightwell,${CHANGE},`
			].join('\n')
		);
		expect(first).toMatchObject({
			deviceId: A,
			model: 'EX-1',
			area: 'SW1',
			tenures: [
				{ supplier: 'halden', from: FIRST, to: CHANGE },
				{ supplier: 'brightwell', from: CHANGE, to: null }
			]
		});
		expect(second).toMatchObject({ deviceId: B, tenures: [{ supplier: 'brightwell', to: null }] });
	});

	it('may be the same row twice', () => {
		const row = `${A},ESME,,,,,brightwell,${FIRST},`;
		expect(devices([HEADER, row, row].join('\n'))).toMatchObject([{ tenures: [{ supplier: 'brightwell' }] }]);
	});

	it('reject the Device by line and column if they state different attributes', () => {
		const csv = [
			HEADER,
			`${B},ESME,,,,,,,`,
			`${A},ESME,,secret-1,,,halden,${FIRST},${CHANGE}`,
			`${A},ESME,,secret-2,,,brightwell,${CHANGE},`
		].join('\n');
		expect(errors(csv)).toEqual([
			[1, expect.stringMatching(/^lines 3 and 4, column model: the rows of one Device must agree/)]
		]);
		expect(JSON.stringify(errors(csv))).not.toContain('secret');
		expect(inventory(csv).valid).toHaveLength(1);
	});

	it('may state its hub in two forms of the same EUI-64', () => {
		const csv = `deviceId,deviceType,hubId\n${A},ESME,${B}\n${A},,${B.toLowerCase().replaceAll('-', '')}`;
		expect(devices(csv)).toMatchObject([{ hubId: B }]);
	});

	it('reject the Device if one of them cannot be read, because a part of its tenures would replace all', () => {
		const csv = [
			HEADER,
			`${A},ESME,,,,,halden,${FIRST},${CHANGE}`,
			`${A},ESME,,a, b,,brightwell,${CHANGE},,x`
		].join('\n');
		expect(errors(csv)).toEqual([[0, expect.stringMatching(/^line 3: has 10 values, but the header has 9/)]]);
		expect(inventory(csv).valid).toEqual([]);
	});

	it('state no tenure if the columns of the tenure are empty', () => {
		expect(devices(`${HEADER}\n${A},ESME,,,,,,,`)[0]).not.toHaveProperty('tenures');
	});
});

describe('an error of a record', () => {
	test.each([
		[
			`${A},ESME,,,,,brightwell,,`,
			'line 2, column tenureFrom: is missing; give an RFC 3339 time with an offset'
		],
		[`${A},ESME,,,,,,${FIRST},`, 'line 2, column supplier: is missing; give a short lower-case name'],
		[`${A},ESME,,,,,brightwell,01/06/2025,`, 'line 2, column tenureFrom: must be an RFC 3339 time'],
		[`${A},ESME,,,,,brightwell,${CHANGE},${FIRST}`, 'line 2, column tenureTo: must be later than'],
		[`${A},,,,,,,,`, 'line 2, column deviceType: is missing; give one of ESME, GSME'],
		[`${A},METER,,,,,,,`, 'line 2, column deviceType: must be one of ESME, GSME'],
		[`,ESME,,,,,,,`, 'line 2, column deviceId: is missing; give an EUI-64'],
		[`17,ESME,,,,,,,`, 'line 2, column deviceId: must be an EUI-64'],
		[`${A},ESME`, 'line 2: has 2 values, but the header has 9 columns']
	])('names line and column in words: %s', (row, error) => {
		expect(errors(`${HEADER}\n${row}`)).toEqual([[0, expect.stringContaining(error)]]);
	});

	it('names the line on which the row begins, after empty lines and values of several lines', () => {
		const csv = `sep=;\r\nDevice ID;Device Type;Model\r\n\r\n${A};ESME;"a\r\nb"\r\n;;\r\n17;ESME;"a\r\nb"\r\n`;
		expect(errors(csv)).toEqual([[1, expect.stringMatching(/^line 7, column deviceId: must be an EUI-64/)]]);
	});

	it('names the lines of tenures that overlap', () => {
		const csv = `${HEADER}\n${A},ESME,,,,,halden,${FIRST},\n${A},ESME,,,,,brightwell,${CHANGE},`;
		expect(errors(csv)).toEqual([[0, expect.stringMatching(/^lines 2, 3: two tenures overlap/)]]);
	});
});

describe('a header', () => {
	test.each([
		[
			'deviceId,deviceType,tennureFrom',
			"line 1: column 'tennureFrom' is not known; the nearest is 'tenureFrom'."
		],
		[
			'sep=,\ndeviceId,deviceType,Supplier Nam',
			"line 2: column 'Supplier Nam' is not known; the nearest is 'supplier'."
		],
		['deviceId,deviceType,mpan', "line 1: column 'mpan' is not known."],
		['deviceId,deviceType,Device ID', "line 1: the column 'deviceId' occurs twice."],
		['deviceId,,deviceType', 'line 1: column 2 has no name.'],
		['deviceId,hubId', "line 1: the column 'deviceType' is missing."],
		[`${A},ESME`, 'line 1: column 1 is not known.'],
		['deviceId,deviceType,"S" s', 'line 1: a quoted value must be followed by a separator']
	])('is refused in words, with the known columns: %s', (header, reason) => {
		const message = refusal(() => inventory(`${header}\n${A},ESME,x\n`));
		expect(message).toContain(`400 ${reason}`);
		if (!reason.includes('quoted')) expect(message).toContain(KNOWN);
	});

	it('may have more separators than names, if those columns are empty', () => {
		expect(devices(`deviceId,deviceType,,\n${A},ESME,,\n`)).toHaveLength(1);
		expect(errors(`deviceId,deviceType,,\n${A},ESME,,x\n`)).toEqual([
			[0, expect.stringMatching(/^line 2: has 4 values, but the header has 2 columns/)]
		]);
	});

	it('must be there', () => {
		expect(refusal(() => inventory(''))).toMatch(
			/^400 The CSV is empty; its first line must name the columns/
		);
		expect(devices('deviceId;deviceType')).toEqual([]);
	});
});

describe('the bytes of a CSV', () => {
	const csv = `Device ID;Device Type;Model\n${A};ESME;Zähler\n`;
	test.each([
		['UTF-8', Buffer.from(csv)],
		['UTF-8 with a byte order mark', Buffer.from(`\ufeff${csv}`)],
		['UTF-16, as "Unicode Text" of Excel', Buffer.from(`\ufeff${csv.replaceAll(';', '\t')}`, 'utf16le')],
		['UTF-16 in the other byte order', Buffer.from(`\ufeff${csv}`, 'utf16le').swap16()]
	])('may be %s', (_name, bytes) => {
		expect(devices(bytes)).toMatchObject([{ deviceId: A, model: 'Zähler' }]);
	});

	test.each([
		['windows-1252', Buffer.from(csv, 'latin1'), /neither UTF-8 nor UTF-16 .* perhaps it is windows-1252/],
		[
			'UTF-16 without a mark',
			Buffer.from('deviceId,deviceType\n', 'utf16le'),
			/zero bytes, as UTF-16 without/
		]
	])('are refused as %s, with the remedy', (_name, bytes, reason) => {
		const message = refusal(() => inventory(bytes));
		expect(message).toMatch(reason);
		expect(message).toContain('save the file as "CSV UTF-8"');
	});

	test.each([
		[
			'a quote that does not end',
			`deviceId,deviceType\n${A},"ESME\n`,
			'line 2: a quoted value begins and does not end'
		],
		[
			'text after a quote',
			`deviceId,deviceType\n${A},"ES"ME\n`,
			'line 2: a quoted value must be followed by a separator'
		],
		['a quote inside a value', `deviceId,deviceType\n${A},canary"x"\n`, 'line 2: a value has a quote inside']
	])('are refused for %s without a word of the file', (_name, bytes, reason) => {
		const message = refusal(() => inventory(bytes));
		expect(message).toContain(reason);
		expect(message).not.toMatch(/canary|ESME|DB-12/);
	});
});

describe('a CSV of Service Requests', () => {
	const id = `90B3D51F30020001:${A}:5`;
	it('drops and counts a column that resembles no known one', () => {
		const { valid, dropped } = requests(
			`Request ID,requested at,user role,GBCS Payload,comment\n${id},${FIRST},ED,00DF,\n`
		);
		expect(valid[0]!.record).toMatchObject({ requestedAt: FIRST, userRole: 'ED' });
		expect(dropped.total).toBe(1);
	});

	it('refuses a column that is probably misspelt', () => {
		expect(refusal(() => requests(`requestId,requestedAtt\n${id},${FIRST}\n`))).toContain(
			"400 line 1: column 'requestedAtt' is not known; the nearest is 'requestedAt'."
		);
	});

	it('drops a column that resembles one that the header has too', () => {
		const { valid, dropped } = requests(`requestId,requestedAt,requestedAt2\n${id},${FIRST},x\n`);
		expect([valid.length, dropped.list()]).toEqual([1, [{ field: 'requestedAt2', count: 1 }]]);
	});

	it('names line and column of a wrong value', () => {
		const { rejected } = requests(`requestId,requestedAt\n\n${id},yesterday\n`);
		expect(rejected[0]!.error).toMatch(/^line 3, column requestedAt: must be an RFC 3339 time/);
	});
});
