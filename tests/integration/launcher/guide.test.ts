// Runs the commands of the integrator's guide, as they stand there, against a real system.
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import { afterEach, expect, it } from 'vitest';
import type { Alert } from '#lib/domain/alert.ts';
import { freePort } from '../../../launcher/process.ts';
import { createLaunchers, ready } from '../../support/launched.ts';

const launchers = createLaunchers();
afterEach(() => launchers.clean());

/** The commands under this heading of a page. */
function commandsOf(page: string, heading: string): string[] {
	const section = readFileSync(page, 'utf8')
		.split(/^## /m)
		.find((part) => part.startsWith(heading))!;
	return [...section.matchAll(/^```sh\n([^]*?)^```$/gm)].map((match) => match[1]!);
}

/** `npm run causeway -- ARGS` without the set-up of npm, which the tests have done. */
const NPM = `npm() { while [ "$1" != -- ]; do shift; done; shift; node cli/causeway.ts "$@"; }\n`;

it(
	'the first Alert of the integrator is explained by the commands of the guide',
	{ timeout: 180_000 },
	async () => {
		const blocks = commandsOf('docs/guide/integrator.md', 'First Alert in five minutes');
		expect(blocks).toHaveLength(7);
		const home = launchers.newHome();
		const url = await ready(launchers.launch(home, await freePort()));
		const { DATABASE_URL: _database, REDIS_URL: _redis, VITEST: _vitest, ...env } = process.env;
		const shell = spawn('sh', ['-eu', '-c', NPM + blocks.join('\n')], {
			env: { ...env, CAUSEWAY_HOME: home, URL: url },
			stdio: ['ignore', 'pipe', 'pipe']
		});
		const [output, errors] = await Promise.all([text(shell.stdout), text(shell.stderr)]);
		expect(errors).toBe('');
		expect(output.match(/"accepted":\d+,"duplicates":0,"rejected":\[\],"dropped":\[\]/g)).toEqual(
			[2, 1, 1].map((n) => `"accepted":${n},"duplicates":0,"rejected":[],"dropped":[]`)
		);
		const { items } = JSON.parse(output.slice(output.lastIndexOf('{"items"'))) as { items: Alert[] };
		expect(items).toMatchObject([
			{ code: '8F30', explanation: 'likely', candidates: [{ deltaSeconds: 30 }] }
		]);
		// The guide quotes this summary, wrapped to the width of the page.
		const guide = readFileSync('docs/guide/integrator.md', 'utf8').replace(/\s+/g, ' ');
		expect(guide).toContain(items[0]!.summary);
	}
);
