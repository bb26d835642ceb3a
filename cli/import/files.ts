// Finds the files of an import, and puts them into the order in which the records are needed.
import { readdirSync, statSync } from 'node:fs';
import { extname, join, resolve } from 'node:path';
import { lookAt, type Kind } from './calls.ts';

/** The names of the files that an import takes from a folder. */
export const EXTENSIONS = ['.json', '.ndjson', '.jsonl', '.csv', '.xml'];

/** Devices come first, because an Alert belongs to the Supplier of its Device. */
const ORDER: readonly Kind[] = ['devices', 'service-requests', 'duis', 'alerts'];

/**
 * Returns the files of the arguments: a folder stands for its files, and `-` for the standard input. The files with
 * Devices come first, then those with Service Requests, then those with Alerts. Throws if a file cannot be read.
 */
export async function filesOf(names: readonly string[]): Promise<string[]> {
	const files = names.flatMap((name) => {
		if (name === '-') return [name];
		try {
			if (!statSync(name).isDirectory()) return [name];
		} catch (error) {
			const { code = 'unknown error' } = error as NodeJS.ErrnoException;
			const why = code === 'ENOENT' ? `there is no such file: ${resolve(name)}` : code;
			throw new Error(`${name} cannot be read: ${why}`, { cause: error });
		}
		const found = readdirSync(name, { recursive: true, encoding: 'utf8' })
			.filter((path) => EXTENSIONS.includes(extname(path).toLowerCase()))
			.sort()
			.map((path) => join(name, path));
		if (found.length === 0) throw new Error(`${name} has no file that ends in ${EXTENSIONS.join(', ')}`);
		return found;
	});
	if (files.length < 2) return files;
	const ranked = await Promise.all(
		files.map(async (file) => {
			const seen = file === '-' ? null : await lookAt(file);
			await seen?.rest.return(undefined);
			return { file, rank: seen ? ORDER.indexOf(seen.content.kind) : ORDER.length };
		})
	);
	return ranked.sort((a, b) => a.rank - b.rank).map(({ file }) => file);
}
