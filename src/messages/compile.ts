// Compiles the catalogue: src/messages/LANGUAGE/NAME.json becomes .svelte-kit/messages/NAME.ts, which pages import as
// #messages/NAME.ts. svelte.config.js calls this, because every tool that reads the pages reads that file first.
import { existsSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { emitMessage, MessageFault } from './emit.ts';

/** The texts of one file of a language, by the name of the message. */
type Texts = Record<string, string>;

const HEAD = (name: string) =>
	`// Generated from src/messages/*/${name}.json by src/messages/compile.ts. A change here is lost.
import { number, plural, say, select, text, type Part } from '#lib/ui/message.ts';\n\n`;

/**
 * Compiles the messages of the folder `from` into the folder `to`. `languages`: the languages of the console, English first.
 * Throws if a message is missing in a language or cannot be compiled.
 */
export function compileMessages({
	from,
	to,
	languages
}: {
	from: string;
	to: string;
	languages: readonly string[];
}) {
	const modules = new Map(
		readdirSync(join(from, languages[0]!))
			.filter((file) => file.endsWith('.json'))
			.sort()
			.map((file) => [`${basename(file, '.json')}.ts`, compileFile(from, file, languages)])
	);
	mkdirSync(to, { recursive: true });
	for (const [file, code] of modules) writeIfChanged(join(to, file), code);
	for (const file of readdirSync(to)) if (file.endsWith('.ts') && !modules.has(file)) rmSync(join(to, file));
}

function compileFile(from: string, file: string, languages: readonly string[]): string {
	const catalogues = languages.map((language) => ({
		language,
		texts: readTexts(join(from, language, file))
	}));
	const names = new Set(catalogues.flatMap(({ texts }) => Object.keys(texts)));
	const body = [...names].map((name) => {
		if (!/^[a-z][a-z0-9]*(_[a-z0-9]+)*$/.test(name))
			throw new MessageFault(`${file}: the name ${name} must look like route_saved`);
		return emitMessage(
			name,
			catalogues.map(({ language, texts }) => {
				const text = texts[name];
				if (text === undefined) throw new MessageFault(`${file} in ${language} lacks the message ${name}`);
				return { language, text };
			})
		);
	});
	return HEAD(basename(file, '.json')) + body.join('\n');
}

const readTexts = (path: string): Texts =>
	existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as Texts) : {};

/** Two tools may compile at once, so that a reader must never see half a file. */
function writeIfChanged(path: string, code: string): void {
	if (existsSync(path) && readFileSync(path, 'utf8') === code) return;
	writeFileSync(`${path}.${process.pid}`, code);
	renameSync(`${path}.${process.pid}`, path);
}
