import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { freePort, isAlive } from '../../launcher/process.ts';

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

/** Processes whose command line or working data name this instance's folder, or that it started. */
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
	it('prints one ready line when the page answers, leaves nothing after SIGTERM, and starts again on the same data', async () => {
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

		const again = launch(home, await freePort());
		expect((await fetch(`${await ready(again)}/sign-in`)).status).toBe(200);
		expect(again.output()).not.toMatch(/0001-record/);
		again.child.kill('SIGTERM');
		expect(await again.ended).toBe(0);
	});

	it('leaves nothing when it is killed, and starts again on what it left', async () => {
		const home = newHome();
		const killed = launch(home, await freePort());
		await ready(killed);
		expect(processesOf(home).length).toBeGreaterThan(4);
		killed.child.kill('SIGKILL');
		await killed.ended;
		await vi.waitFor(() => expect(processesOf(home)).toEqual([]), { timeout: 30_000, interval: 200 });
		const again = launch(home, await freePort());
		expect((await fetch(`${await ready(again)}/sign-in`)).status).toBe(200);
	});

	it('runs two instances side by side, and refuses a second one on the same folder or port with a remedy', async () => {
		const [home, port] = [newHome(), await freePort()];
		const one = launch(home, port);
		await ready(one);
		const beside = launch(newHome(), await freePort());
		await ready(beside);
		const same = launch(home, await freePort());
		expect(await same.ended).toBe(1);
		expect(same.output()).toMatch(/runs already at .*; stop it, or set CAUSEWAY_HOME and PORT/);
		const taken = launch(newHome(), port);
		expect(await taken.ended).toBe(1);
		expect(taken.output()).toMatch(/port \d+ on 127\.0\.0\.1 is taken; set PORT to another one/);
		expect(isAlive(one.child.pid!) && isAlive(beside.child.pid!)).toBe(true);
	});

	it('starts a worker again that has died', async () => {
		const home = newHome();
		const started = launch(home, await freePort());
		await ready(started);
		const worker = processesOf(home).find((pid) =>
			readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('workers/main.ts')
		);
		process.kill(worker!, 'SIGKILL');
		await vi.waitFor(() => expect(started.output()).toMatch(/worker ended \(SIGKILL\).*starting it again/), {
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
