// Tests what the migration says about its pace.
import { expect, it } from 'vitest';
import { paceOf } from '#lib/server/migrate-database.ts';

it('says the share, the speed and the time left', () => {
	expect(paceOf({ done: 250_000, total: 1_000_000, doneBefore: 0, ms: 50_000 })).toBe(
		'(25 %, 5,000 a second, 3 min left)'
	);
	expect(paceOf({ done: 900_000, total: 1_000_000, doneBefore: 0, ms: 90_000 })).toBe(
		'(90 %, 10,000 a second, 10 s left)'
	);
	expect(paceOf({ done: 5000, total: 40_000_000, doneBefore: 0, ms: 1000 })).toBe(
		'(0 %, 5,000 a second, 2 h 14 min left)'
	);
});

it('says the speed of this start, not of the interrupted start before', () => {
	expect(paceOf({ done: 600_000, total: 1_000_000, doneBefore: 590_000, ms: 5000 })).toBe(
		'(60 %, 2,000 a second, 4 min left)'
	);
});

it('says no time left at the end', () => {
	expect(paceOf({ done: 12_001, total: 12_001, doneBefore: 0, ms: 2000 })).toBe('(100 %, 6,001 a second)');
});
