import { createServer } from 'node:net';
import { once } from 'node:events';
import { setDefaultCACertificates, getCACertificates } from 'node:tls';
import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openHttpPost } from '#lib/server/on-call/channels/http-post.ts';
import { outcomeOf } from '#lib/server/on-call/channels/http-outcome.ts';
import { createTargets, parseTargets } from '#lib/server/process/targets.ts';
import { freePort } from '../../../launcher/process.ts';
import { CERTIFICATE } from '../../support/proxy.ts';
import { MANNERS, answers, startReceiver, type Receiver } from '../../support/receiver.ts';
import { eventually } from '../../support/system.ts';

const targetsOf = (text: string) => createTargets(parseTargets(text.split(',').filter(Boolean))!);
const tls = {
	cert: CERTIFICATE,
	key: readFileSync(new URL('../../support/proxy-key.pem', import.meta.url), 'utf8')
};

let receiver: Receiver;
let http: ReturnType<typeof openHttpPost>;
const send = (url = receiver.url) => http.post({ url, body: 'hello' });

beforeEach(async () => {
	receiver = await startReceiver();
	http = openHttpPost({ targets: targetsOf(''), limitMs: 500 });
});
afterEach(async () => {
	http.close();
	await receiver[Symbol.asyncDispose]();
});

describe('a request of a channel', () => {
	test('reaches the receiver with its body and headers', async () => {
		receiver.behave(answers(200, {}, 'thanks'));
		const answer = await http.post({ url: `${receiver.url}/a?b=c`, headers: { 'x-one': '1' }, body: 'é' });
		expect(answer).toEqual({ status: 200, retryAfterMs: null, text: 'thanks' });
		expect(receiver.received).toMatchObject([
			{
				path: '/a?b=c',
				text: 'é',
				headers: { 'x-one': '1', 'user-agent': 'Causeway', 'content-length': '2' }
			}
		]);
	});

	test('follows no redirect', async () => {
		const other = await startReceiver();
		receiver.behave(answers(307, { location: other.url }));
		const answer = await send();
		expect(answer.status).toBe(307);
		expect(other.received).toEqual([]);
		expect(outcomeOf(answer)).toMatchObject({ state: 'failed', again: false, error: /redirect/ });
		await other[Symbol.asyncDispose]();
	});

	test('reads at most 64 KiB of an answer without an end, and closes the connection', async () => {
		receiver.behave(MANNERS.answersHugely);
		const answer = await send();
		expect(answer).toMatchObject({ status: 200 });
		expect('text' in answer && answer.text.length).toBe(64 * 1024);
		await eventually(() => expect(receiver.connections().open).toBe(0));
	});

	test('counts the status of an answer that stops in the middle', async () => {
		receiver.behave(MANNERS.stopsInTheAnswer);
		expect(await send()).toEqual({ status: 200, retryAfterMs: null, text: 'ok' });
	});

	test('ends after its limit if the receiver never answers', async () => {
		receiver.behave(MANNERS.neverAnswers);
		expect(await send()).toEqual({ status: null, problem: 'no answer within 0.5 seconds', again: true });
		await eventually(() => expect(receiver.connections().open).toBe(0));
	});

	test('says in words that the receiver closed or refused the connection', async () => {
		receiver.behave(MANNERS.closes);
		expect(await send()).toEqual({
			status: null,
			problem: 'the receiver closed the connection',
			again: true
		});
		const refused = await send(`http://127.0.0.1:${await freePort()}/secret-path`);
		expect(refused).toMatchObject({
			status: null,
			problem: /^the receiver refused the connection/,
			again: true
		});
		expect(JSON.stringify(refused)).not.toContain('secret-path');
	});

	test('says in words that the receiver does not speak HTTP or TLS', async () => {
		const server = createServer((socket) => void socket.end('220 mail.example ESMTP\r\n')).listen(
			0,
			'127.0.0.1'
		);
		await once(server, 'listening');
		const port = (server.address() as { port: number }).port;
		expect(await send(`http://127.0.0.1:${port}`)).toMatchObject({ problem: /is not HTTP/ });
		expect(await send(`https://127.0.0.1:${port}`)).toMatchObject({ problem: /does not speak TLS/ });
		server.close();
	});

	test('refuses a certificate that nobody vouches for, and accepts one that the machine trusts', async () => {
		const secure = await startReceiver({ tls });
		expect(await send(secure.url)).toEqual({
			status: null,
			problem: 'the certificate of the receiver is not valid',
			again: true
		});
		expect(secure.received).toEqual([]);
		const before = getCACertificates('default');
		setDefaultCACertificates([...before, CERTIFICATE]);
		expect(await send(secure.url)).toMatchObject({ status: 204 });
		setDefaultCACertificates(before);
		await secure[Symbol.asyncDispose]();
	});

	test('uses a connection again, and does not fail because the receiver has closed it', async () => {
		await send();
		await send();
		expect(receiver.connections().seen).toBe(1);
		// The receiver closes the idle connection at the moment at which the next request is written.
		receiver.behave((req, res) =>
			receiver.connections().seen === 1 ? req.socket.destroy() : void res.writeHead(204).end()
		);
		expect(await send()).toMatchObject({ status: 204 });
		expect(receiver.connections().seen).toBe(2);
	});

	test.each(['answersTwice', 'answersAgainLater'] as const)(
		'takes no second answer of the receiver for the answer to the next request: %s',
		async (manner) => {
			receiver.behave(MANNERS[manner]);
			for (let i = 0; i < 20; i++) expect(await send()).toMatchObject({ status: 204 });
			expect(receiver.received).toHaveLength(20);
		}
	);

	test('keeps at most two idle connections for a receiver', async () => {
		await Promise.all(Array.from({ length: 8 }, () => send()));
		await eventually(() => expect(receiver.connections().open).toBeLessThanOrEqual(2));
		http.close();
		await eventually(() => expect(receiver.connections().open).toBe(0));
	});
});

