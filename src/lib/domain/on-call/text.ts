// Keeps the texts of a page short and in one line: a watch shows the headline, and a receiver may cut a long sentence. Also
// escapes a text for HTML.

/** Replaces line breaks, control characters and runs of spaces by one space. */
export const oneLine = (text: string): string => text.replace(/[\p{C}\p{Z}]+/gu, ' ').trim();

/** Returns a text in one line of at most `most` characters. A cut text ends with `…`. */
export function clip(text: string, most: number): string {
	const line = oneLine(text);
	if (line.length <= most) return line;
	return `${line
		.slice(0, most - 1)
		// A cut may not leave half of a surrogate pair.
		.replace(/[\uD800-\uDBFF]$/, '')
		.trimEnd()}…`;
}

/** Returns the first text that has at most `most` characters. Cuts the last text if no text fits. */
export const firstThatFits = (texts: readonly string[], most: number): string =>
	texts.map(oneLine).find((text) => text.length <= most) ?? clip(texts.at(-1)!, most);

const HTML_ESCAPES: Readonly<Record<string, string>> = {
	'&': '&amp;',
	'<': '&lt;',
	'>': '&gt;',
	'"': '&quot;',
	"'": '&#39;'
};

/** Escapes a text for HTML, as text or as the value of an attribute. */
export const escapeHtml = (text: string): string =>
	text.replace(/[&<>"']/g, (character) => HTML_ESCAPES[character]!);
