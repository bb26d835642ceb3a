// Starts `npm start` without npm: the real launcher on a folder and a port of its own. Finds the processes of a folder.
import { spawn, type ChildProcess } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, readdirSync, readlinkSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, vi } from 'vitest';

export interface Started {
	child: ChildProcess;
	/** Everything that the launcher has printed. */
	output(): string;
	/** The exit code, or `null` if a signal ended the launcher. */
	ended: Promise<number | null>;
}

/** The launchers and folders of a test file. `clean` stops and removes all of them. */
export function createLaunchers() {
	const running: Started[] = [];
	const homes: string[] = [];
	return {
		newHome(): string {
			const home = mkdtempSync(join(tmpdir(), 'causeway-launcher-'));
			chmodSync(home, 0o755); // PostgreSQL may run as another user, who must be able to enter the folder
			homes.push(home);
			return home;
		},
		/** Starts the launcher on this folder. `settings` are further environment variables. */
		launch(home: string, port: number | string, settings: Record<string, string> = {}): Started {
			const started = startCommand(process.execPath, ['launcher/start.ts'], {
				CAUSEWAY_HOME: home,
				PORT: String(port),
				...settings
			});
			running.push(started);
			return started;
		},
		async clean(): Promise<void> {
			for (const { child, ended } of running.splice(0)) {
				child.kill('SIGTERM');
				await ended;
			}
			for (const home of homes.splice(0)) rmSync(home, { recursive: true, force: true });
		}
	};
}

/** Starts a command of the project with these settings, and without the settings of the tests themselves. */
export function startCommand(
	program: string,
	args: readonly string[],
	settings: Record<string, string>
): Started {
	const {
		DATABASE_URL: _database,
		REDIS_URL: _redis,
		AUTH_SECRET: _secret,
		VITEST: _vitest,
		NODE_OPTIONS: _options,
		...env
	} = process.env;
	const child = spawn(program, args, { env: { ...env, ...settings }, stdio: ['ignore', 'pipe', 'pipe'] });
	let text = '';
	child.stdout.on('data', (data: Buffer) => (text += data.toString()));
	child.stderr.on('data', (data: Buffer) => (text += data.toString()));
	return { child, output: () => text, ended: new Promise((done) => child.once('close', done)) };
}

/** Waits until the launcher is ready, and returns its address. */
export const ready = (started: Started): Promise<string> => printed(started, /^ready (\S+)$/m);

/** Waits until the output matches, and returns the first group of the match, or the whole match. */
export const printed = (started: Started, pattern: RegExp, timeout = 90_000): Promise<string> =>
	vi.waitFor(
		() => {
			const match = pattern.exec(started.output());
			if (!match && started.child.exitCode !== null) throw new Error(started.output());
			expect(match, started.output()).not.toBeNull();
			return match![1] ?? match![0];
		},
		{ timeout, interval: 50 }
	);

/** Returns the ids of processes whose command line, working folder or CAUSEWAY_HOME names the folder `home`. */
export function processesOf(home: string): number[] {
	return readdirSync('/proc')
		.filter((name) => /^\d+$/.test(name))
		.map(Number)
		.filter((pid) => {
			try {
				return (
					commandLine(pid).includes(home) ||
					readlinkSync(`/proc/${pid}/cwd`).startsWith(home) ||
					readFileSync(`/proc/${pid}/environ`, 'utf8').includes(`CAUSEWAY_HOME=${home}\0`)
				);
			} catch {
				return false;
			}
		});
}

/** Returns the processes of this folder whose command line matches. */
export const processesLike = (home: string, pattern: RegExp): number[] =>
	processesOf(home).filter((pid) => pattern.test(commandLine(pid)));

function commandLine(pid: number): string {
	try {
		return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
	} catch {
		return '';
	}
}
