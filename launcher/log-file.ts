// Writes the output of a process to a log file, and rotates the file by its size: web.log, web.log.1, web.log.2.
// A full disk must not end the launcher, so a line that cannot be written is dropped.
import { closeSync, fstatSync, mkdirSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';

export interface LogFile {
	path: string;
	write(line: string): void;
	close(): void;
}

/** `mostBytes`: the size at which the file is rotated. `files`: the number of files that are kept, at least 1. */
export function openLogFile(path: string, { mostBytes = 10 * 2 ** 20, files = 5 } = {}): LogFile {
	let file: number | undefined;
	let bytes = 0;

	function open(): number {
		mkdirSync(dirname(path), { recursive: true });
		file = openSync(path, 'a');
		bytes = fstatSync(file).size;
		return file;
	}

	function close(): void {
		if (file !== undefined) closeSync(file);
		file = undefined;
	}

	function rotate(): void {
		close();
		if (files === 1) return rmSync(path, { force: true });
		for (let number = files - 2; number >= 0; number--) {
			const from = number === 0 ? path : `${path}.${number}`;
			try {
				renameSync(from, `${path}.${number + 1}`);
			} catch (error) {
				if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
			}
		}
	}

	return {
		path,
		write(line) {
			try {
				const target = file ?? open();
				bytes += writeSync(target, `${line}\n`);
				if (bytes >= mostBytes) rotate();
			} catch {
				close(); // the next line opens the file again
			}
		},
		close
	};
}
