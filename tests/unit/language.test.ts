// Tests which language of the console a reader gets.
import { expect, test } from 'vitest';
import { languageOfTag, negotiate, tagOf } from '#lib/ui/language.ts';

test.each([
	['nothing', null, 'en'],
	['British English', 'en-GB,en;q=0.9', 'en'],
	['a language that the console lacks', 'fr-FR, de;q=0.5', 'en'],
	['the pseudo-language', 'en-XA', 'en-XA'],
	['the pseudo-language less than English', 'en-XA;q=0.5, en', 'en'],
	['English least of all', 'fr, en-XA;q=0.2, en;q=0.1', 'en-XA'],
	['anything but the pseudo-language', 'en-XA;q=0, *', 'en'],
	['nonsense', ';;q=,,=;', 'en']
])('a browser that asks for %s gets the right language', (_, header, language) => {
	expect(negotiate(header)).toBe(language);
});

test('the tag of a page leads back to its language', () => {
	expect(tagOf('en')).toBe('en-GB');
	expect((['en', 'en-XA'] as const).map((name) => languageOfTag(tagOf(name)))).toEqual(['en', 'en-XA']);
	expect(languageOfTag('xx')).toBe('en');
});
