// Tests the forms of an EUI-64 that the schemas accept, alone and as a part of a RequestID.
import { describe, expect, it } from 'vitest';
import { AlertFilters } from '#lib/domain/alert-filter.ts';
import { Eui64 } from '#lib/domain/eui64.ts';
import { RequestId } from '#lib/domain/service-request.ts';

const STORED = '00-DB-12-34-56-78-90-A0';
const USER = '90-B3-D5-1F-30-02-00-01';
const FORMS = [
	STORED,
	'00-db-12-34-56-78-90-a0',
	'00:DB:12:34:56:78:90:A0',
	'00db1234567890a0',
	'00DB1234567890A0'
];

describe('an EUI-64', () => {
	it.each([...FORMS, ` ${STORED}\t`])('may be written as %s', (text) => {
		expect(Eui64.parse(text)).toBe(STORED);
	});

	it.each(['00-DB:12-34-56-78-90-A0', '00 DB 12 34 56 78 90 A0', `${STORED}-11`, '00-DB', '', 'x', 5, null])(
		'may not be written as %s',
		(text) => {
			expect(Eui64.safeParse(text).success).toBe(false);
		}
	);

	it('is found by the search of Alerts in every form', () => {
		for (const q of FORMS) expect(AlertFilters.parse({ q }).q).toBe(STORED);
		expect(AlertFilters.parse({ q: '00:DB' }).q).toBe('00:DB');
	});
});

describe('a RequestID', () => {
	const users = [USER, '90:b3:d5:1f:30:02:00:01', '90B3D51F30020001'];
	it.each(users.flatMap((user) => FORMS.map((device) => `${user}:${device}`)))(
		'may have the parts %s',
		(parts) => {
			expect(RequestId.parse(` ${parts}:1008 `)).toBe(`${USER}:${STORED}:1008`);
		}
	);

	it.each([
		`${USER}:${STORED}`,
		`${USER}:${STORED}:01`,
		`${USER}:${STORED}:18446744073709551616`,
		`${USER}:1008`
	])('may not be %s', (text) => {
		expect(RequestId.safeParse(text).success).toBe(false);
	});
});
