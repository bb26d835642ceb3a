// Tests how the numbers of earlier decisions are shown.
import { expect, test } from 'vitest';
import { rarerVerdict, formatPrecedents } from '#lib/domain/precedent.ts';

test.each([
	[0, 0, 'nobody has decided such an Alert yet'],
	[1, 0, 'decided once, ignorable'],
	[0, 1, 'decided once, actionable'],
	[48, 2, '48 of 50 ignorable, 2 actionable'],
	[3, 9, '9 of 12 actionable, 3 ignorable'],
	[7, 0, 'all 7 ignorable']
])('%i ignorable and %i actionable decisions are formatted as "%s"', (ignorable, actionable, text) => {
	expect(formatPrecedents({ ignorable, actionable })).toBe(text);
});

test('the rarer verdict is the less frequent one, and actionable if both are equally frequent', () => {
	expect(rarerVerdict({ ignorable: 48, actionable: 2 })).toBe('actionable');
	expect(rarerVerdict({ ignorable: 2, actionable: 48 })).toBe('ignorable');
	expect(rarerVerdict({ ignorable: 5, actionable: 5 })).toBe('actionable');
});
