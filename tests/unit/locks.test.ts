import { expect, it } from 'vitest';
import { LOCKS } from '#lib/server/postgres/locks.ts';

it('no lock of the record is taken for another', () => {
	const numbers = Object.values(LOCKS);
	expect(new Set<number>(numbers).size).toBe(numbers.length);
});
