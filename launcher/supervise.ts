// Keeps a process running: its log goes to a file, warnings to the console in plain words, and when it dies it is
// started again, a little later each time.
import { fork, type ChildProcess } from 'node:child_process';
import { createWriteStream, mkdirSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { join } from 'node:path';
import { root, stopProcess } from './process.ts';

export interface Supervised {
	/** The first time that it says it is ready. */
	ready: Promise<void>;
	stop(): Promise<void>;
}

interface Options {
	name: string;
	script: string;
	flags: readonly string[];
	env: NodeJS.ProcessEnv;
	home: string;
	say(line: string): void;
	/** Its own lines are for the reader, and it has no need to say that it is ready. */
	talks?: boolean;
}

const FIRST_TRIES = 3;

export function supervise({ name, script, flags, env, home, say, talks = false }: Options): Supervised {
	mkdirSync(join(home, 'logs'), { recursive: true });
	const log = createWriteStream(join(home, 'logs', `${name}.log`), { flags: 'a' });
	let child: ChildProcess;
	let stopping = false;
	let wasReady = talks;
	let deaths = 0;
	let resolveReady: () => void = () => {};
	let rejectReady: (error: Error) => void = () => {};
	const ready = new Promise<void>((resolve, reject) => {
		resolveReady = resolve;
		rejectReady = reject;
	});
	if (talks) resolveReady();

	function run(): void {
		const began = Date.now();
		// In a group of its own, so that Ctrl-C reaches the launcher alone and all is stopped in order.
		child = fork(join(root, script), {
			cwd: root,
			env,
			execArgv: [...flags],
			stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
			detached: true
		});
		let lastError = '';
		createInterface({ input: child.stdout! }).on('line', (line) => (talks ? console.log(line) : take(line)));
		createInterface({ input: child.stderr! }).on('line', (line) => {
			log.write(`${line}\n`);
			if (line.trim() && !/^\s+at |^Node\.js|ExperimentalWarning/.test(line)) lastError = line.trim();
		});
		child.on('message', (message) => {
			if (message !== 'ready') return;
			wasReady = true;
			resolveReady();
		});
		child.on('exit', (code, signal) => {
			if (stopping) return;
			deaths = Date.now() - began > 60_000 ? 1 : deaths + 1;
			const why = `${name} ended (${signal ?? `code ${code}`})${lastError ? `: ${lastError}` : ''}`;
			if (!wasReady && deaths >= FIRST_TRIES)
				return rejectReady(new Error(`${why}; the log is ${join(home, 'logs', `${name}.log`)}`));
			if (talks && code === 0) return;
			const pause = Math.min(250 * 2 ** deaths, 10_000);
			say(`${why}; starting it again in ${pause / 1000} s`);
			setTimeout(() => stopping || run(), pause);
		});
	}

	/** A line of the log: all of it to the file, what matters to the console. */
	function take(line: string): void {
		log.write(`${line}\n`);
		try {
			const entry = JSON.parse(line) as { level: number; msg: string; error?: string };
			if (entry.level >= 40)
				say(`${name}: ${entry.msg}${entry.error ? ` (${entry.error.split('\n')[0]})` : ''}`);
		} catch {
			if (line.trim()) say(`${name}: ${line.slice(0, 200)}`);
		}
	}

	run();
	return {
		ready,
		async stop() {
			stopping = true;
			await stopProcess(child, 'SIGTERM', 25_000);
			log.end();
		}
	};
}