describe('Retry-After of a receiver', () => {
	const now = new Date('2026-11-05T02:00:00.000Z');
	test.each([
		['30', 30_000],
		['Thu, 05 Nov 2026 02:01:00 GMT', 60_000],
		['Thu, 05 Nov 2026 01:00:00 GMT', 0],
		['99999999', 24 * 3_600_000],
		['soon', null]
	])('%s', async (header, retryAfterMs) => {
		const timed = openHttpPost({ targets: targetsOf(''), now: () => now });
		receiver.behave(answers(503, { 'retry-after': header }));
		const answer = await timed.post({ url: receiver.url, body: '' });
		expect(answer).toMatchObject({ status: 503, retryAfterMs });
		expect(outcomeOf(answer)).toEqual({
			state: 'failed',
			status: 503,
			error: 'the receiver answered 503',
			again: true,
			...(retryAfterMs === null ? {} : { afterMs: retryAfterMs })
		});
		timed.close();
	});
});

describe('the address of a receiver', () => {
	test.each([
		'http://169.254.169.254/latest',
		'http://2852039166/',
		'http://[fe80::1]/',
		'http://[::ffff:169.254.169.254]/',
		'http://[fd00:ec2::254]/'
	])('is refused if it is link-local: %s', async (url) => {
		const answer = await send(url);
		expect(answer).toMatchObject({ status: null, problem: /link-local/, again: false });
	});

	test('is refused if ON_CALL_TARGETS does not list it', async () => {
		const limited = openHttpPost({ targets: targetsOf('10.0.0.0/8,bridge.example') });
		expect(await limited.post({ url: receiver.url, body: '' })).toMatchObject({
			problem: /ON_CALL_TARGETS/,
			again: false
		});
		const byName = receiver.url.replace('127.0.0.1', 'localhost');
		expect(await limited.post({ url: byName, body: '' })).toMatchObject({
			problem: /ON_CALL_TARGETS/,
			again: false
		});
		expect(receiver.received).toEqual([]);
		limited.close();
	});

	test.each(['127.0.0.0/8,::1/128', 'LOCALHOST', '10.0.0.0/8,localhost'])(
		'is allowed if ON_CALL_TARGETS is %s',
		async (setting) => {
			const limited = openHttpPost({ targets: targetsOf(setting.toLowerCase()) });
			const byName = receiver.url.replace('127.0.0.1', 'localhost');
			expect(await limited.post({ url: byName, body: '' })).toMatchObject({ status: 204 });
			limited.close();
		}
	);
});

describe('the setting ON_CALL_TARGETS', () => {
	test.each(['10.0.0.0/33', '10.0.0.0/8/8', '10.0.0.0/', 'a b', 'http://a.example', '::1/129', '*'])(
		'does not accept %s',
		(item) => expect(parseTargets([item])).toBeNull()
	);

	test('lists every name under a domain with a star', () => {
		expect(parseTargets(['*.Example.com', '10.1.2.3'])).toEqual({
			names: ['*.example.com'],
			blocks: [['10.1.2.3', 32]]
		});
	});
});
