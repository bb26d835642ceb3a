// Builds the pages of the console if their sources have changed since the last build.
import { createHash } from 'node:crypto';
import { existsSync, globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { isAlive, root, runProgram } from './process.ts';

/** The file with the hash of the sources of the last build. */
const STAMP = join(root, 'build', 'causeway-sources');
const LOCK = join(root, '.svelte-kit', 'causeway-build.lock');
const SOURCES = [
	'src/**/*.{ts,svelte,css,html,json}',
	'static/**/*',
	'svelte.config.js',
	'vite.config.ts',
	'package-lock.json'
];

/**
 * Builds the pages if necessary, and returns whether a build was necessary. Throws the output of Vite if the build
 * fails. If two launchers start at once, the second launcher waits for the first launcher. If `signal` is aborted, the
 * build ends.
 */
export async function buildPages(
	progress: (line: string) => void,
	signal: AbortSignal = new AbortController().signal
): Promise<boolean> {
	await takeLock(signal);
	try {
		return await buildChanged(progress, signal);
	} finally {
		rmSync(LOCK, { force: true });
	}
}

async function takeLock(signal: AbortSignal): Promise<void> {
	mkdirSync(join(root, '.svelte-kit'), { recursive: true });
	for (;;) {
		try {
			return writeFileSync(LOCK, String(process.pid), { flag: 'wx' });
		} catch (error) {
			if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
		}
		// A killed launcher leaves a lock file that names a process that no longer runs.
		const holder = existsSync(LOCK) ? Number(readFileSync(LOCK, 'utf8')) : 0;
		if (holder && isAlive(holder)) await pause(200, undefined, { signal });
		else rmSync(LOCK, { force: true });
	}
}

async function buildChanged(progress: (line: string) => void, signal: AbortSignal): Promise<boolean> {
	const hash = createHash('sha256');
	for (const file of globSync(SOURCES, { cwd: root, withFileTypes: true })
		.filter((entry) => entry.isFile())
		.map((entry) => join(entry.parentPath, entry.name))
		.sort())
		hash.update(file.slice(root.length)).update(readFileSync(file));
	const sources = hash.digest('hex');
	if (existsSync(STAMP) && readFileSync(STAMP, 'utf8') === sources) return false;
	progress('building the pages (only necessary after a change of their sources)');
	const vite = join(root, 'node_modules/vite/bin/vite.js');
	const args = [vite, 'build', '--logLevel', 'warn'];
	const { code, output } = await runProgram(process.execPath, args, { cwd: root, signal });
	if (code !== 0)
		throw new Error(`the pages could not be built. The output of Vite:\n${output.slice(-3000)}`);
	writeFileSync(STAMP, sources);
	return true;
}
