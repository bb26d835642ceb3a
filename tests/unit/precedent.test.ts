import { expect, test } from 'vitest';
import { rarer, formatPrecedents } from '#lib/domain/precedent.ts';

test.each([
	[0, 0, 'nobody has decided such an Alert yet'],
	[1, 0, 'decided once, ignorable'],
	[0, 1, 'decided once, actionable'],
	[48, 2, '48 of 50 ignorable, 2 actionable'],
	[3, 9, '9 of 12 actionable, 3 ignorable'],
	[7, 0, 'all 7 ignorable']
])('%i ignorable and %i actionable decisions read as: %s', (ignorable, actionable, text) => {
	expect(formatPrecedents({ ignorable, actionable })).toBe(text);
});

test('the rarer verdict is told first, and of two equals the one that asks for work', () => {
	expect(rarer({ ignorable: 48, actionable: 2 })).toBe('actionable');
	expect(rarer({ ignorable: 2, actionable: 48 })).toBe('ignorable');
	expect(rarer({ ignorable: 5, actionable: 5 })).toBe('actionable');
});
