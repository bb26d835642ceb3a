// Tests the compiler of the catalogue: languages, plural forms, marks, and the faults that it names.
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { readLanguageFrom, type Language } from '#lib/ui/language.ts';
import type { Part } from '#lib/ui/message.ts';
import { compileMessages } from '../../src/messages/compile.ts';

const PROJECT = join(import.meta.dirname, '../..');
let folder: string;

beforeEach(() => {
	// The compiled messages import a file of the project, so that they stand in its folder.
	mkdirSync(join(PROJECT, '.svelte-kit'), { recursive: true });
	folder = mkdtempSync(join(PROJECT, '.svelte-kit', 'messages-test-'));
});
afterEach(() => {
	rmSync(folder, { recursive: true, force: true });
	readLanguageFrom(() => 'en');
});

type Texts = Record<string, string>;

/** Compiles one file of messages, given by language, and returns its code. */
function compiled(texts: Record<string, Texts>): string {
	for (const [language, messages] of Object.entries(texts)) {
		mkdirSync(join(folder, language), { recursive: true });
		writeFileSync(join(folder, language, 'some.json'), JSON.stringify(messages));
	}
	compileMessages({ from: folder, to: join(folder, 'out'), languages: Object.keys(texts) });
	return readFileSync(join(folder, 'out', 'some.ts'), 'utf8');
}

/** Compiles messages and returns their functions. */
async function functionsOf(texts: Record<string, Texts>) {
	compiled(texts);
	return (await import(join(folder, 'out', 'some.ts'))) as Record<
		string,
		(values?: Record<string, string | number>) => string | Array<Part<string>>
	>;
}

const inLanguage = (name: string) => readLanguageFrom(() => name as Language);

const ENGLISH_DOGS = '{count, plural, one {# dog} other {# dogs}}';
const WELSH_DOGS =
	'{count, plural, zero {# cŵn} one {# ci} two {# gi} few {# chi} many {# chi!} other {# ci …}}';

test('a message has the words of the language in use', async () => {
	const { saved } = await functionsOf({ en: { saved: 'Saved by {who}' }, cy: { saved: 'Cadwyd gan {who}' } });
	expect(saved!({ who: 'Alex' })).toBe('Saved by Alex');
	inLanguage('cy');
	expect(saved!({ who: 'Alex' })).toBe('Cadwyd gan Alex');
});

test('Welsh has six plural forms, and English two', async () => {
	const { dogs } = await functionsOf({ en: { dogs: ENGLISH_DOGS }, cy: { dogs: WELSH_DOGS } });
	expect([1, 2, 1234].map((count) => dogs!({ count }))).toEqual(['1 dog', '2 dogs', '1,234 dogs']);
	inLanguage('cy');
	expect([0, 1, 2, 3, 6, 4].map((count) => dogs!({ count }))).toEqual([
		'0 cŵn',
		'1 ci',
		'2 gi',
		'3 chi',
		'6 chi!',
		'4 ci …'
	]);
});

test('a number of its own comes before the plural forms', async () => {
	const { dogs } = await functionsOf({
		en: { dogs: '{count, plural, =0 {none} one {one} other {{count}}}' }
	});
	expect([0, 1, 1234].map((count) => dogs!({ count }))).toEqual(['none', 'one', '1234']);
});

test('a marked part is given to the page apart from the text around it', async () => {
	const { of } = await functionsOf({ en: { of: '{count} Alerts of <device>{id}</device>.' } });
	expect(of!({ count: 2, id: '90-A0' })).toEqual(['2 Alerts of ', { mark: 'device', text: '90-A0' }, '.']);
});

test('quotes, backslashes and code in a text stay text', async () => {
	const { odd } = await functionsOf({ en: { odd: "It's `code`, $'{'x'}' and \\n" } });
	expect(odd!()).toBe("It's `code`, ${x} and \\n");
});

test('the pseudo-language puts accents on the words of a message and not on its values', async () => {
	const { saved } = await functionsOf({ en: { saved: 'Saved by {who}' } });
	inLanguage('en-XA');
	expect(saved!({ who: 'Alex' })).toBe('Šávéď bý Alex');
});

test('the types of the values follow from the text', () => {
	const code = compiled({ en: { found: '{count, plural, one {# of {all, number}} other {in {place}}}' } });
	expect(code).toContain('(v: { count: number; all: number; place: string | number }): string');
});

test('the same messages give the same code', () => {
	const texts = { en: { one: 'One', two: ENGLISH_DOGS } };
	expect(compiled(texts)).toBe(compiled(texts));
});

test('a file that has gone leaves no code behind', () => {
	compiled({ en: { saved: 'Saved' } });
	rmSync(join(folder, 'en', 'some.json'));
	writeFileSync(join(folder, 'en', 'other.json'), '{}');
	compileMessages({ from: folder, to: join(folder, 'out'), languages: ['en'] });
	expect(() => readFileSync(join(folder, 'out', 'some.ts'))).toThrow('ENOENT');
});

test.each([
	[
		'a message that Welsh lacks',
		{ en: { saved: 'Saved' }, cy: {} },
		'some.json in cy lacks the message saved'
	],
	[
		'a message that only Welsh has',
		{ en: {}, cy: { saved: 'Cadwyd' } },
		'some.json in en lacks the message saved'
	],
	[
		'a plural form that Welsh needs',
		{ en: { dogs: ENGLISH_DOGS }, cy: { dogs: ENGLISH_DOGS } },
		'dogs in cy: the plural of count lacks few, many, two, zero'
	],
	[
		'other values than English',
		{ en: { saved: 'Saved by {who}' }, cy: { saved: 'Cadwyd gan {person}' } },
		'saved in cy has person (string | number), but in en it has who (string | number)'
	],
	[
		'a text that cannot be read',
		{ en: { saved: 'Saved by {who' } },
		'saved in en: EXPECT_ARGUMENT_CLOSING_BRACE'
	],
	['a name that is not a concept', { en: { Saved: 'Saved' } }, 'the name Saved must look like route_saved'],
	[
		'a mark inside a plural',
		{ en: { of: '{count, plural, one {<b>#</b>} other {#}}' } },
		'a mark cannot stand inside'
	]
] as Array<[string, Record<string, Texts>, string]>)('the compiler refuses %s', (_, texts, fault) => {
	expect(() => compiled(texts)).toThrow(fault);
});
