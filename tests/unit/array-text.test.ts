// Tests the texts of arrays against the driver, which writes them more slowly.
import fc from 'fast-check';
import { createRequire } from 'node:module';
import { expect, it } from 'vitest';
import { arrayText } from '#lib/server/postgres/array-text.ts';
import { propertyRuns } from '../support/property-runs.ts';

const { prepareValue } = createRequire(import.meta.url)('pg/lib/utils.js') as {
	prepareValue(value: unknown): string;
};
/** Numbers, booleans and bytes need no quotes, so both texts mean the same without them. */
const withoutQuotes = (text: string): string =>
	text.replace(/"(-?[\d.e+-]+|true|false|\\\\x[\da-f]*)"/g, '$1');

it('the text of an array is the text of the driver', () => {
	const element = fc.oneof(
		fc.string(),
		fc.constantFrom('', 'NULL', '{a,b}', 'a"b\\c', ' x ', '\n'),
		fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
		fc.integer(),
		fc.boolean(),
		fc.constant(null),
		fc.constant(undefined),
		fc.uint8Array({ maxLength: 9 }).map((bytes) => Buffer.from(bytes)),
		fc.dictionary(fc.string(), fc.string())
	);
	fc.assert(
		fc.property(fc.array(element), (list) => {
			expect(withoutQuotes(arrayText(list))).toBe(withoutQuotes(prepareValue(list)));
		}),
		{ numRuns: propertyRuns }
	);
});

it('an instant is written in UTC', () => {
	expect(arrayText([new Date(0), null])).toBe('{"1970-01-01T00:00:00.000Z",NULL}');
});
