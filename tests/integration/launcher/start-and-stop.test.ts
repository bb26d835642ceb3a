// Checks `npm start` with real processes: start, stop, kill, a second instance, and the restart of a worker.
import { afterEach, describe, expect, it, vi } from 'vitest';
import { freePort, isAlive } from '../../../launcher/process.ts';
import { createLaunchers, processesLike, processesOf, ready } from '../../support/launched.ts';

const { newHome, launch, clean } = createLaunchers();
afterEach(clean);

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
		const [worker] = processesLike(home, /workers\/main\.ts/);
		process.kill(worker!, 'SIGKILL');
		await vi.waitFor(() => expect(started.output()).toMatch(/worker ended \(SIGKILL\).*restarting it/), {
			timeout: 10_000
		});
		await vi.waitFor(
			() => expect(processesLike(home, /workers\/main\.ts/).filter((pid) => pid !== worker)).toHaveLength(1),
			{ timeout: 10_000 }
		);
	});
});
