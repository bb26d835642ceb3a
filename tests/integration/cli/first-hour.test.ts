// Tests `init` on an empty folder through the real command line: the commands that it prints work as they are.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { expect, it, vi } from 'vitest';
import { freePort } from '../../../launcher/process.ts';
import { causeway } from '../../support/command-line.ts';

interface Made {
	email: string;
	password: string;
	key: string;
	next: string[];
}

it('init makes a Supplier, a person and a key, and the printed curl line sends an Alert that the key reads', async () => {
	const home = mkdtempSync(join(tmpdir(), 'causeway-init-'));
	const env = { CAUSEWAY_HOME: home, PORT: String(await freePort()) };
	const words = ['init', '--supplier', 'brightwell', '--user-ids', '90-B3-D5-1F-30-01-00-01', '--json'];
	const incomplete = await causeway(words, env);
	expect(incomplete).toMatchObject({ code: 2, stdout: '' });
	expect(incomplete.stderr).toMatch(/--email missing/);
	const init = await causeway([...words, '--email', 'kim@brightwell.example'], env);
	expect(init).toMatchObject({ code: 0, stderr: '' });
	const { key, password, next } = JSON.parse(init.stdout) as Made;
	expect(password).toHaveLength(16);
	expect(next.map((line) => line.replace(/^CAUSEWAY_HOME=\S+ /, '').slice(0, 20))).toEqual([
		'npm start',
		expect.stringMatching(/^curl /),
		expect.stringMatching(/^npm run causeway -- /)
	]);

	const { DATABASE_URL: _database, REDIS_URL: _redis, VITEST: _vitest, ...inherited } = process.env;
	const launcher = spawn(process.execPath, ['launcher/start.ts'], { env: { ...inherited, ...env } });
	let output = '';
	launcher.stdout.on('data', (data: Buffer) => (output += data.toString()));
	launcher.stderr.on('data', (data: Buffer) => (output += data.toString()));
	try {
		await vi.waitFor(() => expect(output).toMatch(/^ready .*[^]*press Ctrl-C/m), { timeout: 90_000 });
		expect(output).not.toMatch(/Nobody can sign in yet|new installation/);
		const curl = spawn('sh', ['-c', `${next[1]} -s`]);
		expect(JSON.parse(await text(curl.stdout))).toMatchObject({ accepted: 1, rejected: [] });
		const url = `http://127.0.0.1:${env.PORT}/api/v1/alerts`;
		await vi.waitFor(
			async () => {
				const answer = await fetch(url, { headers: { authorization: `Bearer ${key}` } });
				expect(await answer.json()).toMatchObject({ items: [{ deviceId: '00-DB-12-34-56-78-90-A0' }] });
			},
			{ timeout: 20_000, interval: 200 }
		);
		// The running instance is found by its folder, and the person who was made is refused a second time.
		const again = await causeway([...words, '--email', 'kim@brightwell.example'], env);
		expect(again).toMatchObject({ code: 1, stdout: '' });
		expect(again.stderr).toMatch(/known already/);
	} finally {
		launcher.kill('SIGTERM');
		await once(launcher, 'exit');
		rmSync(home, { recursive: true, force: true });
	}
}, 180_000);
