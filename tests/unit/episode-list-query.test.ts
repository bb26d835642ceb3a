// Checks how the page of episodes reads its list from the address, and writes the address of a list.
import { describe, expect, it } from 'vitest';
import { addressOf, readListQuery } from '../../src/routes/(console)/episodes/list-query.ts';

const read = (search: string) => readListQuery(new URLSearchParams(search));

describe('the list of an address', () => {
	it('is all episodes, the newest first, if the address says nothing', () => {
		expect(read('')).toEqual({ open: false, kind: null, code: null, sort: 'newest', shown: 100 });
	});

	it('is written and read back the same', () => {
		const query = { open: true, kind: 'storm', code: '8F3E', sort: 'largest', shown: 200 } as const;
		const address = addressOf(query, '12');
		expect(address).toBe('/episodes?open=true&kind=storm&code=8F3E&sort=largest&shown=200&episode=12');
		expect(read(address.split('?')[1]!)).toEqual(query);
		expect(addressOf(read(''), null)).toBe('/episodes');
	});

	it('leaves out values that do not exist, and shows at most 500 episodes', () => {
		expect(read('kind=nothing&code=;drop&sort=upwards&shown=x')).toEqual(read(''));
		expect(read('shown=100000').shown).toBe(500);
		expect(read('code=8f3e').code).toBe('8F3E');
	});
});
