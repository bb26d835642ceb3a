// Checks `npm start` with real processes: start, stop, kill, a second instance, and the restart of a worker.
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { freePort, isAlive } from '../../../launcher/process.ts';

interface Started {
	child: ChildProcess;
	output(): string;
	ended: Promise<number | null>;
}

const running: Started[] = [];
const homes: string[] = [];
afterEach(async () => {
	for (const { child, ended } of running.splice(0)) {
		child.kill('SIGTERM');
		await ended;
	}
	for (const home of homes.splice(0)) rmSync(home, { recursive: true, force: true });
});

function newHome(): string {
	const home = mkdtempSync(join(tmpdir(), 'causeway-launcher-'));
	homes.push(home);
	return home;
}

function launch(home: string, port: number): Started {
	const {
		DATABASE_URL: _database,
		REDIS_URL: _redis,
		VITEST: _vitest,
		NODE_OPTIONS: _options,
		...env
	} = process.env;
	const child = spawn(process.execPath, ['launcher/start.ts'], {
		env: { ...env, CAUSEWAY_HOME: home, PORT: String(port) },
		stdio: ['ignore', 'pipe', 'pipe']
	});
	let text = '';
	child.stdout!.on('data', (data: Buffer) => (text += data.toString()));
	child.stderr!.on('data', (data: Buffer) => (text += data.toString()));
	const started: Started = {
		child,
		output: () => text,
		ended: new Promise((done) => child.once('exit', done))
	};
	running.push(started);
	return started;
}

const ready = (started: Started): Promise<string> =>
	vi.waitFor(
		() => {
			const match = /^ready (\S+)$/m.exec(started.output());
			if (!match && started.child.exitCode !== null) throw new Error(started.output());
			expect(match, started.output()).not.toBeNull();
			return match![1]!;
		},
		{ timeout: 90_000, interval: 100 }
	);

/** Returns the ids of processes whose command line or CAUSEWAY_HOME names the folder `home`. */
function processesOf(home: string): number[] {
	return readdirSync('/proc')
		.filter((name) => /^\d+$/.test(name))
		.map(Number)
		.filter((pid) => {
			try {
				return (
					readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(home) ||
					readFileSync(`/proc/${pid}/environ`, 'utf8').includes(`CAUSEWAY_HOME=${home}\0`)
				);
			} catch {
				return false;
			}
		});
}

describe('npm start', { timeout: 180_000 }, () => {
	it('prints one ready line when the page answers, leaves no process after SIGTERM, and restarts on the same data', async () => {
		const home = newHome();
		const first = launch(home, await freePort());
		const url = await ready(first);
		expect((await fetch(`${url}/sign-in`)).status).toBe(200);
		expect((await fetch(`${url}/api/v1/readyz`).then((r) => r.json())) as object).toMatchObject({
			status: 'ready'
		});
		first.child.kill('SIGTERM');
		expect(await first.ended).toBe(0);
		expect(processesOf(home)).toEqual([]);

		const restarted = launch(home, await freePort());
		expect((await fetch(`${await ready(restarted)}/sign-in`)).status).toBe(200);
		expect(first.output()).toMatch(/migrated the database/);
		// A new installation says so, and what to do next. The commands name the folder, for another terminal.
		expect(first.output()).toContain(`new installation in ${home}\n`);
		expect(
			first
				.output()
				.split('\n')
				.filter((line) => line.startsWith('  CAUSEWAY_HOME='))
		).toEqual(
			['init', 'apikey create', 'import'].map(
				(verb) => expect.stringContaining(`  CAUSEWAY_HOME=${home} npm run causeway -- ${verb} `) as string
			)
		);
		expect(restarted.output()).not.toMatch(/new installation/);
		expect(restarted.output()).not.toMatch(/migrated the database/);
		restarted.child.kill('SIGTERM');
		expect(await restarted.ended).toBe(0);
	});

	it('leaves no process after SIGKILL, and restarts on the same data', async () => {
		const home = newHome();
		const killed = launch(home, await freePort());
		await ready(killed);
		expect(processesOf(home).length).toBeGreaterThan(4);
		killed.child.kill('SIGKILL');
		await killed.ended;
		await vi.waitFor(() => expect(processesOf(home)).toEqual([]), { timeout: 30_000, interval: 200 });
		const restarted = launch(home, await freePort());
		expect((await fetch(`${await ready(restarted)}/sign-in`)).status).toBe(200);
	});

	it('runs two instances side by side, and says what to do when the folder or the port is already in use', async () => {
		const [home, port] = [newHome(), await freePort()];
		const first = launch(home, port);
		await ready(first);
		const second = launch(newHome(), await freePort());
		await ready(second);
		const onSameFolder = launch(home, await freePort());
		expect(await onSameFolder.ended).toBe(1);
		expect(onSameFolder.output()).toMatch(
			/is already running at .*\. Stop it, or set CAUSEWAY_HOME and PORT/
		);
		const onSamePort = launch(newHome(), port);
		expect(await onSamePort.ended).toBe(1);
		expect(onSamePort.output()).toMatch(/port \d+ on 127\.0\.0\.1 is in use\. Set PORT to a free port/);
		expect(isAlive(first.child.pid!) && isAlive(second.child.pid!)).toBe(true);
	});

	it('restarts a worker process that was killed', async () => {
		const home = newHome();
		const started = launch(home, await freePort());
		await ready(started);
		const worker = processesOf(home).find((pid) =>
			readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('workers/main.ts')
		);
		process.kill(worker!, 'SIGKILL');
		await vi.waitFor(() => expect(started.output()).toMatch(/worker ended \(SIGKILL\).*restarting it/), {
			timeout: 10_000
		});
		await vi.waitFor(
			() =>
				expect(
					processesOf(home).filter(
						(pid) =>
							pid !== worker && readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('workers/main.ts')
					)
				).toHaveLength(1),
			{ timeout: 10_000 }
		);
	});
});
