// Tests the sign-in, the session cookie and the headers of a page.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Browser } from 'playwright-core';
import { isLive, openBrowser, openPage, signIn } from '../support/browser.ts';
import { startSystem, type System } from '../support/system.ts';
import { PEOPLE, startWeb, type Web } from '../support/web.ts';

let system: System;
let web: Web;
let browser: Browser;

beforeAll(async () => {
	system = await startSystem({ worker: false });
	web = await startWeb(system);
	browser = await openBrowser();
});
afterAll(async () => {
	await browser?.close();
	await web?.[Symbol.asyncDispose]();
	await system?.[Symbol.asyncDispose]();
});

const formRequest = (fields: Record<string, string>) => ({
	method: 'POST',
	body: new URLSearchParams(fields),
	redirect: 'manual' as const
});

describe('signing in', () => {
	test('the error text does not say whether the address or the password is wrong', async () => {
		const page = await openPage(browser);
		const errorText = async (email: string) => {
			await signIn(page, web, { email, password: 'wrong wrong wrong' });
			return page.getByRole('alert').filter({ hasText: /\S/ }).innerText();
		};
		expect(await errorText(PEOPLE.brightwell.email)).toBe('The e-mail address or the password is wrong.');
		expect(await errorText('nobody@example.com')).toBe('The e-mail address or the password is wrong.');
		await page.context().close();
	});

	test('leads to the requested page, and signing out leads back to the sign-in page', async () => {
		const page = await openPage(browser);
		await signIn(page, web, PEOPLE.brightwell, '/?view=decided');
		await isLive(page);
		expect(page.url()).toBe(`${web.url}/?view=decided`);
		await page.getByRole('button', { name: 'Sign out' }).click();
		await page.getByRole('button', { name: 'Sign in' }).waitFor();
		await page.goto(web.url);
		await page.getByRole('button', { name: 'Sign in' }).waitFor();
		await page.context().close();
	});

	test('never leads to another server', async () => {
		for (const next of ['//evil.example', '/\\evil.example', 'https://evil.example']) {
			const page = await openPage(browser);
			await signIn(page, web, PEOPLE.brightwell, `/sign-in?next=${encodeURIComponent(next)}`);
			await isLive(page);
			expect(new URL(page.url()).origin).toBe(web.url);
			await page.context().close();
		}
	});

	test.each([
		['a foreign Origin', { origin: 'https://evil.example' }],
		['the Origin null', { origin: 'null' }],
		['no Origin', {}]
	])('the server refuses a form with %s', async (_, headers) => {
		const { email, password } = PEOPLE.brightwell;
		const response = await fetch(`${web.url}/sign-in?/in`, { ...formRequest({ email, password }), headers });
		expect(response.status).toBe(403);
		expect(response.headers.getSetCookie()).toEqual([]);
	});

	test('scripts and other sites cannot use the session cookie', async () => {
		const { email, password } = PEOPLE.brightwell;
		const response = await fetch(`${web.url}/sign-in?/in`, {
			...formRequest({ email, password }),
			headers: { origin: web.url, accept: 'text/html' }
		});
		expect(response.status).toBe(303);
		const cookie = response.headers.getSetCookie().find((line) => line.startsWith('causeway.session_token='));
		expect(cookie).toMatch(/HttpOnly/i);
		expect(cookie).toMatch(/SameSite=Lax/i);
	});

	test('nobody can sign up over HTTP', async () => {
		const response = await fetch(`${web.url}/api/auth/sign-up/email`, {
			method: 'POST',
			headers: { 'content-type': 'application/json', origin: web.url },
			body: JSON.stringify({ email: 'new@example.com', password: 'long enough password', name: 'New' })
		});
		expect(response.ok).toBe(false);
		const { rows } = await system.database.query<{ n: string }>(
			`select count(*) as n from "user" where email = 'new@example.com'`
		);
		expect(rows[0]!.n).toBe('0');
	});

	test('the server answers 429 after many attempts', async () => {
		const attempt = () =>
			fetch(`${web.url}/api/auth/sign-in/email`, {
				method: 'POST',
				// Forged addresses of the client do not avoid the limit.
				headers: {
					'content-type': 'application/json',
					origin: web.url,
					'x-forwarded-for': `10.0.0.${Math.floor(Math.random() * 250)}`,
					'x-causeway-client': `10.1.0.${Math.floor(Math.random() * 250)}`
				},
				body: JSON.stringify({ email: 'spray@example.com', password: 'long enough password' })
			});
		const statuses = [];
		for (let i = 0; i < 25; i++) statuses.push((await attempt()).status);
		expect(statuses).toContain(429);
	});
});

describe('a page', () => {
	test('redirects a person who is not signed in', async () => {
		const response = await fetch(`${web.url}/?view=all`, { redirect: 'manual' });
		expect(response.status).toBe(303);
		expect(response.headers.get('location')).toBe('/sign-in?next=%2F%3Fview%3Dall');
	});

	test('has headers that prevent caching, framing and foreign scripts', async () => {
		const { headers } = await fetch(`${web.url}/sign-in`);
		expect(headers.get('cache-control')).toBe('no-store');
		expect(headers.get('x-content-type-options')).toBe('nosniff');
		expect(headers.get('referrer-policy')).toBe('same-origin');
		const policy = headers.get('content-security-policy');
		expect(policy).toMatch(/frame-ancestors 'none'/);
		expect(policy).toMatch(/script-src 'self' 'nonce-/);
		expect(policy).not.toMatch(/script-src[^;]*unsafe/);
	});

	test('redirects from another name of this machine to the configured name', async () => {
		const response = await fetch(`${web.url.replace('127.0.0.1', 'localhost')}/sign-in`, {
			redirect: 'manual'
		});
		expect(response.headers.get('location')).toBe(`${web.url}/sign-in`);
	});
});
