import { once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { describe, expect, test } from 'vitest';
import { sendMail } from '#lib/server/on-call/channels/email/smtp.ts';
import { parseMailServer } from '#lib/server/process/mail-server.ts';
import { freePort } from '../../../launcher/process.ts';
import { mailServers, send, targets } from '../../support/email.ts';
import { noticeOf } from '../../support/notices.ts';
import { CERTIFICATE } from '../../support/proxy.ts';

const start = mailServers();

describe('TLS to a mail server', () => {
	test('is required: a mail does not leave in clear', async () => {
		const server = await start({ tls: 'none' });
		const outcome = await send({ server: `${server.url}?tls=required` });
		expect(outcome).toMatchObject({ state: 'failed', error: /does not offer STARTTLS/ });
		expect(server.mails).toEqual([]);
	});

	test.each(['starttls', 'begin'] as const)(
		'refuses a certificate that nobody vouches for: %s',
		async (tls) => {
			const server = await start({ tls });
			const outcome = await send({ server: `${server.url}?tls=required` });
			expect(outcome).toMatchObject({ state: 'failed', error: /certificate.*is not valid/ });
			expect(server.mails).toEqual([]);
		}
	);

	test.each(['starttls', 'begin'] as const)('protects the mail and the secret: %s', async (tls) => {
		const server = await start({ tls, account: { user: 'pager', password: 'secret' } });
		const before = getCACertificates('default');
		setDefaultCACertificates([...before, CERTIFICATE]);
		const outcome = await send({ server: `${server.url}?tls=required`, user: 'pager', secret: 'secret' });
		setDefaultCACertificates(before);
		expect(outcome).toEqual({ state: 'sent', status: 250 });
		expect(server.mails).toMatchObject([{ secure: true, user: 'pager' }]);
	});

	test('is used on this machine if the server offers it', async () => {
		const server = await start({ tls: 'starttls' });
		expect(await send({ server: server.url })).toMatchObject({ state: 'sent' });
		expect(server.mails).toMatchObject([{ secure: true }]);
	});
});

describe('a mail server that refuses', () => {
	test.each([
		[
			'a recipient for now',
			{ recipient: () => 450 },
			{ status: 450, again: true, error: /address.*\(450\)/ }
		],
		[
			'a recipient for good',
			{ recipient: () => 550 },
			{ status: 550, again: false, error: /address.*\(550\)/ }
		],
		['a mail for now', { data: 452 }, { status: 452, again: true, error: /refused the mail \(452\)/ }],
		['a mail for good', { data: 554 }, { status: 554, again: false, error: /refused the mail \(554\)/ }]
	])('%s', async (_what, refusals, expected) => {
		const server = await start();
		server.refuse(refusals);
		const outcome = await send({ server: server.url });
		expect(outcome).toMatchObject({ state: 'failed', ...expected });
		expect(JSON.stringify(outcome)).not.toMatch(/a reply with a secret|ada@/);
	});

	test('a wrong password: the error holds neither user nor password', async () => {
		const server = await start({ account: { user: 'pager', password: 'right one' } });
		const outcome = await send({ server: server.url, user: 'pager', secret: 'wrong one' });
		expect(outcome).toMatchObject({
			state: 'failed',
			status: 535,
			again: false,
			error: /the user or the secret/
		});
		expect(JSON.stringify(outcome)).not.toMatch(/pager|wrong one/);
	});

	test('one of several recipients: a test fails, and a page counts as sent', async () => {
		const server = await start();
		server.refuse({ recipient: (address) => (address.startsWith('wrong') ? 550 : undefined) });
		const settings = { server: server.url, to: ['right@a.example', 'wrong@a.example'] };
		expect(await send(settings, noticeOf({ type: 'test' }))).toMatchObject({
			state: 'failed',
			error: /refused 1 of/
		});
		expect(await send(settings, noticeOf())).toMatchObject({ state: 'sent' });
	});
});

describe('a mail server that is not well', () => {
	/** A server that does this with each connection. */
	async function odd(serve: (socket: Socket) => void) {
		const server = createServer(serve).listen(0, '127.0.0.1');
		await once(server, 'listening');
		const { port } = server.address() as AddressInfo;
		return { url: `smtp://127.0.0.1:${port}`, [Symbol.dispose]: () => void server.close() };
	}

	test('never greets: the try ends after its limit', async () => {
		using server = await odd(() => {});
		const outcome = await sendMail(parseMailServer(server.url)!, null, {
			targets,
			refusesPart: true,
			limitMs: 300
		});
		expect(outcome).toEqual({
			state: 'failed',
			status: null,
			error: 'the mail server has not accepted the mail within 0.3 seconds',
			again: true
		});
	});

	test('stops in the middle: the try ends after its limit', async () => {
		using server = await odd((socket) => {
			socket.write('220 odd\r\n');
			socket.once('data', () => socket.write('250-odd\r\n'));
		});
		const outcome = await sendMail(parseMailServer(server.url)!, null, {
			targets,
			refusesPart: true,
			limitMs: 300
		});
		expect(outcome).toMatchObject({ state: 'failed', again: true, error: /within 0.3 seconds/ });
	});

	test('closes the connection', async () => {
		using server = await odd((socket) => socket.destroy());
		expect(await send({ server: server.url })).toMatchObject({
			state: 'failed',
			again: true,
			error: 'the mail server closed the connection'
		});
	});

	test('does not listen', async () => {
		const outcome = await send({ server: `smtp://127.0.0.1:${await freePort()}` });
		expect(outcome).toMatchObject({
			state: 'failed',
			again: true,
			error: /^the mail server refused the connection/
		});
	});

	test('is at an address that is never allowed', async () => {
		const outcome = await send({ server: 'smtp://169.254.169.254:25' });
		expect(outcome).toMatchObject({ state: 'failed', again: false, error: /link-local/ });
	});
});
