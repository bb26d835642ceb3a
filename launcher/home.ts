// Creates the folder of an instance, and checks whether the folder can hold an instance.
import { mkdirSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** A new PostgreSQL takes 60 MB, and stops when the disk is full. */
const LEAST_FREE_MB = 100;
const ELSEWHERE = 'set CAUSEWAY_HOME to a folder on another disk';

/**
 * Creates the folder if it is missing. Returns one line with the setting, the cause and the remedy, or `undefined` if the
 * folder can hold an instance.
 */
export function prepareHome(home: string): string | undefined {
	try {
		mkdirSync(home, { recursive: true, mode: 0o755 });
		const { bavail, bsize } = statfsSync(home);
		const freeMb = Math.floor((bavail * bsize) / 2 ** 20);
		if (freeMb < LEAST_FREE_MB)
			return `CAUSEWAY_HOME: the disk of ${home} has ${freeMb} MB free, and Causeway needs ${LEAST_FREE_MB} MB. Free space, or ${ELSEWHERE}`;
		const probe = join(home, '.write-check');
		writeFileSync(probe, '');
		rmSync(probe);
		return undefined;
	} catch (error) {
		const { code } = error as NodeJS.ErrnoException;
		if (code === 'EEXIST' || code === 'ENOTDIR')
			return `CAUSEWAY_HOME: ${home} is a file or lies below a file. Set CAUSEWAY_HOME to a folder`;
		if (code === 'ENOSPC') return `CAUSEWAY_HOME: the disk of ${home} is full. Free space, or ${ELSEWHERE}`;
		return `CAUSEWAY_HOME: ${home} cannot be written (${code}). Make it writable for this user, or set CAUSEWAY_HOME to another folder`;
	}
}
