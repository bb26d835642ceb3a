// Says which languages the console has, which one a reader gets, and which one is in use now.

/** The languages of the console, in the order of the compiled messages. CONTRIBUTING.md says how to add one. */
export const LANGUAGES = ['en'] as const;
/**
 * A pseudo-language for people who develop the console: English with accents. Text without accents is not in the catalogue.
 * Only a browser that asks for exactly this language gets it.
 */
export const PSEUDO_LANGUAGE = 'en-XA';
export type Language = (typeof LANGUAGES)[number] | typeof PSEUDO_LANGUAGE;
const ALL: readonly Language[] = [...LANGUAGES, PSEUDO_LANGUAGE];

let read: () => Language = () => 'en';

/** Sets where the language in use stands: the server reads it from the request, the browser from the page. */
export function readLanguageFrom(source: () => Language): void {
	read = source;
}

/** The language in use. */
export const language = (): Language => read();

/** Returns the tag of a language for `<html lang>`: English is British. */
export const tagOf = (name: Language): string => (name === 'en' ? 'en-GB' : name);

/** Returns the tag by which Intl writes dates and numbers now. The pseudo-language has the forms of English. */
export const formatTag = (): string => tagOf(read() === PSEUDO_LANGUAGE ? 'en' : read());

/** Returns the language of a tag of `<html lang>`; English if there is no such language. */
export const languageOfTag = (tag: string): Language => ALL.find((name) => tagOf(name) === tag) ?? 'en';

/** Chooses the language of a reader by the header Accept-Language: the first language that the console has. */
export function negotiate(header: string | null): Language {
	const wanted = (header ?? '')
		.split(',')
		.map((part) => {
			const [tag = '', ...parameters] = part.split(';').map((piece) => piece.trim());
			const weight = parameters.find((parameter) => parameter.startsWith('q='))?.slice(2) ?? '1';
			return { tag: tag.toLowerCase(), weight: Number(weight) };
		})
		.filter(({ weight }) => weight > 0)
		.sort((a, b) => b.weight - a.weight);
	for (const { tag } of wanted) {
		if (tag === PSEUDO_LANGUAGE.toLowerCase()) return PSEUDO_LANGUAGE;
		const found = LANGUAGES.find((name) => tag === name || tag.startsWith(`${name}-`));
		if (found) return found;
	}
	return 'en';
}
