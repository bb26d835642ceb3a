import { describe, expect, it } from 'vitest';
import { arrayText } from '#lib/server/feed/explanation-rows.ts';

describe('texts as PostgreSQL spells an array', () => {
	it('stand each once and in quotes', () => {
		expect(arrayText(['IS', 'ED', 'IS'])).toBe('{"IS","ED"}');
		expect(arrayText([])).toBe('{}');
	});

	it('keep quotes and backslashes as they are', () => {
		expect(arrayText(['a"b\\c'])).toBe('{"a\\"b\\\\c"}');
	});
});
