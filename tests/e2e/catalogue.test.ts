// Tests that the words of the pages come from the catalogue: in the pseudo-language, each word of a page has accents.
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Browser, Page } from 'playwright-core';
import { openBrowser, openPage } from '../support/browser.ts';
import { startSystem, type System } from '../support/system.ts';
import { startWeb, type Web } from '../support/web.ts';
import { hardCodedTexts } from '../support/catalogue.ts';

let system: System;
let web: Web;
let browser: Browser;

beforeAll(async () => {
	system = await startSystem();
	web = await startWeb(system);
	browser = await openBrowser();
});
afterAll(async () => {
	await browser?.close();
	await web?.[Symbol.asyncDispose]();
	await system?.[Symbol.asyncDispose]();
});

const openInPseudo = (): Promise<Page> => openPage(browser, { locale: 'en-XA' });

test('the pseudo-language shows accents, and a page in English shows none', async () => {
	const page = await openInPseudo();
	await page.goto(`${web.url}/sign-in`);
	expect(await page.getAttribute('html', 'lang')).toBe('en-XA');
	expect(await page.title()).toBe('Šíĝñ íñ · Çáúšéŵáý');
	const english = await openPage(browser);
	await english.goto(`${web.url}/sign-in`);
	expect(await english.getAttribute('html', 'lang')).toBe('en-GB');
	expect(await hardCodedTexts(english)).toContain('Sign in');
	await english.context().close();
	await page.context().close();
});

test('the sign-in page, its fault and the error page have no text outside the catalogue', async () => {
	const page = await openInPseudo();
	await page.goto(`${web.url}/sign-in`, { waitUntil: 'networkidle' });
	expect(await hardCodedTexts(page)).toEqual([]);
	await page.getByLabel('É-máíļ').fill('nobody@brightwell.example');
	await page.locator('#password').fill('wrong');
	await page.getByRole('button').click();
	await page.getByRole('alert').getByText('ŵŕóñĝ').waitFor();
	expect(await hardCodedTexts(page)).toEqual([]);
	await page.goto(`${web.url}/answer/none/none`);
	await page.getByRole('heading').waitFor();
	expect(await hardCodedTexts(page)).toEqual([]);
	await page.context().close();
});
