// Interrupts the first start at each of its steps, through npm, by Ctrl-C and by SIGTERM. Nothing may be left running, and
// no later step may begin.
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { freePort } from '../../../launcher/process.ts';
import { createLaunchers, processesOf, startCommand } from '../../support/launched.ts';

const PROJECT = resolve(import.meta.dirname, '../../..');
const { newHome, clean } = createLaunchers();
/** A copy of the project without its dependencies, as a fresh clone is. */
let clone: string;

beforeAll(() => {
	clone = mkdtempSync(join(tmpdir(), 'causeway-clone-'));
	const files = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], {
		cwd: PROJECT,
		encoding: 'utf8'
	});
	for (const file of files.split('\n').filter((name) => name && existsSync(join(PROJECT, name)))) {
		mkdirSync(dirname(join(clone, file)), { recursive: true });
		cpSync(join(PROJECT, file), join(clone, file));
	}
});
afterAll(async () => {
	await clean();
	rmSync(clone, { recursive: true, force: true });
});

/** Gives the clone the installed dependencies and the built pages of this project. */
function install({ isBuilt }: { isBuilt: boolean }): void {
	for (const name of ['node_modules', '.cache'])
		if (!existsSync(join(clone, name)) && existsSync(join(PROJECT, name)))
			symlinkSync(join(PROJECT, name), join(clone, name));
	rmSync(join(clone, 'build'), { recursive: true, force: true });
	if (isBuilt) cpSync(join(PROJECT, 'build'), join(clone, 'build'), { recursive: true });
}

/** Runs an npm command in the clone, sends the signal when the output matches, and returns what npm printed after that. */
async function interrupt(command: string[], at: RegExp, how: 'Ctrl-C' | 'SIGTERM'): Promise<string> {
	const home = newHome();
	const {
		DATABASE_URL: _database,
		REDIS_URL: _redis,
		AUTH_SECRET: _secret,
		NODE_OPTIONS: _options,
		...env
	} = process.env;
	// npm of these tests says nothing of its own. `detached` makes a process group, as a terminal does.
	const npm = spawn('npm', ['--silent', ...command], {
		cwd: clone,
		env: { ...env, CAUSEWAY_HOME: home, PORT: String(await freePort()) },
		stdio: ['ignore', 'pipe', 'pipe'],
		detached: true
	});
	const ended = new Promise((done) => npm.once('close', done));
	let output = '';
	let interruptedAt = -1;
	for (const stream of [npm.stdout, npm.stderr])
		stream.on('data', (data: Buffer) => {
			output += data.toString();
			if (interruptedAt >= 0 || !at.test(output)) return;
			interruptedAt = output.length;
			process.kill(how === 'Ctrl-C' ? -npm.pid! : npm.pid!, how === 'Ctrl-C' ? 'SIGINT' : 'SIGTERM');
		});
	await ended;
	expect(interruptedAt, output).toBeGreaterThan(0);
	await vi.waitFor(() => expect(processesOf(home)).toEqual([]), { timeout: 5000 });
	return output.slice(interruptedAt);
}

/** On a busy machine, the step may end before the signal arrives. */
const STOPPING =
	/^(causeway \[ *[\d.]+ s\] migrated the database [^\n]*\n)?causeway \[ *[\d.]+ s\] stopping \(press Ctrl-C again to stop at once\)\n$/;

describe(
	'an interrupted first start ends with one line and leaves nothing running',
	{ timeout: 60_000 },
	() => {
		it.each(['Ctrl-C', 'SIGTERM'] as const)('while set-up installs the dependencies: %s', async (how) => {
			const after = await interrupt(['start'], /installing the npm dependencies/, how);
			expect(after).toBe('set-up: stopped; the next start continues\n');
			// The script that set-up precedes has not begun, and no lock is left for the next set-up.
			expect(readdirSync(join(clone, 'node_modules'))).not.toContain('.causeway-setup.lock');
			rmSync(join(clone, 'node_modules'), { recursive: true });
		});

		it('while set-up runs a program: a Ctrl-C that comes twice', async () => {
			const home = newHome();
			const setUp = startCommand(process.execPath, ['tests/support/signalled-set-up.cjs', home], {
				CAUSEWAY_HOME: home
			});
			await vi.waitFor(() => expect(processesOf(home)).toHaveLength(2), { timeout: 10_000 });
			setUp.child.kill('SIGINT');
			await once(setUp.child, 'exit');
			expect(setUp.child.signalCode).toBe('SIGINT');
			await vi.waitFor(() => expect(processesOf(home)).toEqual([]), { timeout: 5000 });
			await setUp.ended;
			expect(setUp.output()).toBe('set-up: running\nset-up: stopped; the next start continues\n');
		});

		it('refuses a node_modules that is a symbolic link, because `npm ci` would empty its target', async () => {
			install({ isBuilt: false });
			const before = readdirSync('node_modules').length;
			const npm = spawn('npm', ['--silent', 'run', 'setup'], {
				cwd: clone,
				stdio: ['ignore', 'pipe', 'pipe']
			});
			let output = '';
			for (const stream of [npm.stdout, npm.stderr])
				stream.on('data', (data: Buffer) => (output += data.toString()));
			expect(await new Promise((done) => npm.once('close', done))).toBe(1);
			expect(output).toBe(
				'set-up: node_modules is a symbolic link, and `npm ci` would empty the folder behind it. Remove the link and try again.\n'
			);
			expect(readdirSync('node_modules')).toHaveLength(before);
		});

		it.each([
			['creates the data of PostgreSQL', /creating the database/, 'Ctrl-C'],
			['starts Redis', /PostgreSQL is running/, 'SIGTERM'],
			['migrates the database', /Redis is running/, 'Ctrl-C'],
			['builds the pages', /building the pages/, 'Ctrl-C'],
			['builds the pages', /building the pages/, 'SIGTERM']
		] as const)('while it %s (%s): %s', async (_step, at, how) => {
			install({ isBuilt: false });
			expect(await interrupt(['run', 'demo', '--ignore-scripts'], at, how)).toMatch(STOPPING);
		});

		it.each([
			['starts web and worker', /starting the worker and web/, 'Ctrl-C'],
			['prepares the demo', /adding the Suppliers and people/, 'SIGTERM'],
			['tells the address', /^ready/m, 'Ctrl-C']
		] as const)('while it %s (%s): %s', async (_step, at, how) => {
			install({ isBuilt: true });
			const after = await interrupt(['run', 'demo', '--ignore-scripts'], at, how);
			const own = after.split('\n').filter((line) => /^(causeway|ready|set-up)/.test(line));
			expect(own.at(-1)).toMatch(/stopping/);
			expect(after).not.toMatch(/ended \(|failed|rror/);
		});
	}
);
