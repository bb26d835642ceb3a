// Starts the demo with real processes: its outbox gets the signed event and the mail of a page, and Alex acknowledges the
// page.
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, it, vi } from 'vitest';
import type { Message } from '../../../demo/outbox-page.ts';
import { freePort } from '../../../launcher/process.ts';
import { createLaunchers, printed, processesOf, ready, startCommand } from '../../support/launched.ts';

const { newHome, clean } = createLaunchers();
afterEach(clean);

it('the demo pages, shows the messages in its outbox, and acknowledges every second page', async () => {
	const home = newHome();
	const demo = startCommand(process.execPath, ['launcher/start.ts', '--demo'], {
		CAUSEWAY_HOME: home,
		PORT: String(await freePort())
	});
	try {
		const url = await ready(demo);
		const outbox = await printed(demo, /outbox (http:\S+)/);
		expect(demo.output()).toMatch(/sign in as lead@brightwell\.example/);
		const file = join(home, 'demo-on-call-key');
		expect(statSync(file).mode & 0o777).toBe(0o600);
		const key = readFileSync(file, 'utf8');
		const call = async <T>(path: string, body?: object): Promise<T> => {
			const response = await fetch(`${url}/api/v1${path}`, {
				method: body ? 'POST' : 'GET',
				headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
				...(body ? { body: JSON.stringify(body) } : {})
			});
			return (await response.json()) as T;
		};
		const messages = async (): Promise<Message[]> =>
			(await (await fetch(`${outbox}/messages.json`)).json()) as Message[];

		await vi.waitFor(
			async () => {
				const { items } = await call<{ items: unknown[] }>('/on-call/routes');
				expect(items).toHaveLength(4);
			},
			{ timeout: 60_000, interval: 200 }
		);
		expect((await messages()).map(({ type }) => type)).toContain('causeway.channel.test');
		expect((await fetch(`${outbox}/hook`, { method: 'POST', body: '{}' })).status).toBe(401);

		// Alex answers the pages with an odd id.
		const { items: alerts } = await call<{ items: Array<{ id: string }> }>('/alerts?limit=20');
		let page: { id: string; content: { headline: string } } | undefined;
		for (const { id } of alerts) {
			page = await call<{ id: string; content: { headline: string } }>('/on-call/pages', { alert: id });
			if (page.id && BigInt(page.id) % 2n === 1n) break;
		}
		const { id, content } = page!;
		const has = (expected: Partial<Message>, timeout: number) =>
			vi.waitFor(async () => expect(await messages()).toContainEqual(expect.objectContaining(expected)), {
				timeout,
				interval: 200
			});
		await has({ by: 'webhook', type: 'causeway.page.opened', page: id }, 20_000);
		await has(
			{ by: 'e-mail', title: content.headline, to: expect.stringMatching(/^(alex|sam)@/) as string },
			20_000
		);
		await has({ by: 'webhook', type: 'causeway.page.acknowledged', page: id }, 60_000);
		const acknowledged = (await messages()).find((message) => message.type === 'causeway.page.acknowledged')!;
		expect(acknowledged.text).toMatch(/By Alex/);
		expect(await (await fetch(outbox)).text()).toContain('http-equiv="refresh"');
	} finally {
		demo.child.kill('SIGTERM');
		expect(await demo.ended).toBe(0);
	}
	expect(processesOf(home)).toEqual([]);
}, 240_000);
