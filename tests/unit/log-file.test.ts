// Checks the rotation of log files: by size, with a bounded number of files, and without an error on a full disk.
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { openLogFile } from '../../launcher/log-file.ts';

const folder = mkdtempSync(join(tmpdir(), 'causeway-log-'));
const path = join(folder, 'logs/web.log');
afterEach(() => rmSync(join(folder, 'logs'), { recursive: true, force: true }));

/** Returns the contents of the log files, by name. */
const contents = (): Record<string, string> =>
	Object.fromEntries(
		readdirSync(join(folder, 'logs')).map((name) => [name, readFileSync(join(folder, 'logs', name), 'utf8')])
	);

describe('a log file', () => {
	it('is rotated at its size, keeps whole lines, and drops the oldest file', () => {
		const log = openLogFile(path, { mostBytes: 10, files: 3 });
		for (const line of ['line 1', 'line 2', 'line 3', 'line 4', 'line 5', 'line 6', 'line 7'])
			log.write(line);
		log.close();
		expect(contents()).toEqual({
			'web.log': 'line 7\n',
			'web.log.1': 'line 5\nline 6\n',
			'web.log.2': 'line 3\nline 4\n'
		});
	});

	it('goes on where the last process stopped, and counts what that process wrote', () => {
		const first = openLogFile(path, { mostBytes: 10, files: 2 });
		first.write('line 1');
		first.close();
		const second = openLogFile(path, { mostBytes: 10, files: 2 });
		second.write('line 2');
		second.write('line 3');
		second.close();
		expect(contents()).toEqual({ 'web.log': 'line 3\n', 'web.log.1': 'line 1\nline 2\n' });
	});

	it('is the only file if one file is kept', () => {
		const log = openLogFile(path, { mostBytes: 10, files: 1 });
		for (const line of ['line 1', 'line 2', 'line 3']) log.write(line);
		log.close();
		expect(contents()).toEqual({ 'web.log': 'line 3\n' });
	});

	it('has at most 10 MB in each of five files', () => {
		const log = openLogFile(path);
		const megabyte = 'x'.repeat(2 ** 20 - 1);
		for (let count = 0; count < 65; count++) log.write(megabyte);
		log.close();
		const sizes = readdirSync(join(folder, 'logs')).map((name) => [
			name,
			statSync(join(folder, 'logs', name)).size / 2 ** 20
		]);
		expect(Object.fromEntries(sizes)).toEqual({
			'web.log': 5,
			'web.log.1': 10,
			'web.log.2': 10,
			'web.log.3': 10,
			'web.log.4': 10
		});
	});

	it('loses a line that cannot be written, and goes on with the next line', () => {
		writeFileSync(join(folder, 'logs'), 'a file in the place of the folder');
		const log = openLogFile(path, { mostBytes: 10, files: 2 });
		log.write('lost');
		rmSync(join(folder, 'logs'));
		mkdirSync(join(folder, 'logs'));
		log.write('kept');
		log.close();
		expect(contents()).toEqual({ 'web.log': 'kept\n' });
	});
});
