// Checks that Causeway reads the file of settings that ENV_FILE names: once, and below the variables of the environment.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, inject, it } from 'vitest';
import { freePort } from '../../../launcher/process.ts';
import { scratchDatabase } from '../../../launcher/scratch.ts';
import { freeRedisDatabase } from '../../support/system.ts';
import { createLaunchers, ready } from '../../support/launched.ts';

const { newHome, launch, clean } = createLaunchers();
const folder = mkdtempSync(join(tmpdir(), 'causeway-env-'));
const ENV_FILE = join(folder, 'settings.env');
afterAll(() => rmSync(folder, { recursive: true }));

describe('a file of settings', { timeout: 120_000 }, () => {
	it('gives way to the variables of the environment', async () => {
		writeFileSync(ENV_FILE, `# A comment\nPORT=http\nHOST="192.0.2.1"\n`);
		const started = launch(newHome(), await freePort(), { ENV_FILE });
		expect(await started.ended).toBe(1);
		expect(started.output()).toMatch(/^causeway: HOST: 192\.0\.2\.1 is no address of this machine\./);
		await clean();
	});

	it('reaches web and worker, which do not read it a second time', async () => {
		const database = await scratchDatabase(inject('databaseUrl'), 'env_file');
		const redisUrl = await freeRedisDatabase();
		try {
			const url = new URL(database.url);
			const { password } = url;
			url.password = '';
			const settings = { DATABASE_URL: url.href, DATABASE_PASSWORD: password, REDIS_URL: redisUrl };
			const lines = Object.entries(settings).map(([name, value]) => `${name}=${value}\n`);
			writeFileSync(ENV_FILE, lines.join(''));
			const started = launch(newHome(), await freePort(), { ENV_FILE });
			expect((await fetch(`${await ready(started)}/api/v1/readyz`)).status).toBe(200);
			// Nothing private has started beside the services of the file.
			expect(started.output()).not.toMatch(/(PostgreSQL|Redis) is running/);
		} finally {
			await clean();
			await database.drop();
		}
	});
});
