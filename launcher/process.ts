// Child processes of the launcher: how they are found, started, awaited and stopped, so that none is left behind.
import { spawn, spawnSync, type ChildProcess, type SpawnOptions } from 'node:child_process';
import { accessSync, constants, existsSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { delimiter, join, resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

export const root = resolve(import.meta.dirname, '..');

export interface Service {
	name: string;
	url: string;
	child: ChildProcess;
	signal: NodeJS.Signals;
}

export const freePort = (): Promise<number> =>
	new Promise((done, fail) => {
		const server = createServer().on('error', fail);
		server.listen(0, '127.0.0.1', () => {
			const { port } = server.address() as { port: number };
			server.close(() => done(port));
		});
	});

/** The first of these programs on PATH or in the extra folders. */
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

const output = new WeakMap<ChildProcess, () => string>();

/** Starts a service; the end of its output is kept for the message when it fails. */
export function startProcess(program: string, args: readonly string[], options: SpawnOptions): ChildProcess {
	const child = spawn(program, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'], detached: true });
	let tail = '';
	const keep = (data: Buffer) => (tail = (tail + data.toString()).slice(-2000));
	child.stdout!.on('data', keep);
	child.stderr!.on('data', keep);
	child.on('error', (error) => (tail += error.message));
	output.set(child, () => tail.trim());
	return child;
}

/** Asks until `ready` says yes; throws with the child's own words when it ends or takes longer than 30 s. */
export async function waitFor(
	name: string,
	child: ChildProcess,
	ready: () => Promise<boolean>
): Promise<void> {
	const until = Date.now() + 30_000;
	while (!(await ready())) {
		if (child.exitCode !== null || child.signalCode !== null || Date.now() > until)
			throw new Error(`${name} did not start: ${output.get(child)?.() || 'no output'}`);
		await pause(50);
	}
}

/** Asks a child to end and waits; after `limitMs` it is killed. */
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

/** A service that an earlier, killed start has left on this data is stopped first. */
export async function stopLeftover(pidFile: string, program: RegExp): Promise<void> {
	const pid = existsSync(pidFile) ? Number.parseInt(readFileSync(pidFile, 'utf8')) : 0;
	if (!pid || !program.test(commandOf(pid))) return;
	process.kill(pid, 'SIGINT');
	for (let i = 0; i < 200 && isAlive(pid); i++) await pause(50);
}

/** The command line of a process, or '' where there is none. */
export const commandOf = (pid: number): string =>
	existsSync(`/proc/${pid}/cmdline`)
		? readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ')
		: (spawnSync('ps', ['-o', 'args=', '-p', String(pid)], { encoding: 'utf8' }).stdout ?? '');

export function isAlive(pid: number): boolean {
	try {
		process.kill(pid, 0);
		return true;
	} catch (error) {
		return (error as NodeJS.ErrnoException).code === 'EPERM';
	}
}
