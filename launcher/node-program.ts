// Describes a script of the project as a program that the launcher keeps running: web, worker or the demo feed.
import { fork } from 'node:child_process';
import { devNull } from 'node:os';
import { join } from 'node:path';
import { root } from './process.ts';
import type { Program } from './supervise.ts';

interface Options {
	name: string;
	script: string;
	flags: readonly string[];
	env: NodeJS.ProcessEnv;
	/**
	 * Whether the process prints lines for people and not a JSON log. Such a process never reports that it is ready.
	 */
	printsForPeople?: boolean;
}

export const nodeProgram = ({ name, script, flags, env, printsForPeople = false }: Options): Program => ({
	name,
	// `detached` gives the process a process group of its own. Ctrl-C then reaches only the launcher, which stops all
	// processes in order.
	spawn: () =>
		fork(join(root, script), {
			cwd: root,
			// The settings are complete: the parent has read .env.
			env: { ...env, ENV_FILE: devNull },
			execArgv: [...flags],
			stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
			detached: true
		}),
	ready: printsForPeople ? 'at once' : 'message',
	prints: printsForPeople ? 'lines' : 'entries',
	stopSignal: 'SIGTERM',
	stopLimitMs: 25_000,
	isVital: false
});
