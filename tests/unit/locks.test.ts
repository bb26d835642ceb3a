import { expect, it } from 'vitest';
import { LOCKS } from '#lib/server/postgres/locks.ts';

it('no two advisory locks share a number', () => {
	const numbers = Object.values(LOCKS);
	expect(new Set<number>(numbers).size).toBe(numbers.length);
});
