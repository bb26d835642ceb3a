// Finds, starts, awaits and stops the child processes of the launcher, so that no child process outlives the launcher.
import { spawn, spawnSync, type ChildProcess, type SpawnOptions } from 'node:child_process';
import {
	accessSync,
	constants,
	existsSync,
	readFileSync,
	readdirSync,
	readlinkSync,
	realpathSync,
	rmSync
} from 'node:fs';
import { createServer } from 'node:net';
import { delimiter, join, resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

/** The root folder of the project. */
export const root = resolve(import.meta.dirname, '..');

/** Returns a free port of 127.0.0.1. */
export const freePort = (): Promise<number> =>
	new Promise((done, fail) => {
		const server = createServer().on('error', fail);
		server.listen(0, '127.0.0.1', () => {
			const { port } = server.address() as { port: number };
			server.close(() => done(port));
		});
	});

/**
 * Returns the path of the first of these programs that PATH or an extra folder has. Returns `undefined` if no folder
 * has any of these programs.
 */
export function findProgram(names: readonly string[], extra: readonly string[]): string | undefined {
	const folders = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/bin', '/usr/local/bin', ...extra];
	for (const name of names) {
		for (const folder of folders) {
			const file = join(folder, name);
			try {
				accessSync(file, constants.X_OK);
				return file;
			} catch {
				continue;
			}
		}
	}
	return undefined;
}

/** Starts a program with its output on pipes, in a process group of its own. Ctrl-C does not reach this group. */
export const startProgram = (
	program: string,
	args: readonly string[],
	options: SpawnOptions = {}
): ChildProcess => spawn(program, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'], detached: true });

/**
 * Runs a program to its end, and returns its exit code and its output. If `signal` is aborted, kills the program with
 * all its children, and throws.
 */
export async function runProgram(
	program: string,
	args: readonly string[],
	options: SpawnOptions & { signal: AbortSignal }
): Promise<{ code: number | null; output: string }> {
	const { signal, ...rest } = options;
	signal.throwIfAborted();
	const child = startProgram(program, args, rest);
	let output = '';
	for (const stream of [child.stdout!, child.stderr!])
		stream.on('data', (data: Buffer) => (output += data.toString()));
	const kill = () => {
		try {
			if (child.pid) process.kill(-child.pid, 'SIGKILL');
		} catch {
			// The program has just ended.
		}
	};
	signal.addEventListener('abort', kill, { once: true });
	const code = await new Promise<number | null>((done) => {
		child.once('error', (error) => {
			output += error.message;
			done(null);
		});
		child.once('close', done);
	});
	signal.removeEventListener('abort', kill);
	signal.throwIfAborted();
	return { code, output: output.trim() };
}

export const hasEnded = (child: ChildProcess): boolean =>
	child.exitCode !== null || child.signalCode !== null || child.pid === undefined;

/** Sends `signal` to a child process and waits for the end of the process. Kills the process after `limitMs`. */
export function stopProcess(child: ChildProcess, signal: NodeJS.Signals, limitMs = 15_000): Promise<void> {
	if (hasEnded(child)) return Promise.resolve();
	return new Promise((done) => {
		const limit = setTimeout(() => child.kill('SIGKILL'), limitMs);
		child.once('exit', () => {
			clearTimeout(limit);
			done();
		});
		child.kill(signal);
	});
}

/**
 * Ends the processes that a killed launcher, or a killed PostgreSQL, left running on a data folder. `program` matches
 * their command line. The process of the pid file gets SIGINT, and time to stop cleanly.
 */
export async function endLeftovers(folder: string, pidFile: string, program: RegExp): Promise<void> {
	const main = existsSync(pidFile) ? Number.parseInt(readFileSync(pidFile, 'utf8')) : 0;
	const left = processesIn(folder, main).filter((pid) => program.test(commandOf(pid)));
	if (left.includes(main)) {
		process.kill(main, 'SIGINT');
		for (let i = 0; i < 200 && isAlive(main); i++) await pause(50);
	}
	for (const pid of left) if (isAlive(pid)) process.kill(pid, 'SIGKILL');
	for (let i = 0; i < 100 && left.some(isAlive); i++) await pause(20);
	// After a restart of the machine, another process may have the number in the file. PostgreSQL would not start then.
	if (existsSync('/proc/self/cwd')) rmSync(pidFile, { force: true });
}

/**
 * Returns the ids of the processes that work in this folder. A system without /proc does not tell this, and the
 * function returns `main`, the process of the pid file.
 */
function processesIn(folder: string, main: number): number[] {
	if (!existsSync('/proc/self/cwd')) return main && isAlive(main) ? [main] : [];
	if (!existsSync(folder)) return [];
	const path = realpathSync(folder);
	return readdirSync('/proc')
		.filter((name) => /^\d+$/.test(name))
		.map(Number)
		.filter((pid) => {
			try {
				return readlinkSync(`/proc/${pid}/cwd`) === path;
			} catch {
				return false; // the process has ended, or belongs to another user
			}
		});
}

/** Returns the command line of a process, or an empty text if there is no such process. */
export const commandOf = (pid: number): string =>
	existsSync(`/proc/${pid}/cmdline`)
		? readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ')
		: (spawnSync('ps', ['-o', 'args=', '-p', String(pid)], { encoding: 'utf8' }).stdout ?? '');

/** Returns whether the process exists. The error EPERM means that the process exists and belongs to another user. */
export function isAlive(pid: number): boolean {
	try {
		process.kill(pid, 0);
		return true;
	} catch (error) {
		return (error as NodeJS.ErrnoException).code === 'EPERM';
	}
}
