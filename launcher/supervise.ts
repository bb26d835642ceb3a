// Keeps every child process of the launcher running: PostgreSQL, Redis, web, worker and the demo feed. Writes the output
// of each process to a log file, prints the warnings, and starts a process again when it ends.
import type { ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';
import { startGuard, type Guard } from './guard.ts';
import { openLogFile } from './log-file.ts';
import { hasEnded, stopProcess } from './process.ts';
import { causeOf, remedyOf } from './remedy.ts';

/** A process that the launcher keeps running. */
export interface Program {
	/** The name in the lines for people. In lower case, it is also the name of the log file. */
	name: string;
	/**
	 * Starts the process, with its output on pipes. `lastWords` is the cause that the process printed before it last
	 * ended, or an empty text.
	 */
	spawn(lastWords: string): ChildProcess | Promise<ChildProcess>;
	/** How the launcher learns that the process is ready: a message of the process, a check, or no condition. */
	ready: 'message' | 'at once' | (() => Promise<boolean>);
	/** What the process prints: entries of a JSON log, lines for people, or a log of its own form. */
	prints: 'entries' | 'lines' | 'own log';
	stopSignal: NodeJS.Signals;
	stopLimitMs: number;
	/**
	 * Whether nothing works without this process. The guard stops such a process after a kill of the launcher, and the
	 * launcher ends if such a process ends too often.
	 */
	isVital: boolean;
}

export interface Supervised {
	/** Resolves when the process is first ready. Rejects when it ends too often before that. */
	ready: Promise<void>;
	stop(): Promise<void>;
}

export interface Supervision {
	/** Aborted when the supervision begins to stop: nothing starts after that. */
	signal: AbortSignal;
	say(line: string): void;
	run(program: Program): Supervised;
	/** Stops all processes, the last started process first. */
	stop(): Promise<void>;
}

interface Options {
	/** The folder of the instance, for the log files. */
	home: string;
	/** The rotation of the log files. */
	logFiles?: { mostBytes: number; files: number };
	say(line: string): void;
	/** Receives one line with the cause and the remedy when a vital process ends too often. */
	giveUp(line: string): void;
}

/** The start fails if a process ends this many times before it is first ready. */
const STARTS_BEFORE_FAILURE = 3;
/** The launcher gives up if a vital process ends this many times in a row, each time soon after its start. */
const QUICK_ENDS_BEFORE_GIVING_UP = 6;
/** If a process ran longer than this time (ms), the count of quick ends begins again. */
const STABLE_AFTER_MS = 60_000;
const FIRST_PAUSE_MS = 250;
/** How long after Ctrl-C ended a process the launcher waits for its own interrupt (ms). */
const INTERRUPTED_MS = 100;
const LONGEST_PAUSE_MS = 10_000;
/** The launcher says that a process is still starting after this time (ms). */
const SLOW_START_MS = 15_000;
/** The number of pino for the level "warn". */
const WARN_LEVEL = 40;

export function createSupervision(options: Options): Supervision {
	const stopping = new AbortController();
	const all: Supervised[] = [];
	let guard: Guard | undefined;
	return {
		signal: stopping.signal,
		say: options.say,
		run(program) {
			stopping.signal.throwIfAborted();
			if (program.isVital) guard ??= startGuard();
			const supervised = keepRunning(program, options, stopping.signal, program.isVital ? guard : undefined);
			all.push(supervised);
			return supervised;
		},
		async stop() {
			stopping.abort(new Error('the launcher stops'));
			for (const supervised of [...all].reverse()) await supervised.stop();
			guard?.dismiss();
		}
	};
}

/** `launcher`: aborts as soon as the launcher stops, before it stops this process. */
function keepRunning(
	program: Program,
	options: Options,
	launcher: AbortSignal,
	guard: Guard | undefined
): Supervised {
	const { name, isVital } = program;
	const { say, giveUp } = options;
	const log = openLogFile(join(options.home, 'logs', `${name.toLowerCase()}.log`), options.logFiles);
	const stopping = new AbortController();
	const ready = Promise.withResolvers<void>();
	// A caller that stops before it awaits `ready` must not end the launcher with an unhandled rejection.
	ready.promise.catch(() => {});
	let wasReady = false;
	let child: ChildProcess | undefined;
	let lastWords = '';

	async function keep(): Promise<void> {
		let quickEnds = 0;
		let endedAt = 0;
		while (!stopping.signal.aborted) {
			const startedAt = Date.now();
			const end = await runOnce(() => {
				if (endedAt > 0)
					say(`${name} is running again after ${((Date.now() - endedAt) / 1000).toFixed(1)} s`);
			});
			// Ctrl-C reaches the process too, and at times before the launcher.
			if (end === 'SIGINT') await pause(INTERRUPTED_MS, undefined, { signal: launcher }).catch(() => {});
			if (stopping.signal.aborted || launcher.aborted) return;
			endedAt = Date.now();
			quickEnds = endedAt - startedAt > STABLE_AFTER_MS ? 1 : quickEnds + 1;
			const why = `${name} ended (${end})${lastWords ? `: ${lastWords}` : ''}`;
			const advice = `${remedyOf(lastWords, options.home)} The log is ${log.path}`;
			if (!wasReady && quickEnds >= STARTS_BEFORE_FAILURE)
				return ready.reject(new Error(`${why}. ${advice}`));
			if (isVital && quickEnds >= QUICK_ENDS_BEFORE_GIVING_UP)
				return giveUp(`${why}. It ended ${quickEnds} times in a row. ${advice}`);
			if (program.prints === 'lines' && end === 'code 0') return;
			const pauseMs = Math.min(FIRST_PAUSE_MS * 2 ** (quickEnds - 1), LONGEST_PAUSE_MS);
			// The line is printed at the 1st, 2nd, 4th, 8th end in a row, so that a crash loop does not fill the console.
			if (Number.isInteger(Math.log2(quickEnds)))
				say(
					`${why}${quickEnds > 1 ? ` (${quickEnds} times in a row)` : ''}; restarting it in ${pauseMs / 1000} s`
				);
			await pause(pauseMs, undefined, { signal: stopping.signal }).catch(() => {});
		}
	}

	/** Starts the process, waits for its end, and returns how it ended. */
	async function runOnce(isReadyAgain: () => void): Promise<string> {
		let started: ChildProcess;
		try {
			started = await program.spawn(lastWords);
		} catch (error) {
			lastWords = (error as Error).message.split('\n')[0]!;
			return 'not started';
		}
		child = started;
		lastWords = '';
		readOutput(started);
		const { promise: end, resolve: ended } = Promise.withResolvers<string>();
		started.once('error', (error) => ended((lastWords = error.message)));
		started.once('exit', (code, signal) => ended(signal ?? `code ${code}`));
		if (stopping.signal.aborted) await stopProcess(started, program.stopSignal, program.stopLimitMs);
		else if (started.pid) guard?.watch(started.pid, program.stopSignal);
		void whenReady(started).then((isReady) => {
			if (!isReady) return;
			wasReady = true;
			ready.resolve();
			isReadyAgain();
		});
		const how = await end;
		if (started.pid) guard?.release(started.pid);
		// The last lines may arrive after the end. A child of the process can hold the pipe open, so the wait is short.
		await Promise.race([new Promise((done) => started.once('close', done)), pause(200)]);
		return how;
	}

	/** Waits until the process is ready. Returns `false` if it ends before. */
	async function whenReady(started: ChildProcess): Promise<boolean> {
		const { ready: check } = program;
		if (check === 'at once') return true;
		if (check === 'message')
			return new Promise((done) => {
				started.on('message', (message) => message === 'ready' && done(true));
				started.once('exit', () => done(false));
			});
		const startedAt = Date.now();
		let isSlow = false;
		while (!hasEnded(started)) {
			if (await check()) return true;
			if (!isSlow && Date.now() - startedAt > SLOW_START_MS) {
				isSlow = true;
				say(`${name} is still starting; it repairs its data after a crash, which can take minutes`);
			}
			await pause(50);
		}
		return false;
	}

	function readOutput(started: ChildProcess): void {
		for (const stream of [started.stdout!, started.stderr!])
			createInterface({ input: stream }).on('line', (line) => {
				if (program.prints === 'lines' && stream === started.stdout) return console.log(line);
				log.write(line);
				if (program.prints === 'entries' && stream === started.stdout) return printEntry(line);
				lastWords = causeOf(line) ?? lastWords;
			});
	}

	/** Prints an entry of a JSON log that is a warning or an error, and a line that is no JSON. */
	function printEntry(line: string): void {
		try {
			const entry = JSON.parse(line) as { level: number; msg: string; error?: string };
			if (entry.level < WARN_LEVEL) return;
			say(`${name}: ${entry.msg}${entry.error ? ` (${entry.error.split('\n')[0]})` : ''}`);
		} catch {
			if (line.trim()) say(`${name}: ${line.slice(0, 200)}`);
		}
	}

	const kept = keep();
	return {
		ready: ready.promise,
		async stop() {
			stopping.abort();
			ready.reject(new Error('the launcher stops'));
			if (child) await stopProcess(child, program.stopSignal, program.stopLimitMs);
			await kept;
			log.close();
		}
	};
}
