// Checks the settings: their defaults, their error texts, and that .env.example works.
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Settings, loadConfig, settingsOf } from '#lib/server/process/config.ts';

const lines = readFileSync('.env.example', 'utf8').split('\n');
/** The settings without a default, as .env.example shows them, and with a secret that is none of the examples. */
const required = ['DATABASE_URL', 'REDIS_URL', 'AUTH_SECRET'];
const example: Record<string, string> = {
	...Object.fromEntries(
		lines
			.map((line) => /^# ([A-Z_]+)=(.*)$/.exec(line))
			.filter((match) => match !== null && required.includes(match[1]!))
			.map((match) => [match![1]!, match![2]!])
	),
	AUTH_SECRET: '9b1f6d0e4c7a2853bf60d9e1a4c8725f'
};
/** All names in .env.example, those in comments too. */
const listedNames = lines.flatMap((line) => /^(?:# )?([A-Z_]+)=/.exec(line)?.[1] ?? []);

describe('the settings', () => {
	it('load from .env.example without a change', () => {
		expect(loadConfig(example)).toMatchObject({
			port: 3000,
			host: '127.0.0.1',
			origin: 'http://127.0.0.1:3000',
			indexWindowMs: 72 * 3_600_000,
			retentionDays: 400
		});
	});

	it('are only comments in .env.example, so that a copy as .env changes nothing', () => {
		expect(lines.filter((line) => line !== '' && !line.startsWith('#'))).toEqual([]);
	});

	it.each([
		'replace-this-with-the-output-of-openssl-rand',
		'changeme-changeme-changeme-changeme',
		'please change me before you start this',
		'a'.repeat(64),
		'abcabcabcabcabcabcabcabcabcabcabcabc'
	])('refuse the placeholder %s as AUTH_SECRET', (secret) => {
		expect(() => loadConfig({ ...example, AUTH_SECRET: secret })).toThrow(
			/^AUTH_SECRET: is a placeholder that everybody knows; make one with: openssl rand -hex 32\..*$/
		);
	});

	it('are all listed in .env.example, each with a description in the code', () => {
		expect(Object.keys(Settings.shape).filter((name) => !listedNames.includes(name))).toEqual([]);
		for (const [name, setting] of Object.entries(Settings.shape))
			expect(setting.meta()?.description, name).toMatch(/\.$/);
	});

	it('fail to load with one error that names each wrong setting and says what it must be', () => {
		expect(() => loadConfig({ ...example, PORT: 'x', AUTH_SECRET: 'short', RETENTION_DAYS: '5' })).toThrow(
			/AUTH_SECRET: must have at least 32 characters.*PORT: must be a whole number from 0 to 65535.*RETENTION_DAYS: must be a whole number, at least 100/
		);
	});

	it('accept proxies as addresses and CIDR blocks, and nothing else', () => {
		const read = (list: string) => loadConfig({ ...example, TRUSTED_PROXIES: list }).trustedProxies;
		expect(read('127.0.0.1, 10.0.0.0/8,::1,')).toEqual(['127.0.0.1', '10.0.0.0/8', '::1']);
		for (const wrong of ['proxy.example', '10.0.0.0/40', 'true', '127.0.0.1 10.0.0.1'])
			expect(() => read(wrong), wrong).toThrow(/TRUSTED_PROXIES: must be addresses or CIDR blocks/);
	});

	it('count as not set when they are empty', () => {
		expect(loadConfig({ ...example, ORIGIN: '', LOG_LEVEL: '' }).logLevel).toBe('info');
	});
});

describe('a setting in a file', () => {
	const folder = mkdtempSync(join(tmpdir(), 'causeway-settings-'));
	const file = (text: string): string => {
		const path = join(folder, String(Math.random()));
		writeFileSync(path, text);
		return path;
	};

	it.for(Object.keys(Settings.shape))('is read from %s_FILE, without the last line break', (name) => {
		// A URL that is changed is written in its normal form, so the value of a URL is a normal URL.
		const value = name === 'DATABASE_URL' ? 'postgres://a@b/c' : `value of ${name}`;
		const isPassword = name.endsWith('_PASSWORD');
		const others = isPassword
			? { DATABASE_URL: 'postgres://a@b/c', REDIS_URL: 'redis://b', MAIL_SERVER: 'smtp://a@b' }
			: {};
		const env = settingsOf({ ...others, [`${name}_FILE`]: file(`${value}\n`) });
		expect(Object.keys(env)).not.toContain(`${name}_FILE`);
		if (isPassword) expect(Object.values(env).join()).toContain(`:${encodeURIComponent(value)}@`);
		else expect(env).toEqual({ [name]: value });
	});

	it('is refused when the setting is also given as a value', () => {
		expect(() => loadConfig({ ...example, AUTH_SECRET_FILE: file('x'.repeat(32)) })).toThrow(
			'AUTH_SECRET_FILE: AUTH_SECRET is also set. Remove one of the two variables'
		);
	});

	it('is refused with one line when the file is missing, a folder or empty', () => {
		const without = { ...example, AUTH_SECRET: '' };
		for (const [path, line] of [
			[join(folder, 'nothing'), 'there is no such file. Create the file, or correct the path'],
			[folder, 'the path is a folder. Name a file'],
			[file('\n'), 'the file is empty. Write the value of AUTH_SECRET into the file']
		] as const)
			expect(() => loadConfig({ ...without, AUTH_SECRET_FILE: path })).toThrow(`AUTH_SECRET_FILE: ${line}`);
	});
});

describe('a password apart from its URL', () => {
	const password = `p@s:s/w#o?r%41d'"$\\ é[]`;

	it('reaches the URL with every character', () => {
		const { databaseUrl, redisUrl } = loadConfig({
			...example,
			DATABASE_URL: 'postgres://causeway@postgres:5432/causeway',
			DATABASE_PASSWORD: password,
			REDIS_URL: 'redis://valkey:6379',
			REDIS_PASSWORD: password
		});
		expect(decodeURIComponent(new URL(databaseUrl).password)).toBe(password);
		expect(new URL(databaseUrl).host).toBe('postgres:5432');
		expect(decodeURIComponent(new URL(redisUrl).password)).toBe(password);
	});

	it('is refused when the URL has a password too, or is missing', () => {
		expect(() => loadConfig({ ...example, DATABASE_PASSWORD: password })).toThrow(
			'DATABASE_PASSWORD: DATABASE_URL also has a password. Remove one of the two passwords'
		);
		expect(() => settingsOf({ DATABASE_PASSWORD: password })).toThrow(
			'DATABASE_PASSWORD: DATABASE_URL is not set. Set DATABASE_URL to a URL without a password'
		);
	});

	it('never appears in an error', () => {
		expect(() =>
			settingsOf({ DATABASE_URL: 'postgres://a:b@c/d', DATABASE_PASSWORD: 'hidden-word' })
		).toThrow(/^(?![\s\S]*hidden-word)/);
	});
});
