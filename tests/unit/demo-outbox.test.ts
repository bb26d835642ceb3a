// Checks the outbox of the demo: it keeps its ports, takes only events with the signature of their Supplier, and shows an
// event once.
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Webhook } from 'standardwebhooks';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openOutbox } from '../../demo/outbox.ts';
import type { Message } from '../../demo/outbox-page.ts';

const SUPPLIERS = ['brightwell', 'halden'] as const;
let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'causeway-outbox-'))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const open = () => openOutbox(folder, SUPPLIERS);
type Outbox = Awaited<ReturnType<typeof open>>;
const receivers = (outbox: Outbox) => SUPPLIERS.map((supplier) => outbox.receiversOf(supplier));
const messagesOf = async ({ url }: Outbox): Promise<Message[]> =>
	(await (await fetch(`${url}/messages.json`)).json()) as Message[];

/** Sends an event to a Supplier's hook, signed with a secret. Returns the status. */
async function send(hook: string, secret: string, id: string): Promise<number> {
	const body = JSON.stringify({
		id,
		type: 'causeway.page.opened',
		data: {
			page: { id: '7', headline: `<${id}>`, why: 'route Storm', by: null },
			verdict: 'a',
			url: 'http://a/7'
		}
	});
	const at = new Date();
	const headers = {
		'webhook-id': id,
		'webhook-timestamp': String(Math.floor(at.getTime() / 1000)),
		'webhook-signature': new Webhook(secret).sign(id, at, body)
	};
	return (await fetch(hook, { method: 'POST', headers, body })).status;
}

describe('the outbox', () => {
	it('has the same addresses and secrets after a restart', async () => {
		const before = await open();
		const expected = receivers(before);
		await before[Symbol.asyncDispose]();
		await using outbox = await open();
		expect(receivers(outbox)).toEqual(expected);
	});

	it('takes free ports if its own are in use', async () => {
		const before = await open();
		const { hook, mailServer } = before.receiversOf('halden');
		await before[Symbol.asyncDispose]();
		const ports = [hook, mailServer].map((url) => Number(new URL(url).port));
		const others = ports.map((port) => createServer().listen(port, '127.0.0.1'));
		await Promise.all(others.map((server) => once(server, 'listening')));
		expect(others.map((server) => (server.address() as AddressInfo).port)).toEqual(ports);
		try {
			await using outbox = await open();
			const now = outbox.receiversOf('halden');
			expect(now.hook).not.toBe(hook);
			expect(now.mailServer).not.toBe(mailServer);
			expect(await send(now.hook, now.secret, 'e1')).toBe(204);
		} finally {
			for (const server of others) server.close();
		}
	});

	it('refuses an event of one Supplier that has the signature of the other', async () => {
		await using outbox = await open();
		const [brightwell, halden] = [outbox.receiversOf('brightwell'), outbox.receiversOf('halden')];
		expect(await send(brightwell.hook, halden.secret, 'e1')).toBe(401);
		expect(await messagesOf(outbox)).toEqual([]);
		expect(await send(halden.hook, halden.secret, 'e1')).toBe(204);
		expect(await messagesOf(outbox)).toMatchObject([{ supplier: 'halden', page: '7' }]);
		expect(await (await fetch(outbox.url)).text()).toContain('halden: webhook to');
	});

	it('shows an event once that Causeway sends again', async () => {
		await using outbox = await open();
		const { hook, secret } = outbox.receiversOf('brightwell');
		for (const id of ['e1', 'e2', 'e1']) expect(await send(hook, secret, id)).toBe(204);
		expect((await messagesOf(outbox)).map(({ id }) => id)).toEqual(['e2', 'e1']);
	});
});
