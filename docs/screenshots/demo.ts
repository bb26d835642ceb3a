// Starts a demo of its own for the pictures, on a free port and in a new folder.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { freePort } from '../../launcher/process.ts';

export const PROJECT = resolve(import.meta.dirname, '../..');
const START_LIMIT_MS = 5 * 60_000;

/** Starts the demo, and waits until it has told its address. Disposing of it ends it and deletes its data. */
export async function startDemo(): Promise<AsyncDisposable & { origin: string }> {
	const home = mkdtempSync(join(tmpdir(), 'causeway-screenshots-'));
	const port = await freePort();
	const demo = spawn(process.execPath, ['launcher/start.ts', '--demo'], {
		cwd: PROJECT,
		env: { ...process.env, CAUSEWAY_HOME: home, PORT: String(port), ORIGIN: '' },
		stdio: ['ignore', 'pipe', 'inherit']
	});
	const ended = once(demo, 'exit');
	const close = async () => {
		demo.kill('SIGINT');
		await ended;
		rmSync(home, { recursive: true, force: true });
	};
	let output = '';
	try {
		await new Promise<void>((done, fail) => {
			const limit = setTimeout(
				() => fail(new Error(`the demo did not start in time:\n${output}`)),
				START_LIMIT_MS
			);
			// The further output is read and dropped, so that the demo never waits for a reader.
			demo.stdout.on('data', (chunk: Buffer) => {
				output += String(chunk);
				if (!/^ready /m.test(output)) return;
				clearTimeout(limit);
				output = '';
				done();
			});
			demo.once('exit', (code) => fail(new Error(`the demo ended with ${code}:\n${output}`)));
		});
	} catch (error) {
		await close();
		throw error;
	}
	return { origin: `http://127.0.0.1:${port}`, [Symbol.asyncDispose]: close };
}
