// Tests the verbs about Suppliers, people and keys through the real command line, on the database of a real system.
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { causeway, type Ran } from '../../support/command-line.ts';
import { eventually, startSystem, type System } from '../../support/system.ts';

let system: System;
beforeAll(async () => {
	system = await startSystem({ worker: false });
});
afterAll(() => system[Symbol.asyncDispose]());

const run = (line: string, input?: string): Promise<Ran> =>
	causeway(line.split(' '), { DATABASE_URL: system.databaseUrl }, input);
const json = async <T>(line: string): Promise<T> => {
	const ran = await run(`${line} --json`);
	expect(ran).toMatchObject({ code: 0, stderr: '' });
	return JSON.parse(ran.stdout) as T;
};
const signIn = async (email: string, password: string): Promise<number> =>
	(await system.services.auth.signIn(email, password, { headers: new Headers(), address: '127.0.0.3' }))
		.status;

describe('the command line', { timeout: 120_000 }, () => {
	it('ends with 2 for a faulty command line, names the nearest verb or option, and prints JSON errors', async () => {
		const [verb, option, missing, group, help, version] = await Promise.all([
			run('suplier list'),
			run('supplier add brightwell --nme Bright'),
			run('apikey create --scopes ingest --json'),
			run('user'),
			run('user add --help'),
			run('--version')
		]);
		expect(verb).toMatchObject({ code: 2, stdout: '' });
		expect(verb.stderr).toMatch(/unknown command 'suplier'\. Did you mean supplier\?/);
		expect(option).toMatchObject({ code: 2, stdout: '' });
		expect(option.stderr).toMatch(/unknown option '--nme'\. Did you mean --name\?/);
		expect(missing).toMatchObject({ code: 2, stdout: '' });
		expect(JSON.parse(missing.stderr)).toEqual({
			error: '--supplier is missing. Add --help for the usage.',
			exitCode: 2
		});
		expect(group.code).toBe(2);
		expect(group.stderr).toMatch(/reset-password/);
		expect(help).toMatchObject({ code: 0, stderr: '' });
		expect(help.stdout).toMatch(/--password-stdin[^]*Example:\n {2}npm run causeway -- user add --supplier/);
		expect(version).toMatchObject({ code: 0, stdout: '0.1.0\n', stderr: '' });
	});

	it('makes no installation, and says which folder it looked at and the ways out', async () => {
		const home = join(mkdtempSync(join(tmpdir(), 'causeway-forgotten-')), 'home');
		for (const verb of ['supplier list', 'migrate', 'reindex', 'import package.json']) {
			const ran = await causeway(verb.split(' '), { CAUSEWAY_HOME: home });
			expect(ran).toMatchObject({ code: 1, stdout: '' });
			expect(ran.stderr).toContain(home);
			if (verb.startsWith('import')) continue;
			for (const wayOut of ['Set CAUSEWAY_HOME', 'set DATABASE_URL', 'npm start', 'init'])
				expect(ran.stderr).toContain(wayOut);
		}
		expect(existsSync(home)).toBe(false);
		rmSync(join(home, '..'), { recursive: true });
	});
});

describe('the verbs about Suppliers', { timeout: 120_000 }, () => {
	it('say what they did, keep the name that is not given, and list, disable and enable', async () => {
		const id = '90-B3-D5-1F-30-01-00-77';
		expect((await run(`supplier add tidewell --name Tidewell --user-ids ${id}`)).stdout).toBe(
			'Added Supplier tidewell (Tidewell) with 1 User ID.\n'
		);
		expect((await run(`supplier add tidewell --user-ids ${id},90-B3-D5-1F-30-01-00-78`)).stdout).toBe(
			'Supplier tidewell (Tidewell) is already there; added 1 User ID.\n'
		);
		const taken = await run('supplier add other --user-ids 90-B3-D5-1F-30-01-00-01');
		expect(taken).toMatchObject({ code: 1, stdout: '' });
		expect(taken.stderr).toMatch(/belongs to another Supplier/);
		const slugs = (await json<Array<{ supplier: string }>>('supplier list')).map((s) => s.supplier);
		expect(slugs).toEqual(['brightwell', 'halden', 'tidewell']);
		const { key } = await json<{ key: string }>('apikey create --supplier tidewell --scopes read');
		expect((await run('supplier disable tidewell')).code).toBe(0);
		expect((await system.call('GET', '/alerts', key)).body.detail).toMatch(/is disabled since/);
		await run('supplier enable tidewell');
		expect(await json('supplier show tidewell')).toMatchObject({ disabledAt: null, keys: 1, people: 0 });
	});
});

