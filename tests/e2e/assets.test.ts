// Tests what the browser loads for the first page: compressed scripts, and not too many of them.
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Browser, Response } from 'playwright-core';
import { isLive, openBrowser, openConsole, openPage, signIn } from '../support/browser.ts';
import { startSystem, type System } from '../support/system.ts';
import { PEOPLE, startWeb, type Web } from '../support/web.ts';

const MOST_SCRIPT_BYTES = 200_000;

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

const isAsset = (response: Response): boolean => /\/_app\/immutable\/.*\.(js|css)$/.test(response.url());

test('the scripts and styles of the first page arrive compressed, and the scripts are under 200 kB', async () => {
	const page = await openPage(browser);
	await signIn(page, web, PEOPLE.brightwell);
	await isLive(page);
	const assets: Response[] = [];
	page.on('response', (response) => isAsset(response) && assets.push(response));
	const session = await page.context().newCDPSession(page);
	await session.send('Network.setCacheDisabled', { cacheDisabled: true });
	await page.reload({ waitUntil: 'networkidle' });
	await isLive(page);
	const encodings = assets.map((response) => response.headers()['content-encoding']);
	expect(encodings.length).toBeGreaterThan(3);
	expect(new Set(encodings)).toEqual(new Set(['br']));
	const total = assets
		.filter((response) => response.url().endsWith('.js'))
		.reduce((sum, response) => sum + Number(response.headers()['content-length']), 0);
	expect(total).toBeGreaterThan(50_000);
	expect(total).toBeLessThan(MOST_SCRIPT_BYTES);
	await page.context().close();
});

test('a client that knows no Brotli gets gzip', async () => {
	const page = await openConsole(browser, web, 'brightwell');
	const script = await page.locator('link[rel=modulepreload]').first().getAttribute('href');
	const response = await fetch(new URL(script!, web.url), { headers: { 'accept-encoding': 'gzip' } });
	expect(response.headers.get('content-encoding')).toBe('gzip');
	expect(response.headers.get('cache-control')).toContain('immutable');
	expect(await response.text()).toContain('import');
	await page.context().close();
});
