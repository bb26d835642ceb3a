import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { loadConfig } from '#lib/server/process/config.ts';

const lines = readFileSync('.env.example', 'utf8').split('\n');
const given = Object.fromEntries(
	lines
		.filter((line) => /^[A-Z_]+=/.test(line))
		.map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)])
);
const named = lines.flatMap((line) => /^(?:# )?([A-Z_]+)=/.exec(line)?.[1] ?? []);

describe('the settings', () => {
	it('of .env.example work as they stand', () => {
		expect(loadConfig(given)).toMatchObject({
			port: 3000,
			host: '127.0.0.1',
			origin: 'http://127.0.0.1:3000',
			indexWindowMs: 72 * 3_600_000,
			retentionDays: 400
		});
	});

	it('are all listed there', () => {
		const source = readFileSync('src/lib/server/process/config.ts', 'utf8');
		const read = [...source.matchAll(/^\t\t([A-Z_]+): z/gm)].map((match) => match[1]);
		expect(read.length).toBeGreaterThan(8);
		expect(read.filter((name) => !named.includes(name!))).toEqual([]);
	});

	it('that do not fit are named one by one, with what they should be', () => {
		expect(() => loadConfig({ ...given, PORT: 'x', AUTH_SECRET: 'short', RETENTION_DAYS: '5' })).toThrow(
			/PORT[\s\S]*AUTH_SECRET: must have at least 32 characters[\s\S]*RETENTION_DAYS/
		);
	});

	it('that are empty count as not set', () => {
		expect(loadConfig({ ...given, ORIGIN: '', LOG_LEVEL: '' }).logLevel).toBe('info');
	});
});
