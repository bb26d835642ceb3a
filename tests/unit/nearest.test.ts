// Tests how the server finds the known name that a misspelt name stands for.
import { expect, test } from 'vitest';
import { nearest } from '#lib/server/http/nearest.ts';

const COLUMNS = ['deviceId', 'deviceType', 'hubId', 'supplier', 'tenureFrom', 'tenureTo'];

test.each([
	['tennureFrom', 'tenureFrom'],
	['tenure-frm', 'tenureFrom'],
	['Tenure To', 'tenureTo'],
	['suplier', 'supplier'],
	['deviceTyp', 'deviceType'],
	['device', 'deviceId'],
	['HUB_ID', 'hubId']
])('the known name nearest to %s is %s', (name, expected) => {
	expect(nearest(name, COLUMNS)).toBe(expected);
});

test.each(['', 'x', 'colour', 'mpan', 'installationPostcode', 'd'.repeat(1_000_000)])(
	'a name that resembles no known name has no nearest name',
	(name) => {
		expect(nearest(name, COLUMNS)).toBeNull();
	}
);

test('of two equally near names, the first is taken', () => {
	expect(nearest('unti', ['until', 'unit'])).toBe('until');
});
