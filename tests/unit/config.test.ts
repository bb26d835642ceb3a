// Checks the settings: their defaults, their error texts, and that .env.example works.
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { Settings, loadConfig } from '#lib/server/process/config.ts';

const lines = readFileSync('.env.example', 'utf8').split('\n');
/** The settings of .env.example that are not comments. */
const example = Object.fromEntries(
	lines
		.filter((line) => /^[A-Z_]+=/.test(line))
		.map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)])
);
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

	it('are all listed in .env.example, each with a description in the code', () => {
		expect(Object.keys(Settings.shape).filter((name) => !listedNames.includes(name))).toEqual([]);
		for (const [name, setting] of Object.entries(Settings.shape))
			expect(setting.meta()?.description, name).toMatch(/\.$/);
	});

	it('fail to load with one error that names each wrong setting and says what it must be', () => {
		expect(() => loadConfig({ ...example, PORT: 'x', AUTH_SECRET: 'short', RETENTION_DAYS: '5' })).toThrow(
			/AUTH_SECRET: must have at least 32 characters[\s\S]*PORT: must be a whole number from 0 to 65535[\s\S]*RETENTION_DAYS: must be a whole number, at least 100/
		);
	});

	it('count as not set when they are empty', () => {
		expect(loadConfig({ ...example, ORIGIN: '', LOG_LEVEL: '' }).logLevel).toBe('info');
	});
});
