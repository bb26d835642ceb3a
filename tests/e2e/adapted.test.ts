// Tests the console for people who adapt their system: a zoom of 200 %, colours of their own, and no motion.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Browser, Page } from 'playwright-core';
import { drawer, isLive, lookAway, openBrowser, openConsole, rowOf } from '../support/browser.ts';
import { aDevice, aRequest, anAlert, newDeviceId } from '../support/records.ts';
import { startSystem, type System } from '../support/system.ts';
import { startWeb, type Web } from '../support/web.ts';

let system: System;
let web: Web;
let browser: Browser;
let page: Page;
const meter = newDeviceId();

beforeAll(async () => {
	system = await startSystem();
	web = await startWeb(system);
	browser = await openBrowser();
	page = await openConsole(browser, web, 'brightwell');
	await system.post('/devices', [aDevice(meter)]);
	await system.post('/service-requests', [aRequest(meter)]);
	await system.post('/alerts', [anAlert(meter)]);
	await rowOf(page, meter).getByText('Strong').waitFor();
});
afterAll(async () => {
	await browser?.close();
	await web?.[Symbol.asyncDispose]();
	await system?.[Symbol.asyncDispose]();
});

/** Returns how many animations the mark of a row plays. */
const flashes = (deviceId: string) =>
	rowOf(page, deviceId)
		.locator('.mark')
		.evaluate((mark) => mark.getAnimations().length);

describe('at 200 % of a window of 1366 by 768', () => {
	test('no page scrolls sideways, and each shows its content', async () => {
		await page.setViewportSize({ width: 683, height: 384 });
		for (const path of [
			'/',
			'/?view=all',
			'/episodes',
			'/standing-decisions',
			'/on-call',
			'/on-call/rotas',
			'/feeds',
			'/cause-table',
			'/accuracy',
			`/devices/${meter}`
		]) {
			await page.goto(web.url + path);
			await isLive(page);
			expect([path, await page.evaluate(() => document.documentElement.scrollWidth)]).toEqual([path, 683]);
			const content = page.locator('main').first();
			expect([path, (await content.boundingBox())!.height > 100]).toEqual([path, true]);
		}
	});

	test('a person opens an Alert and decides it by keys', async () => {
		await page.goto(web.url);
		await isLive(page);
		const row = await rowOf(page, meter).boundingBox();
		expect(row!.y + row!.height).toBeLessThanOrEqual(384);
		await rowOf(page, meter).click();
		const actionable = drawer(page).getByRole('button', { name: /^Actionable/ });
		await actionable.waitFor();
		expect((await actionable.boundingBox())!.y).toBeLessThan(384);
		await page.keyboard.press('i');
		const form = page.getByRole('form', { name: 'Reason' });
		await form.waitFor();
		const confirm = form.getByRole('button', { name: /^Confirm/ });
		await confirm.scrollIntoViewIfNeeded();
		expect((await confirm.boundingBox())!.y).toBeLessThan(384);
		await lookAway(page);
		await page.setViewportSize({ width: 1366, height: 768 });
	});
});

test('with the colours of the system, a line shows the selected row', async () => {
	await page.emulateMedia({ forcedColors: 'active' });
	await lookAway(page);
	const outline = () => rowOf(page, meter).evaluate((row) => getComputedStyle(row).outlineStyle);
	expect(await outline()).toBe('none');
	await page.keyboard.press('j');
	await expect.poll(outline).toBe('solid');
	await lookAway(page);
	await page.emulateMedia({ forcedColors: 'none' });
});

describe('the mark of a new Alert', () => {
	test('flashes while nobody reads, and stops when a person selects a row', async () => {
		const fresh = newDeviceId();
		const now = new Date().toISOString();
		await system.post('/devices', [aDevice(fresh)]);
		await system.post('/alerts', [anAlert(fresh, { raisedAt: now, receivedAt: now })]);
		await rowOf(page, fresh).waitFor();
		await expect.poll(() => flashes(fresh)).toBe(1);
		expect(await flashes(meter)).toBe(0);
		await page.keyboard.press('j');
		await expect.poll(() => flashes(fresh)).toBe(0);
		await lookAway(page);
		await expect.poll(() => flashes(fresh)).toBe(1);
	});

	test('does not flash for a person who wants no motion, and nothing else moves', async () => {
		await page.emulateMedia({ reducedMotion: 'reduce' });
		await expect.poll(() => page.evaluate(() => document.getAnimations().length)).toBe(0);
		await page.emulateMedia({ reducedMotion: 'no-preference' });
	});
});

describe('a screen reader', () => {
	test('hears the desk from one place: an outcome at once, and how many Alerts are new', async () => {
		await lookAway(page);
		const voice = page.locator('[aria-live=polite].sr-only');
		expect(await voice.count()).toBe(1);
		await page.keyboard.press('j');
		const waiting = newDeviceId();
		await system.post('/devices', [aDevice(waiting)]);
		await system.post('/alerts', [anAlert(waiting)]);
		await voice.getByText(/^1 new, 1 of priority 1$/).waitFor({ state: 'attached', timeout: 25_000 });
		await page.keyboard.press('i');
		await page.keyboard.press('7');
		await page.keyboard.press('Enter');
		await voice.getByText(/^Ignorable: information only$/).waitFor({ state: 'attached' });
		expect(await voice.count()).toBe(1);
	});
});
