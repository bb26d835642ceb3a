// Keeps a process running: writes the log of the process to a file, prints the warnings, and restarts the process when
// it ends. Before each restart in quick succession, the launcher waits twice as long as before the previous restart.
import { fork, type ChildProcess } from 'node:child_process';
import { createWriteStream, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { root, stopProcess } from './process.ts';

export interface Supervised {
	/**
	 * Resolves when the process first reports that it is ready. Rejects when the process ends too often before its
	 * first report.
	 */
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
	/**
	 * Whether the process prints lines for people and not a JSON log. Such a process never reports that it is ready.
	 */
	printsForPeople?: boolean;
}

/** The start fails if the process ends this many times before it first reports that it is ready. */
const STARTS_BEFORE_GIVING_UP = 3;
/** If a process ran longer than this time (ms), the count of quick restarts begins again. */
const STABLE_AFTER_MS = 60_000;
/** The number of pino for the level "warn". */
const WARN_LEVEL = 40;

/** Starts the process and keeps the process running until `stop`. */
export function supervise(options: Options): Supervised {
	const { name, script, flags, env, home, say, printsForPeople = false } = options;
	mkdirSync(join(home, 'logs'), { recursive: true });
	const log = createWriteStream(join(home, 'logs', `${name}.log`), { flags: 'a' });
	let child: ChildProcess;
	let stopping = false;
	let wasReady = printsForPeople;
	let quickRestarts = 0;
	let resolveReady: () => void = () => {};
	let rejectReady: (error: Error) => void = () => {};
	const ready = new Promise<void>((resolve, reject) => {
		resolveReady = resolve;
		rejectReady = reject;
	});
	if (printsForPeople) resolveReady();

	function run(): void {
		const startedAt = Date.now();
		// `detached` gives the process a process group of its own. Ctrl-C then reaches only the launcher, which stops
		// all processes in order.
		child = fork(join(root, script), {
			cwd: root,
			env,
			execArgv: [...flags],
			stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
			detached: true
		});
		let lastError = '';
		createInterface({ input: child.stdout! }).on('line', (line) =>
			printsForPeople ? console.log(line) : writeLog(line)
		);
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
			quickRestarts = Date.now() - startedAt > STABLE_AFTER_MS ? 1 : quickRestarts + 1;
			const why = `${name} ended (${signal ?? `code ${code}`})${lastError ? `: ${lastError}` : ''}`;
			if (!wasReady && quickRestarts >= STARTS_BEFORE_GIVING_UP)
				return rejectReady(new Error(`${why}. The log is ${join(home, 'logs', `${name}.log`)}`));
			if (printsForPeople && code === 0) return;
			const pauseMs = Math.min(250 * 2 ** quickRestarts, 10_000);
			say(`${why}; restarting it in ${pauseMs / 1000} s`);
			setTimeout(() => stopping || run(), pauseMs);
		});
	}

	/** Writes a line to the log file. Prints the line if it is a warning, an error, or no JSON. */
	function writeLog(line: string): void {
		log.write(`${line}\n`);
		try {
			const entry = JSON.parse(line) as { level: number; msg: string; error?: string };
			if (entry.level >= WARN_LEVEL)
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
