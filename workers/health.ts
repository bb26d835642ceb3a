// Checks the health of the worker process of this container: prints one line, and ends with 0 if the heartbeat is
// recent, otherwise with 1. The worker process writes the heartbeat to HEARTBEAT_FILE.
import { statSync } from 'node:fs';
import { loadConfig, readEnvFile } from '#lib/server/process/config.ts';
import { LONGEST_SILENCE_MS } from './heartbeat.ts';

const [isHealthy, line] = checkHeartbeat();
process.stdout.write(`${line}\n`);
process.exitCode = isHealthy ? 0 : 1;

function checkHeartbeat(): [isHealthy: boolean, line: string] {
	let file: string | undefined;
	try {
		readEnvFile();
		file = loadConfig().heartbeatFile;
	} catch (error) {
		return [false, (error as Error).message];
	}
	if (file === undefined)
		return [false, 'HEARTBEAT_FILE is not set. Set it for the worker and for this command'];
	const heartbeat = statSync(file, { throwIfNoEntry: false });
	if (!heartbeat) return [false, `the worker has not written ${file} yet`];
	const ageMs = Date.now() - heartbeat.mtimeMs;
	const age = `the last heartbeat of the worker is ${Math.round(ageMs / 1000)} s old`;
	return [ageMs < LONGEST_SILENCE_MS, age];
}
