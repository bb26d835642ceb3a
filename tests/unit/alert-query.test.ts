// Tests the text of the query box: which filters it sets, what it says about faults, and what it suggests.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { AlertFacets } from '#lib/domain/alert-facets.ts';
import { complete } from '#lib/ui/alert-query/completion.ts';
import { FIELDS, type Given } from '#lib/ui/alert-query/fields.ts';
import { faultText, readText } from '#lib/ui/alert-query/read-query.ts';
import { writeText } from '#lib/ui/alert-query/write-query.ts';
import { readQuery, withGiven } from '#lib/ui/views.ts';

describe('the text of the query box', () => {
	it('sets a filter for each term, and searches for the other words', () => {
		const { given, faults } = readText(
			'code:8F3E,8F30 tier:exact -role:own age:>2h age:<7d area:"North East" priority:<=2 tamper meter'
		);
		expect(faults).toEqual([]);
		expect(given).toEqual({
			code: ['8F3E', '8F30'],
			tier: ['exact'],
			notRole: ['own'],
			olderThan: ['2h'],
			newerThan: ['7d'],
			area: ['North East'],
			priority: ['2'],
			q: ['tamper meter']
		});
	});

	it('takes names of fields in any case, and joins repeated values', () => {
		expect(readText('CODE:8F3E code:8F30 code:8F3E').given).toEqual({ code: ['8F3E', '8F30'] });
	});

	it('searches for what looks like a filter if it stands in quotation marks', () => {
		expect(readText('"code:8F3E"').given).toEqual({ q: ['code:8F3E'] });
		expect(readText('00:DB:12').given).toEqual({ q: ['00:DB:12'] });
	});

	it.each([
		['cdoe:8F3E', 'At letter 1: no filter has this name; did you mean “code:”?'],
		['tamper wibble:1', /^At letter 8: no filter has this name; choose one from the list/],
		['code:8F3E -tamper', /^At letter 11: only a filter can be left out/],
		['age:2h', 'At letter 1: age needs > or <; write for example age:>2h.'],
		['decided:<2h', 'At letter 1: decided needs >; write for example decided:>4h.'],
		['age:>2 weeks', /^At letter 1: age must be a number of minutes, hours or days/],
		['age:>2h age:>3h', 'At letter 9: age is given twice; give it once.'],
		['-decision:none', 'At letter 1: decision cannot be left out; write it without the minus.'],
		['tier:sure', /^At letter 1: tier must be one of exact/],
		['device:12', /^At letter 1: device must be an EUI-64/],
		['priority:>2', 'At letter 1: priority takes <= or >=; write for example priority:<=2.'],
		['code:>8F3E', /^At letter 1: code takes values, not >/]
	])('says of %s where the fault is and what to do', (text, message) => {
		const [fault] = readText(text).faults;
		expect(faultText(fault!)).toMatch(message);
		expect(fault!.isUnfinished).toBe(false);
	});

	it.each(['code:', 'area:"North', '"tam'])('knows that %s may be unfinished', (text) => {
		expect(readText(text)).toMatchObject({ given: {}, faults: [{ isUnfinished: true }] });
	});

	it('never fails, whatever a person types', () => {
		fc.assert(
			fc.property(fc.string({ unit: fc.constantFrom(...'ab:-"\\,<>= \t1', 'code:', 'age:') }), (text) => {
				const { given, faults } = readText(text);
				for (const { start, end } of faults) expect(start).toBeLessThan(Math.max(end, 1));
				if (faults.length === 0) expect(readText(writeText(given))).toEqual({ given, faults: [] });
			})
		);
	});
});

const word = fc
	.string({ unit: fc.constantFrom(...'aB9 :-",\\<é'), minLength: 1, maxLength: 12 })
	.map((s) => s.trim())
	.filter(Boolean);
const some = <T>(item: fc.Arbitrary<T>) =>
	fc.option(fc.uniqueArray(item, { minLength: 1, maxLength: 3 }), { nil: undefined });
const one = (...options: string[]) =>
	fc.option(
		fc.constantFrom(...options).map((value) => [value]),
		{ nil: undefined }
	);
const code = fc.constantFrom('8F3E', '8F30', 'N24');
const someGiven = fc
	.record({
		code: some(code),
		notCode: some(code),
		tier: some(fc.constantFrom('exact', 'strong')),
		notRole: some(fc.constantFrom('own', 'ED')),
		model: some(word),
		notArea: some(word),
		olderThan: one('2h', '7d'),
		newerThan: one('30d'),
		decidedOlderThan: one('4h'),
		priority: one('1', '3'),
		priorityFrom: one('1', '3'),
		decision: one('open', 'any'),
		device: one('00-DB-12-34-56-78-90-A0'),
		since: one('2026-11-05T02:14:07.000Z'),
		q: fc.option(
			word.map((q) => [q]),
			{ nil: undefined }
		)
	})
	.map((given) => Object.fromEntries(Object.entries(given).filter(([, values]) => values)) as Given);

describe('filters', () => {
	it('are the same after they were written as text, and as an address', () => {
		fc.assert(
			fc.property(someGiven, (given) => {
				expect(readText(writeText(given))).toEqual({ given, faults: [] });
				const url = withGiven(new URL('http://console/?view=all&code=8FAA&alert=7'), given);
				expect(readQuery(url.searchParams)).toMatchObject({ view: 'all', faults: [] });
				expect(readQuery(url.searchParams).given).toEqual(given);
				expect(url.searchParams.get('alert')).toBe('7');
			})
		);
	});

	it('have an example in each field, which sets a filter', () => {
		for (const { example } of Object.values(FIELDS)) {
			const { given, faults } = readText(example);
			expect([example, faults]).toEqual([example, []]);
			expect(Object.keys(given).length).toBeGreaterThan(0);
		}
	});
});

const facets = {
	total: 100,
	atLeast: false,
	facets: {
		code: {
			values: [
				{ value: '8F3E', name: 'Unauthorised Physical Access - Tamper Detect', alerts: 1200 },
				{ value: '8F30', name: 'Source Does not have Authority for Command', alerts: 7 }
			],
			more: false
		},
		area: { values: [{ value: 'North East', name: null, alerts: 3 }], more: false }
	}
} as unknown as AlertFacets;

describe('the completion', () => {
	const labels = (text: string, caret = text.length) =>
		complete(text, caret, facets).map(({ label }) => label);

	it('offers fields, and after a minus only those that can be left out', () => {
		expect(labels('cod')).toEqual(['code:']);
		expect(labels('')).toContain('age:');
		expect(labels('-a')).toEqual(['-area:']);
	});

	it('offers the values of a field with their counts, the most frequent first', () => {
		expect(complete('code:', 5, facets)).toMatchObject([
			{ label: '8F3E', count: '1,200', text: '8F3E ' },
			{ label: '8F30', count: '7' }
		]);
		expect(labels('code:8F3E,')).toEqual(['8F30']);
		expect(labels('code:authority')).toEqual(['8F30']);
	});

	it('finds a value by its name without its field, and quotes it', () => {
		expect(complete('tier:exact tamper', 17, facets)).toMatchObject([{ text: 'code:8F3E ', from: 11 }]);
		expect(complete('north', 5, facets)).toMatchObject([{ text: 'area:"North East" ' }]);
	});

	it('completes at the caret, and takes the place of what was typed', () => {
		const text = 'age:> code:8F3E';
		const [first] = complete(text, 5, facets);
		expect(text.slice(0, first!.from) + first!.text + text.slice(5)).toBe('age:>1h  code:8F3E');
	});
});
