import { describe, expect, it } from 'vitest';
import { columns, query, statement } from '#lib/server/postgres/statement.ts';

describe('a statement with named parameters', () => {
	it('numbers each name once, in the order of the text', () => {
		const find = statement('find', 'select :code::text, id from alert where code = :code and id > :after');
		expect(find({ after: 7n, code: '8F3E' })).toEqual({
			name: 'find',
			text: 'select $1::text, id from alert where code = $1 and id > $2',
			values: ['8F3E', 7n]
		});
	});

	it('leaves casts and texts with colons alone', () => {
		const read = query(
			`select at::text, to_char(at, 'HH24:MI:SS') from alert where id = any(:ids::bigint[])`
		);
		expect(read({ ids: [1n] }).text).toBe(
			`select at::text, to_char(at, 'HH24:MI:SS') from alert where id = any($1::bigint[])`
		);
	});

	it('takes null as a value and refuses a missing one', () => {
		const find = query('select * from device where hub_id is not distinct from :hub');
		expect(find({ hub: null }).values).toEqual([null]);
		expect(() => find({})).toThrow(':hub');
	});
});

describe('rows as columns', () => {
	const INPUT = columns<{ id: bigint; code: string }>(
		{ id: ['bigint', (row) => row.id], code: ['text', (row) => row.code] },
		{ arrays: { body: `string_to_array(:bodies, '|')` }, ordinality: 'place' }
	);

	it('name each column once, in the statement and in the values', () => {
		expect(INPUT.names).toBe('id, code');
		expect(INPUT.from).toBe(
			`unnest(:id::bigint[], :code::text[], string_to_array(:bodies, '|')) with ordinality as t(id, code, body, place)`
		);
		expect(
			INPUT.values([
				{ id: 1n, code: '8F3E' },
				{ id: 2n, code: '8F3F' }
			])
		).toEqual({ id: [1n, 2n], code: ['8F3E', '8F3F'] });
	});
});
