// Finds, starts, awaits and stops the child processes of the launcher, so that no child process outlives the launcher.
import { spawn, spawnSync, type ChildProcess, type SpawnOptions } from 'node:child_process';
import { accessSync, constants, existsSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { delimiter, join, resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

/** The root folder of the project. */
export const root = resolve(import.meta.dirname, '..');

export interface Service {
	name: string;
	url: string;
	child: ChildProcess;
	/** The signal that stops this service cleanly. */
	signal: NodeJS.Signals;
}

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

/** The last 2,000 characters that each service printed. The error text shows these characters if the service fails. */
const output = new WeakMap<ChildProcess, () => string>();

/** Starts a service and remembers the end of its output. */
export function startProcess(program: string, args: readonly string[], options: SpawnOptions): ChildProcess {
	const child = spawn(program, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'], detached: true });
	let tail = '';
	const remember = (data: Buffer) => (tail = (tail + data.toString()).slice(-2000));
	child.stdout!.on('data', remember);
	child.stderr!.on('data', remember);
	child.on('error', (error) => (tail += error.message));
	output.set(child, () => tail.trim());
	return child;
}

/** Waits until `ready` returns true. Throws the child's last output if the child ends or needs more than 30 s. */
export async function waitFor(
	name: string,
	child: ChildProcess,
	ready: () => Promise<boolean>
): Promise<void> {
	const until = Date.now() + 30_000;
	while (!(await ready())) {
		if (child.exitCode !== null || child.signalCode !== null || Date.now() > until)
			throw new Error(`${name} did not start. Its last output: ${output.get(child)?.() || '(none)'}`);
		await pause(50);
	}
}

/** Sends `signal` to a child process and waits for the end of the process. Kills the process after `limitMs`. */
export function stopProcess(child: ChildProcess, signal: NodeJS.Signals, limitMs = 15_000): Promise<void> {
	if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
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
 * Stops the service that a killed launcher left running on this data folder. `program` matches the command line of the
 * service.
 */
export async function stopLeftover(pidFile: string, program: RegExp): Promise<void> {
	const pid = existsSync(pidFile) ? Number.parseInt(readFileSync(pidFile, 'utf8')) : 0;
	if (!pid || !program.test(commandOf(pid))) return;
	process.kill(pid, 'SIGINT');
	for (let i = 0; i < 200 && isAlive(pid); i++) await pause(50);
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
