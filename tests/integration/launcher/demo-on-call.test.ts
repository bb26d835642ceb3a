// Starts the demo with real processes: the usual routes page both Suppliers, the outbox gets the signed events and the
// mails, and Alex acknowledges and decides. Kills the feed, and the outbox gets the pages of that time too.
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { afterEach, expect, it, vi } from 'vitest';
import type { Page, PageList } from '#lib/domain/on-call/page.ts';
import type { Message } from '../../../demo/outbox-page.ts';
import { freePort } from '../../../launcher/process.ts';
import {
	createLaunchers,
	printed,
	processesLike,
	processesOf,
	ready,
	startCommand
} from '../../support/launched.ts';
import { aDevice, anAlert, newDeviceId } from '../../support/records.ts';

const { newHome, clean } = createLaunchers();
afterEach(clean);

const SECURITY = 'Security or tamper without an explanation';

it('the demo pages each Supplier on its own, and Alex acknowledges and decides every second page of Brightwell', async () => {
	const home = newHome();
	// The traffic is thin, so that the machine has time for the pages of the test.
	const demo = startCommand(process.execPath, ['launcher/start.ts', '--demo'], {
		CAUSEWAY_HOME: home,
		PORT: String(await freePort()),
		DEMO_RATE: '0.05',
		DEMO_ANSWER_SECONDS: '2'
	});
	try {
		const url = await ready(demo);
		const outbox = await printed(demo, /outbox (http:\S+)/);
		for (const lead of ['brightwell', 'halden'])
			expect(demo.output()).toContain(`sign in as lead@${lead}.example`);
		const keyOf = (file: string): string => readFileSync(join(home, file), 'utf8');
		expect(statSync(join(home, 'demo-halden-on-call-key')).mode & 0o777).toBe(0o600);
		const keys = {
			feed: keyOf('demo-key'),
			brightwell: keyOf('demo-on-call-key'),
			halden: keyOf('demo-halden-on-call-key')
		};
		const call = (key: keyof typeof keys, path: string, body?: unknown) =>
			fetch(`${url}/api/v1${path}`, {
				method: body ? 'POST' : 'GET',
				headers: { authorization: `Bearer ${keys[key]}`, 'content-type': 'application/json' },
				...(body ? { body: JSON.stringify(body) } : {})
			});
		const read = async <T>(key: keyof typeof keys, path: string): Promise<T> =>
			(await (await call(key, path)).json()) as T;
		const messages = async (): Promise<Message[]> =>
			(await (await fetch(`${outbox}/messages.json`)).json()) as Message[];
		/** Waits for a message with these fields, and returns it. `says`: a part of its text. */
		const inOutbox = ({ says = '', ...fields }: Partial<Message> & { says?: string }) =>
			soon(async () => {
				const all = (await messages()).filter(({ text }) => text.includes(says));
				expect(all).toContainEqual(expect.objectContaining(fields));
				return all.find((message) =>
					Object.entries(fields).every(([name, value]) => message[name as keyof Message] === value)
				)!;
			});

		/** Sends a security Alert that no Service Request explains. Returns the page that a route opened about it. */
		const pageAbout = async (supplier: 'brightwell' | 'halden'): Promise<Page> => {
			const deviceId = newDeviceId();
			const raisedAt = new Date(Date.now() - 600_000).toISOString(); // before the completeness mark
			const tenures = [{ supplier, from: '2025-01-01T00:00:00.000Z', to: null }];
			const alert = anAlert(deviceId, {
				code: '8F3D',
				messageId: deviceId,
				raisedAt,
				receivedAt: raisedAt
			});
			for (const [path, record] of [
				['/devices', aDevice(deviceId, { area: deviceId.slice(0, 8), tenures })],
				['/alerts', alert]
			] as const)
				expect(await (await call('feed', path, [record])).json()).toMatchObject({ rejected: [] });
			return soon(async () => {
				const { items } = await read<PageList>(supplier, '/on-call/pages');
				const page = items.find(({ content }) => content.alert?.deviceId === deviceId);
				expect(page).toBeDefined();
				return page!;
			});
		};

		for (const supplier of ['brightwell', 'halden'] as const)
			await soon(async () =>
				expect((await read<{ items: unknown[] }>(supplier, '/on-call/routes')).items).toHaveLength(4)
			);
		expect((await messages()).map(({ type, supplier }) => [type, supplier])).toEqual(
			expect.arrayContaining([
				['causeway.channel.test', 'brightwell'],
				['causeway.channel.test', 'halden']
			])
		);
		expect((await fetch(`${outbox}/hook/halden`, { method: 'POST', body: '{}' })).status).toBe(401);

		// Alex answers the pages with an odd id.
		let page: Page;
		do page = await pageAbout('brightwell');
		while (BigInt(page.id) % 2n === 0n);
		expect(page).toMatchObject({ route: SECURITY, rota: 'Meters on call', subject: 'alert' });
		const ofPage = { supplier: 'brightwell', by: 'webhook', page: page.id } as const;
		await inOutbox({ ...ofPage, type: 'causeway.page.opened', title: page.content.headline });
		const mail = await inOutbox({
			supplier: 'brightwell',
			by: 'e-mail',
			title: page.content.headline,
			says: `page ${page.id}.`
		});
		expect(mail.to).toMatch(/^(alex|sam)@brightwell\.example$/);
		const acknowledged = await inOutbox({ ...ofPage, type: 'causeway.page.acknowledged' });
		expect(acknowledged.text).toMatch(/By Alex/);
		await inOutbox({ ...ofPage, type: 'causeway.page.resolved' });
		expect(await read<Page>('brightwell', `/on-call/pages/${page.id}`)).toMatchObject({
			state: 'resolved',
			acknowledged: { by: 'Alex (demo)', channel: 'api' },
			resolved: { by: 'Alex (demo)', channel: 'api', verdict: 'actionable' }
		});
		const { databaseUrl } = JSON.parse(readFileSync(join(home, 'run.json'), 'utf8')) as {
			databaseUrl: string;
		};
		const database = new pg.Client(databaseUrl);
		await database.connect();
		const { rows } = await database
			.query('select verdict, reason, decided_by, channel from decision where alert_id = $1', [page.alertId])
			.finally(() => database.end());
		expect(rows).toEqual([
			{ verdict: 'actionable', reason: 'no-command', decided_by: 'Alex (demo)', channel: 'api' }
		]);

		// The page of Halden goes to its own people, also while the feed and its outbox restart.
		process.kill(processesLike(home, /demo\/main\.ts/)[0]!, 'SIGKILL');
		const gas = await pageAbout('halden');
		expect(gas).toMatchObject({ route: SECURITY, rota: 'Gas on call' });
		await printed(demo, /demo is running again/);
		await inOutbox({ supplier: 'halden', by: 'webhook', page: gas.id, type: 'causeway.page.opened' });
		const gasMail = await inOutbox({
			supplier: 'halden',
			by: 'e-mail',
			says: `page ${gas.id}.`
		});
		expect(gasMail.to).toMatch(/^(robin|noor)@halden\.example$/);
		expect(demo.output().match(/outbox http:\S+/g)).toEqual(Array(2).fill(`outbox ${outbox}`));

		// The lead of Brightwell sees no page of Halden.
		const signedIn = await fetch(`${url}/api/auth/sign-in/email`, {
			method: 'POST',
			headers: { 'content-type': 'application/json', origin: url },
			body: JSON.stringify({ email: 'lead@brightwell.example', password: 'causeway-demo' })
		});
		expect(signedIn.status).toBe(200);
		const cookie = signedIn.headers
			.getSetCookie()
			.map((line) => line.split(';')[0])
			.join('; ');
		const asLead = (path: string) => fetch(`${url}/api/v1${path}`, { headers: { cookie, origin: url } });
		expect((await asLead(`/on-call/pages/${page.id}`)).status).toBe(200);
		expect((await asLead(`/on-call/pages/${gas.id}`)).status).toBe(404);
		const { items } = (await (await asLead('/on-call/pages?limit=200')).json()) as PageList;
		expect(items.map(({ id }) => id)).toContain(page.id);
		expect(items.filter(({ rota }) => rota !== 'Meters on call')).toEqual([]);
		expect(await (await fetch(outbox)).text()).toContain('http-equiv="refresh"');
	} finally {
		demo.child.kill('SIGTERM');
		expect(await demo.ended).toBe(0);
	}
	expect(processesOf(home)).toEqual([]);
}, 240_000);

/** Repeats a check until it passes, for a minute at most. */
const soon = <T>(check: () => Promise<T>): Promise<T> =>
	vi.waitFor(check, { timeout: 60_000, interval: 200 });
