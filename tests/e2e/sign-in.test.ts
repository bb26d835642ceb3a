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

const form = (fields: Record<string, string>) => ({
	method: 'POST',
	body: new URLSearchParams(fields),
	redirect: 'manual' as const
});

describe('signing in', () => {
	test('a wrong password says so, and not which part was wrong', async () => {
		const page = await openPage(browser);
		const said = async (email: string) => {
			await signIn(page, web, { email, password: 'wrong wrong wrong' });
			return page.getByRole('alert').filter({ hasText: /\S/ }).innerText();
		};
		expect(await said(PEOPLE.brightwell.email)).toBe('E-mail address or password is wrong.');
		expect(await said('nobody@example.com')).toBe('E-mail address or password is wrong.');
		await page.context().close();
	});

	test('leads to the page that was asked for, and out again', async () => {
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

	test('never leads away from here', async () => {
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
	])('a form with %s is refused', async (_, headers) => {
		const { email, password } = PEOPLE.brightwell;
		const response = await fetch(`${web.url}/sign-in?/in`, { ...form({ email, password }), headers });
		expect(response.status).toBe(403);
		expect(response.headers.getSetCookie()).toEqual([]);
	});

	test('the session cookie is out of reach of scripts and of other sites', async () => {
		const { email, password } = PEOPLE.brightwell;
		const response = await fetch(`${web.url}/sign-in?/in`, {
			...form({ email, password }),
			headers: { origin: web.url, accept: 'text/html' }
		});
		expect(response.status).toBe(303);
		const cookie = response.headers.getSetCookie().find((line) => line.startsWith('causeway.session_token='));
		expect(cookie).toMatch(/HttpOnly/i);
		expect(cookie).toMatch(/SameSite=Lax/i);
	});

	test('nobody signs up over HTTP', async () => {
		const response = await fetch(`${web.url}/api/auth/sign-up/email`, {
			method: 'POST',
			headers: { 'content-type': 'application/json', origin: web.url },
			body: JSON.stringify({ email: 'new@example.com', password: 'long enough password', name: 'New' })
		});
		expect(response.ok).toBe(false);
		const { rows } = await system.record.query<{ n: string }>(
			`select count(*) as n from "user" where email = 'new@example.com'`
		);
		expect(rows[0]!.n).toBe('0');
	});

	test('after many attempts further ones are put off', async () => {
		const attempt = () =>
			fetch(`${web.url}/api/auth/sign-in/email`, {
				method: 'POST',
				// A sender that names other addresses is counted all the same.
				headers: {
					'content-type': 'application/json',
					origin: web.url,
					'x-forwarded-for': `10.0.0.${Math.floor(Math.random() * 250)}`,
					'x-causeway-client': `10.1.0.${Math.floor(Math.random() * 250)}`
				},
				body: JSON.stringify({ email: 'spray@example.com', password: 'long enough password' })
			});
		const answers = [];
		for (let i = 0; i < 25; i++) answers.push((await attempt()).status);
		expect(answers).toContain(429);
	});
});

describe('a page', () => {
	test('is not for those who are not signed in', async () => {
		const response = await fetch(`${web.url}/?view=all`, { redirect: 'manual' });
		expect(response.status).toBe(303);
		expect(response.headers.get('location')).toBe('/sign-in?next=%2F%3Fview%3Dall');
	});

	test('has the headers that keep it private and in its place', async () => {
		const { headers } = await fetch(`${web.url}/sign-in`);
		expect(headers.get('cache-control')).toBe('no-store');
		expect(headers.get('x-content-type-options')).toBe('nosniff');
		expect(headers.get('referrer-policy')).toBe('same-origin');
		const policy = headers.get('content-security-policy');
		expect(policy).toMatch(/frame-ancestors 'none'/);
		expect(policy).toMatch(/script-src 'self' 'nonce-/);
		expect(policy).not.toMatch(/script-src[^;]*unsafe/);
	});

	test('under another name of this machine leads to the one that the session knows', async () => {
		const response = await fetch(`${web.url.replace('127.0.0.1', 'localhost')}/sign-in`, {
			redirect: 'manual'
		});
		expect(response.headers.get('location')).toBe(`${web.url}/sign-in`);
	});
});
