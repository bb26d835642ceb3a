// Finds an Alertmanager on this machine, and starts one with a configuration in a temporary folder, for tests and the
// benchmark. Set-up unpacks Debian's package if the machine has none.
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { findProgram, freePort, hasEnded, root, stopProcess } from './process.ts';

/** Set-up unpacks the package here. The unpacked program finds its files from this folder. */
const UNPACKED = join(root, '.cache/alertmanager');
/** `undefined`: there is no Alertmanager on this machine. */
export const ALERTMANAGER = findProgram(
	['prometheus-alertmanager', 'alertmanager'],
	[join(UNPACKED, 'usr/bin')]
);
const START_LIMIT_MS = 20_000;

/** Starts `ALERTMANAGER` on a free port of 127.0.0.1, with this configuration (YAML, or JSON as its subset). */
export async function runAlertmanager(config: string) {
	const folder = mkdtempSync(join(tmpdir(), 'causeway-alertmanager-'));
	const file = join(folder, 'alertmanager.yml');
	writeFileSync(file, config);
	const url = `http://127.0.0.1:${await freePort()}`;
	const program = spawn(
		ALERTMANAGER!,
		[
			`--config.file=${file}`,
			`--storage.path=${join(folder, 'data')}`,
			`--web.listen-address=${new URL(url).host}`,
			'--cluster.listen-address='
		],
		{
			stdio: ['ignore', 'ignore', 'pipe'],
			...(ALERTMANAGER!.startsWith(UNPACKED) ? { cwd: UNPACKED } : {})
		}
	);
	let lastWords = '';
	program.stderr.on('data', (data: Buffer) => (lastWords = (lastWords + data.toString()).slice(-500)));
	program.on('error', (error) => (lastWords = error.message));
	// A signal may end this process before it stops Alertmanager.
	const kill = (): void => {
		program.kill('SIGKILL');
		rmSync(folder, { recursive: true, force: true });
	};
	process.once('exit', kill);
	const stop = async (): Promise<void> => {
		await stopProcess(program, 'SIGTERM');
		process.off('exit', kill);
		rmSync(folder, { recursive: true, force: true });
	};
	const isReady = async (): Promise<boolean> =>
		(await fetch(`${url}/-/ready`).catch(() => null))?.ok ?? false;
	for (const end = Date.now() + START_LIMIT_MS; !(await isReady()); await pause(50)) {
		if (!hasEnded(program) && Date.now() < end) continue;
		await stop();
		throw new Error(`Alertmanager did not start: ${lastWords.trim() || 'it printed nothing'}`);
	}
	return { url, pid: program.pid!, [Symbol.asyncDispose]: stop };
}
