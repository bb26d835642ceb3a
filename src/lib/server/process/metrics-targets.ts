// Tells Prometheus where the processes of an installation serve their metrics: one file for each process, in the format
// of file-based service discovery (`file_sd_configs`).
import { mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import type { Config } from './config.ts';
import type { Log } from './log.ts';

export const METRICS_PATH = '/api/v1/metrics';
const FOLDER = 'metrics-targets';

/**
 * Writes the file of this process, and removes the files of processes of this machine that have ended. Returns a
 * function that removes the file. A folder that cannot be written is no reason to stop.
 */
export function announceMetrics(
	process_: 'web' | 'worker',
	port: number,
	{ home, host }: Pick<Config, 'home' | 'host'>,
	log: Log
): () => void {
	const folder = join(home, FOLDER);
	const file = join(folder, `${process_}-${hostname()}-${process.pid}.json`);
	const address = /^(0\.0\.0\.0|::)$/.test(host) ? '127.0.0.1' : host;
	const target = `${address.includes(':') ? `[${address}]` : address}:${port}`;
	try {
		mkdirSync(folder, { recursive: true });
		removeEnded(folder);
		// Prometheus never reads half a file, because the file gets its name only when it is complete.
		writeFileSync(
			`${file}.tmp`,
			`${JSON.stringify([{ targets: [target], labels: { __metrics_path__: METRICS_PATH, process: process_ } }])}\n`
		);
		renameSync(`${file}.tmp`, file);
	} catch (error) {
		log.debug({ error: (error as Error).message }, 'the target of the metrics was not written');
	}
	return () => rmSync(file, { force: true });
}

function removeEnded(folder: string): void {
	for (const name of readdirSync(folder)) {
		const pid = /^(?:web|worker)-(.+)-(\d+)\.json$/.exec(name);
		if (pid?.[1] === hostname() && !isRunning(Number(pid[2]))) rmSync(join(folder, name), { force: true });
	}
}

function isRunning(pid: number): boolean {
	try {
		process.kill(pid, 0);
		return true;
	} catch (error) {
		return (error as NodeJS.ErrnoException).code === 'EPERM';
	}
}
