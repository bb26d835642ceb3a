// Writes the pages of docs/reference, .env.example and the parser of the query box from the code (`npm run docs:reference`).
// tests/unit/reference.test.ts fails if a file on disk differs from the text that this generator makes.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { format, resolveConfig } from 'prettier';
import { apiPage } from './pages/api.ts';
import { cliPage } from './pages/cli.ts';
import { csvPage } from './pages/csv.ts';
import { metricsPage } from './pages/metrics.ts';
import { queryPage, queryParser } from './pages/query.ts';
import { envExample, settingsPage } from './pages/settings.ts';

const PROJECT = resolve(import.meta.dirname, '../..');

/** Every generated file: its path in the project, and its text. */
export async function generateFiles(): Promise<Map<string, string>> {
	const pages = {
		'docs/reference/settings.md': settingsPage(),
		'docs/reference/metrics.md': metricsPage(),
		'docs/reference/cli.md': cliPage(),
		'docs/reference/api.md': apiPage(PROJECT),
		'docs/reference/csv.md': csvPage(PROJECT),
		'docs/reference/query.md': queryPage(PROJECT)
	};
	const files = new Map([
		['.env.example', envExample()],
		['src/lib/ui/alert-query/parser.js', queryParser(PROJECT)]
	]);
	for (const [path, text] of Object.entries(pages)) {
		const options = await resolveConfig(resolve(PROJECT, path));
		files.set(path, await format(text, { ...options, plugins: [], parser: 'markdown' }));
	}
	return files;
}

/** The text of a file of the project, or `undefined` if it does not exist. */
export function readFile(path: string): string | undefined {
	const file = resolve(PROJECT, path);
	return existsSync(file) ? readFileSync(file, 'utf8') : undefined;
}

if (process.argv[1] === import.meta.filename) {
	for (const [path, text] of await generateFiles()) {
		const isCurrent = readFile(path) === text;
		if (!isCurrent) writeFileSync(resolve(PROJECT, path), text);
		console.log(`${path}: ${isCurrent ? 'unchanged' : 'written'}`);
	}
}
