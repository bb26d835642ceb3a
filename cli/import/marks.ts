// Remembers how far each file was sent, so that an import that was interrupted continues there.
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, realpathSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import type { Place } from './lines.ts';

const SAVE_INTERVAL_MS = 1000;
const CHECKED_BYTES = 4096;

interface Mark extends Place {
	/** The digest of the bytes before the place. A file with other bytes there is another file. */
	check: string;
	/** Whether the whole file was sent. */
	done: boolean;
	/** The size and the time of the last change of a file that was sent as a whole. */
	stamp: string;
}

export type Marks = ReturnType<typeof openMarks>;

/** Opens the marks of the imports into `url`. `home: null`: there is no folder for marks, so nothing is remembered. */
export function openMarks(home: string | null, url: string) {
	const path = home === null ? null : join(home, 'import-progress.json');
	const marks = new Map<string, Mark>(Object.entries(path === null ? {} : read(path)));
	const touched = new Set<string>();
	let savedAt = 0;

	const keyOf = (file: string): string => `${url} ${realpathSync(file)}`;
	function save(): void {
		if (path === null) return;
		savedAt = Date.now();
		writeFileSync(`${path}.new`, JSON.stringify(Object.fromEntries(marks)), { mode: 0o600 });
		renameSync(`${path}.new`, path);
	}

	return {
		/** Returns where an interrupted import of this file continues; `null`: at the beginning; `done`: it is sent. */
		async find(file: string): Promise<Place | 'done' | null> {
			const mark = marks.get(keyOf(file));
			if (!mark) return null;
			touched.add(keyOf(file));
			if (mark.done) return mark.stamp === stampOf(file) ? 'done' : null;
			return mark.check === (await checkOf(file, mark.offset)) ? mark : null;
		},

		/** Remembers that the file was sent up to this place. */
		async set(file: string, { offset, line }: Place, done: boolean): Promise<void> {
			if (path === null) return;
			touched.add(keyOf(file));
			if (!done && Date.now() - savedAt < SAVE_INTERVAL_MS) return;
			const check = await checkOf(file, offset);
			marks.set(keyOf(file), { offset, line, check, done, stamp: stampOf(file) });
			if (Date.now() - savedAt >= SAVE_INTERVAL_MS) save();
		},

		save,

		/** Forgets the files of this import, which is complete. */
		forget(): void {
			for (const key of touched) marks.delete(key);
			if (touched.size > 0) save();
		}
	};
}

function read(path: string): Record<string, Mark> {
	if (!existsSync(path)) return {};
	try {
		return JSON.parse(readFileSync(path, 'utf8')) as Record<string, Mark>;
	} catch {
		return {}; // Without marks, the import sends everything again, which stores nothing twice.
	}
}

function stampOf(file: string): string {
	const { size, mtimeMs } = statSync(file);
	return `${size} ${mtimeMs}`;
}

async function checkOf(file: string, offset: number): Promise<string> {
	const from = Math.max(0, offset - CHECKED_BYTES);
	const handle = await open(file);
	try {
		const { bytesRead, buffer } = await handle.read(Buffer.alloc(offset - from), 0, offset - from, from);
		return createHash('sha256').update(buffer.subarray(0, bytesRead)).digest('base64');
	} finally {
		await handle.close();
	}
}
