// Tests the documents: every relative link leads to a file, and every path and function that a document names exists.
import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { describe, expect, it } from 'vitest';

const documents = globSync(['*.md', 'docs/**/*.md']).sort();

/** Returns the targets of `[text](target)` and `[text](<target>)`, without anchors. */
const linksOf = (text: string): string[] =>
	[...text.matchAll(/\]\((?:<([^>]+)>|([^)\s]+))\)/g)]
		.map((match) => (match[1] ?? match[2]!).split('#')[0]!)
		.filter((target) => target !== '' && !/^[a-z]+:/.test(target));

/** Returns the paths in backticks that begin with a folder of the project, such as `src/lib/domain/alert.ts`. */
const pathsOf = (text: string): string[] =>
	[
		...text.matchAll(
			/`((?:src|workers|cli|launcher|demo|accuracy|bench|migrations|docs|tests|eslint)\/[\w./()+-]*)`/g
		)
	]
		.map((match) => match[1]!)
		.filter((path) => !/NAME|FILE|\.\.\./.test(path));

/** Returns each link to a source file that is followed by a name of that file: `[file.ts](path) `name``. */
const namesOf = (text: string): Array<[path: string, name: string]> =>
	[...text.matchAll(/\]\(([^)\s]+\.(?:ts|svelte))\) `(\w+)`/g)].map((match) => [match[1]!, match[2]!]);

describe.each(documents)('%s', (document) => {
	const text = readFileSync(document, 'utf8');

	it('links only to files that exist', () => {
		const missing = linksOf(text).filter((target) => !existsSync(normalize(join(dirname(document), target))));
		expect(missing).toEqual([]);
	});

	it('names only paths that exist', () => {
		// Changelog and decisions may name paths that existed when the text was written.
		const isHistory = document === 'CHANGELOG.md' || document.startsWith('docs/decisions/0');
		const missing = isHistory ? [] : pathsOf(text).filter((path) => !existsSync(path));
		expect(missing).toEqual([]);
	});

	it('names only functions that the linked files hold', () => {
		const missing = namesOf(text).filter(([path, name]) => {
			const file = normalize(join(dirname(document), path));
			return !existsSync(file) || !readFileSync(file, 'utf8').includes(name);
		});
		expect(missing).toEqual([]);
	});
});
