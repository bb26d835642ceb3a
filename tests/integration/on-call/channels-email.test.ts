import { describe, expect, test } from 'vitest';
import { email } from '#lib/server/on-call/channels/email/email.ts';
import { parseMailServer } from '#lib/server/process/mail-server.ts';
import { ADA, depsWith, mailServers, personal, send } from '../../support/email.ts';
import { noticeOf } from '../../support/notices.ts';

const start = mailServers();

describe('an e-mail about a page', () => {
	test('goes to the person on call by the mail server of the installation', async () => {
		const server = await start();
		const notice = personal();
		expect(await send({}, notice, server.url)).toEqual({ state: 'sent', status: 250 });
		expect(server.mails).toHaveLength(1);
		const { from, to, headers, parts } = server.mails[0]!;
		expect({ from, to }).toEqual({ from: 'pager@causeway.example', to: ['ada@brightwell.example'] });
		expect(headers).toMatchObject({
			from: 'Causeway <pager@causeway.example>',
			subject: notice.content.headline,
			'auto-submitted': 'auto-generated',
			importance: 'High'
		});
		for (const part of ['text/plain', 'text/html']) {
			expect(parts[part]).toContain('Unauthorised communication access attempted at an ESME in SW1');
			expect(parts[part]).toContain('00-DB-12-34-56-78-90-A0 (ESME)');
			expect(parts[part]).toContain('2026-11-05 02:14:07 UTC');
			expect(parts[part]).toContain('6.5 of ED: Its target is another Device.');
			expect(parts[part]).toContain('https://causeway.example/on-call/pages/77');
		}
		expect(parts['text/plain']).toContain('https://causeway.example/answer/abc?x=1&y=2');
		expect(parts['text/html']).toContain('href="https://causeway.example/answer/abc?x=1&amp;y=2"');
		expect(parts['text/html']).not.toMatch(/<img|<script|<link|url\(|src=/i);
	});

	test('has the same id in every try, and one thread for a page and a person', async () => {
		const server = await start();
		const opened = personal();
		await send({}, opened, server.url);
		await send({}, opened, server.url);
		await send({}, personal({ type: 'acknowledged' }), server.url);
		await send({}, personal({ page: { id: '78' } }), server.url);
		await send({}, { ...opened, recipient: { ...ADA, email: 'ben@brightwell.example' } }, server.url);
		const ids = server.mails.map(({ headers }) => headers['message-id']);
		expect(ids[0]).toMatch(/^<[^<>\s]+@causeway\.example>$/);
		expect(ids[1]).toBe(ids[0]);
		expect(new Set(ids).size).toBe(4);
		const threads = server.mails.map(({ headers }) => [headers['references'], headers['in-reply-to']]);
		expect(threads[1]).toEqual(threads[0]);
		expect(threads[2]).toEqual(threads[0]);
		expect(threads[3]).not.toEqual(threads[0]);
		expect(threads[4]).not.toEqual(threads[0]);
	});

	test('says who acknowledged, and that a number is a lower bound', async () => {
		const server = await start();
		const { alert } = noticeOf().content;
		await send(
			{},
			personal({
				type: 'acknowledged',
				why: 'acknowledged',
				answer: { by: 'Ben <b>', at: '2026-11-05T02:20:00.000Z', channel: 'phone' },
				page: { state: 'acknowledged' },
				content: { alert: { ...alert!, occurrences: 40, throttled: true } }
			}),
			server.url
		);
		const { parts, headers } = server.mails[0]!;
		expect(parts['text/plain']).toContain('Ben <b> has acknowledged the page, 2026-11-05 02:20:00 UTC.');
		expect(parts['text/plain']).toContain('Occurrences: at least 40');
		expect(parts['text/html']).toContain('Ben &lt;b&gt; has acknowledged');
		expect(headers['importance']).toBeUndefined();
	});

	test('goes to fixed addresses by the server of the channel, with its user', async () => {
		const server = await start({ account: { user: 'pager', password: 'pä ss' } });
		const settings = {
			server: server.url,
			user: 'pager',
			secret: 'pä ss',
			from: 'desk@brightwell.example',
			to: ['a@brightwell.example', 'b@brightwell.example']
		};
		expect(email.addresses(email.settings.parse({ kind: 'email', ...settings }))).toBe('target');
		expect(await send(settings, noticeOf())).toEqual({ state: 'sent', status: 250 });
		expect(server.mails[0]).toMatchObject({
			from: 'desk@brightwell.example',
			to: ['a@brightwell.example', 'b@brightwell.example'],
			user: 'pager'
		});
	});

	test('never sends the user of the installation to the server of a channel', async () => {
		const server = await start({ account: { user: 'installation', password: 'installed secret' } });
		const outcome = await send(
			{ server: server.url },
			personal(),
			`smtp://installation:installed%20secret@127.0.0.1:${server.port}`
		);
		expect(outcome).toMatchObject({
			state: 'failed',
			status: 530,
			again: false,
			error: /wants a user and a secret/
		});
	});
});

describe('an e-mail channel without its settings', () => {
	test('says what to set', async () => {
		expect(await send({})).toMatchObject({ state: 'failed', again: false, error: /set MAIL_SERVER/ });
		const deps = {
			...depsWith('smtp://127.0.0.1:1'),
			mail: { server: parseMailServer('smtp://127.0.0.1:1'), from: null }
		};
		expect(await email.send(email.settings.parse({ kind: 'email' }), personal(), deps)).toMatchObject({
			error: /set MAIL_FROM/
		});
	});

	test('tests only the server if a key tests it', async () => {
		const server = await start({ account: { user: 'pager', password: 'secret' } });
		const test = noticeOf({ type: 'test' });
		expect(await send({ server: server.url, user: 'pager', secret: 'secret' }, test)).toEqual({
			state: 'sent',
			status: null
		});
		expect(await send({ server: server.url, user: 'pager', secret: 'wrong' }, test)).toMatchObject({
			status: 535
		});
		expect(server.mails).toEqual([]);
	});

	test.each([
		[{ user: 'pager' }, 'server'],
		[{ server: 'smtp://user:password@a.example' }, 'server'],
		[{ server: 'a.example' }, 'server'],
		[{ to: ['nobody'] }, 'to.0'],
		[{ from: 'Ada <ada@a.example>\r\nBcc: x@y.example' }, 'from']
	])('refuses %o', (settings, path) => {
		const parsed = email.settings.safeParse({ kind: 'email', ...settings });
		expect(parsed.success).toBe(false);
		expect(JSON.stringify(parsed.error?.message)).toContain(path.split('.')[0]);
	});
});
