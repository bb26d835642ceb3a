// Finds the texts of a page that are not in the catalogue, while the page is in the pseudo-language (en-XA).
import type { Browser, Page } from 'playwright-core';
import { openPage, signIn } from './browser.ts';
import type { Member } from './members.ts';
import type { Web } from './web.ts';

const EMAIL = /\b[\w.+-]+@[\w.-]+\b/g;
/** The id of a Device or of a User. It may hold the letters of a role, such as `ED`. */
const EUI64 = /(?:[0-9A-F]{2}-){2,7}[0-9A-F]{2}/g;
/** Data that has no words of its own: codes, versions, dates, durations, addresses and filters. Intl writes the dates. */
const DATA = [
	/\b[A-Z]+\d[A-Z0-9]*\b/g,
	/\bhttps?:\/\/\S+/g,
	/(?<![\p{L}\d])-?[a-z]+:[\w<>]*/gu,
	/\b\d[\d.,:/T-]*Z?(?: ?(?:s|ms|min|h|d|kB|UTC|%))?\b/g,
	/\b(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)\b/g,
	/\b(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]*\b/g,
	/\b(?:GMT|BST)\b/g,
	/\bCauseway\b/g
];

/**
 * Returns the texts and spoken labels of the page, or of its part `within`, that hold a word without accents. Elements that
 * show what the server words or what people wrote are marked with `lang` or `translate="no"`. `names`: data of the test.
 */
export async function hardCodedTexts(
	page: Page,
	{ within = 'body', names = [] }: { within?: string; names?: readonly RegExp[] } = {}
): Promise<string[]> {
	const data = 'body [lang], [translate="no"], code, kbd, script, style, noscript';
	const read = ([data, within]: [string, string]): string[] => {
		const found: string[] = [document.title];
		const isData = (element: Element | null): boolean => Boolean(element?.closest(data));
		const root = document.querySelector(within)!;
		const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT | NodeFilter.SHOW_ELEMENT);
		for (let node = walker.nextNode(); node; node = walker.nextNode()) {
			if (node instanceof Element) {
				if (isData(node)) continue;
				for (const name of ['aria-label', 'aria-description', 'title', 'placeholder', 'alt'])
					found.push(node.getAttribute(name) ?? '');
			} else if (!isData(node.parentElement)) found.push(node.textContent ?? '');
		}
		return found;
	};
	const texts = await page.evaluate(read, [data, within] as [string, string]);
	const withoutData = (text: string): string =>
		[EMAIL, EUI64, ...names, ...DATA].reduce<string>((rest, data) => rest.replaceAll(data, ' '), text);
	return [...new Set(texts.map((text) => text.trim()))].filter((text) => hasPlainWord(withoutData(text)));
}

/** Returns whether a text has a word without accents. Each word of more than two letters has a letter with an accent. */
const hasPlainWord = (text: string): boolean =>
	(text.match(/\p{L}+/gu) ?? []).some((word) => word.length > 1 && /^[A-Za-z]+$/.test(word));

/** Signs a person in, in English, and then asks for the pseudo-language. */
export async function openInPseudo(browser: Browser, web: Web, person: Member): Promise<Page> {
	const page = await openPage(browser);
	await signIn(page, web, person);
	await page.waitForURL((url) => url.pathname !== '/sign-in');
	await page.context().setExtraHTTPHeaders({ 'accept-language': 'en-XA' });
	return page;
}
