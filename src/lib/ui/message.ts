// Writes a message of the catalogue in the language in use. Only compiled messages call these functions.
import { PSEUDO_LANGUAGE, formatTag, language } from './language.ts';

/** A part of a message: text, or text that a page puts into an element or a component of its own. */
export type Part<Mark extends string> = string | { mark: Mark; text: string };

/** Writes a message. The pseudo-language has the words of English. */
export function say<T>(forms: { en: () => T; [language: string]: () => T }): T {
	return (forms[language()] ?? forms.en)();
}

/** Joins the words of a message and its values. The pseudo-language puts accents on the words, not on the values. */
export function text(words: TemplateStringsArray, ...values: Array<string | number>): string {
	const write = language() === PSEUDO_LANGUAGE ? withAccents : same;
	return words.map((word, at) => `${at === 0 ? '' : values[at - 1]}${write(word)}`).join('');
}

const same = (word: string): string => word;

/** The rules by language and type. To make them takes longer than to write a row of the list. */
const rules = new Map<string, Intl.PluralRules>();

function rulesOf(type: 'cardinal' | 'ordinal'): Intl.PluralRules {
	const key = `${formatTag()} ${type}`;
	const known = rules.get(key) ?? new Intl.PluralRules(formatTag(), { type });
	rules.set(key, known);
	return known;
}

/** Chooses the form of a number by the rules of the language. `=0` and the like come before the rules. */
export function plural(count: number, forms: Record<string, string>, type: 'cardinal' | 'ordinal'): string {
	const rule = rulesOf(type).select(count);
	return forms[`=${count}`] ?? forms[rule] ?? forms.other!;
}

/** Chooses the form of a word. */
export const select = (value: string, forms: Record<string, string>): string => forms[value] ?? forms.other!;

/** Writes a number as the language does: `12,345`. */
export const number = (value: number): string => value.toLocaleString(formatTag());

const ACCENTS = new Map(
	[...'aAcCdDeEgGhHiIjJkKlLnNoOrRsStTuUwWyYzZ'].map((letter, at) => [
		letter,
		[...'áÁçÇďĎéÉĝĜĥĤíÍĵĴķĶļĻñÑóÓŕŔšŠţŢúÚŵŴýÝžŽ'][at]!
	])
);
const withAccents = (word: string): string =>
	word.replace(/[a-z]/gi, (letter) => ACCENTS.get(letter) ?? letter);
