// Tests Causeway behind a proxy with TLS: secure cookies, live connections, a feed under a prefix, and the address by
// which sign-in attempts are counted.
import { request } from 'node:https';
import { text } from 'node:stream/consumers';
import type { IncomingMessage, OutgoingHttpHeaders } from 'node:http';
import { once } from 'node:events';
import { io } from 'socket.io-client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CERTIFICATE, startProxy } from '../../support/proxy.ts';
import { startSystem, type System } from '../../support/system.ts';
import { PEOPLE, startWeb, type Web } from '../../support/web.ts';

const PROXY_ADDRESS = '127.0.0.2';
const SIGN_INS_A_MINUTE = 20;
let system: System;
let web: Web;
let proxy: Awaited<ReturnType<typeof startProxy>>;

beforeAll(async () => {
	system = await startSystem({ worker: false });
	proxy = await startProxy({ from: PROXY_ADDRESS });
	web = await startWeb(system, { ORIGIN: proxy.origin, TRUSTED_PROXIES: '10.0.0.0/8, 127.0.0.2' });
	proxy.pointTo(web.url);
});
afterAll(async () => {
	await proxy[Symbol.asyncDispose]();
	await web[Symbol.asyncDispose]();
	await system[Symbol.asyncDispose]();
});

interface Call {
	path: string;
	headers: OutgoingHttpHeaders;
	body: string;
}

/** Calls the proxy over TLS, with the certificate of the tests. */
async function post(origin: string, { path, headers, body }: Call) {
	const call = request(origin + path, { method: 'POST', ca: CERTIFICATE, headers }).end(body);
	const [answer] = (await once(call, 'response')) as [IncomingMessage];
	return { status: answer.statusCode!, headers: answer.headers, text: await text(answer) };
}

const form = (person: { email: string; password: string }): Omit<Call, 'path'> => ({
	headers: { 'content-type': 'application/x-www-form-urlencoded', origin: proxy.origin },
	body: new URLSearchParams(person).toString()
});

it('signs a person in over TLS with a secure cookie, which opens a live connection', async () => {
	proxy.reportClient('192.0.2.1');
	const answer = await post(proxy.origin, { path: '/sign-in?/in', ...form(PEOPLE.brightwell) });
	const cookie = answer.headers['set-cookie']?.find((line) => line.includes('session_token'));
	expect(cookie).toMatch(/^__Secure-causeway\.session_token=.*; Secure/i);
	const socket = io(proxy.origin, {
		transports: ['websocket'],
		reconnection: false,
		ca: CERTIFICATE,
		extraHeaders: { cookie: cookie!.split(';')[0]!, origin: proxy.origin }
	});
	try {
		const head = await new Promise((done, fail) => {
			socket.once('feed:head', done);
			socket.once('connect_error', fail);
		});
		expect(head).toEqual({ head: 0 });
	} finally {
		socket.disconnect();
	}
});

it('refuses a page of another origin behind the proxy', async () => {
	const { body, headers } = form(PEOPLE.brightwell);
	const answer = await post(proxy.origin, {
		path: '/sign-in?/in',
		headers: { ...headers, origin: 'https://evil.example' },
		body
	});
	expect(answer.status).toBe(403);
});

it('accepts a feed through a proxy that removes a prefix', async () => {
	await using prefixed = await startProxy({ from: PROXY_ADDRESS, prefix: '/causeway' });
	prefixed.pointTo(web.url);
	const answer = await post(prefixed.origin, {
		path: '/causeway/api/v1/alerts',
		headers: { 'content-type': 'application/json', authorization: `Bearer ${system.keys['brightwell']}` },
		body: JSON.stringify({
			deviceId: '00-DB-12-34-56-78-90-A0',
			kind: 'device',
			code: '8F30',
			raisedAt: new Date().toISOString(),
			recipientId: '90-B3-D5-1F-30-01-00-01'
		})
	});
	expect(JSON.parse(answer.text)).toMatchObject({ accepted: 1, rejected: [] });
});

describe('the limit of sign-in attempts', () => {
	const wrong = { email: PEOPLE.halden.email, password: 'a wrong password' };
	const signInJson = JSON.stringify(wrong);
	const headers = () => ({ 'content-type': 'application/json', origin: proxy.origin });
	const path = '/api/auth/sign-in/email';
	/** Tries through the proxy, which reports `client`. `claimed`: a header that the client itself sends. */
	const throughProxy = async (client: string, claimed?: string): Promise<number> => {
		proxy.reportClient(client);
		const forged = claimed === undefined ? {} : { 'x-forwarded-for': claimed, 'x-causeway-client': claimed };
		return (await post(proxy.origin, { path, headers: { ...headers(), ...forged }, body: signInJson }))
			.status;
	};
	const repeat = async (attempt: (i: number) => Promise<number>): Promise<number[]> => {
		const statuses = [];
		for (let i = 0; i <= SIGN_INS_A_MINUTE; i++) statuses.push(await attempt(i));
		return statuses;
	};
	const refusedAtTheEnd = [...Array<number>(SIGN_INS_A_MINUTE).fill(401), 429];

	it('counts each client behind a trusted proxy by itself', { timeout: 60_000 }, async () => {
		expect(await repeat(() => throughProxy('192.0.2.10'))).toEqual(refusedAtTheEnd);
		expect(await throughProxy('192.0.2.11')).toBe(401);
	});

	it('ignores an address that the client itself claims', { timeout: 60_000 }, async () => {
		expect(await repeat((i) => throughProxy('192.0.2.20', `192.0.2.${100 + i}`))).toEqual(refusedAtTheEnd);
	});

	it(
		'counts by the address of the proxy if the proxy reports none that can be read',
		{ timeout: 60_000 },
		async () => {
			expect(await repeat((i) => throughProxy(`unknown-${i}`))).toEqual(refusedAtTheEnd);
		}
	);

	it('ignores the header of a caller that is not a trusted proxy', { timeout: 60_000 }, async () => {
		const direct = async (i: number): Promise<number> => {
			const claimed = `192.0.2.${150 + i}`;
			const answer = await fetch(web.url + path, {
				method: 'POST',
				headers: { ...headers(), 'x-forwarded-for': claimed, 'x-causeway-client': claimed },
				body: signInJson
			});
			return answer.status;
		};
		expect(await repeat(direct)).toEqual(refusedAtTheEnd);
	});
});