describe('the verbs about keys', { timeout: 120_000 }, () => {
	it('make a key with name and end, show it without the key, rotate it and revoke it', async () => {
		const made = await json<{ key: string; id: number; expiresAt: string }>(
			'apikey create --supplier brightwell --scopes read --name display --expires 90d'
		);
		expect(made.key).toMatch(/^cwk_/);
		expect(Date.parse(made.expiresAt) - Date.now()).toBeLessThan(91 * 86_400_000);
		const plain = await json<{ expiresAt: string }>('apikey create --supplier brightwell --scopes read');
		expect(Date.parse(plain.expiresAt) - Date.now()).toBeGreaterThan(364 * 86_400_000);
		const shown = await run(`apikey show ${made.id}`);
		expect(shown.stdout).toMatch(/name: +display[^]*state: +active/);
		expect(shown.stdout).not.toContain(made.key);
		const rotated = await json<{ key: string; replaces: number; oldEndsAt: string }>(
			`apikey rotate ${made.id} --grace 0`
		);
		expect(rotated.replaces).toBe(made.id);
		expect((await system.call('GET', '/alerts', made.key)).body.detail).toMatch(
			/The key "display" \(key \d+\) ended on/
		);
		expect((await system.call('GET', '/alerts', rotated.key)).status).toBe(200);
		const keys = await json<Array<{ id: number; state: string; hint: string }>>(
			'apikey list --supplier brightwell'
		);
		expect(keys.find(({ id }) => id === made.id)).toMatchObject({ state: 'ended' });
		expect((await run(`apikey revoke ${keys.at(-1)!.id}`)).code).toBe(0);
		await eventually(async () =>
			expect((await system.call('GET', '/alerts', rotated.key)).body.detail).toMatch(/was revoked on/)
		);
		expect((await run('apikey revoke 9999')).code).toBe(1);
		expect((await run('apikey create --supplier brightwell --scopes read --expires 2020-01-01')).code).toBe(
			2
		);
	});
});

describe('the verbs about people', { timeout: 120_000 }, () => {
	it('add a person once, take the password from standard input, and disable, enable, move and reset', async () => {
		const email = 'kim@brightwell.example';
		const add = `user add --supplier brightwell --email ${email} --role lead`;
		expect(await run(`${add} --password-stdin`, 'the first password\n')).toMatchObject({
			code: 0,
			stderr: ''
		});
		expect(await signIn(email, 'the first password')).toBe(200);
		const again = await run(`${add} --password another-password`);
		expect(again).toMatchObject({ code: 1, stdout: '' });
		expect(again.stderr).toMatch(/--password is deprecated[^]*known already.*user reset-password.*user role/);
		expect(await signIn(email, 'the first password')).toBe(200);
		await run(`user role ${email} officer --supplier halden`);
		expect(await json(`user show ${email}`)).toMatchObject({ supplier: 'halden', role: 'officer' });
		const misfit = await run(`user role ${email} admin`);
		expect(misfit).toMatchObject({ code: 2, stdout: '' });
		expect(misfit.stderr).toMatch(/must be one of .* for a Supplier/);
		await run(`user disable ${email}`);
		expect(await signIn(email, 'the first password')).toBe(403);
		await run(`user enable ${email}`);
		const { password } = await json<{ password: string }>(`user reset-password ${email}`);
		expect(await signIn(email, 'the first password')).toBe(401);
		expect(await signIn(email, password)).toBe(200);
		expect((await run('user list')).stdout).toMatch(/EMAIL +NAME +SUPPLIER[^]*kim@brightwell\.example/);
		expect(await json('user add --supplier * --email ada@causeway.example --role admin')).toMatchObject({
			supplier: '*',
			role: 'admin',
			new: true
		});
		expect(await json('user list --supplier *')).toMatchObject([
			{ email: 'ada@causeway.example', supplier: null }
		]);
		expect((await run('user disable nobody@brightwell.example')).code).toBe(1);
	});
});
