// Tests the desk in a narrow window and on a phone: the list and the open Alert are two screens.
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Browser, Page } from 'playwright-core';
import { drawer, openBrowser, openConsole, rowOf } from '../support/browser.ts';
import { expectClean } from '../support/looks.ts';
import { aDevice, aRequest, anAlert, newDeviceId } from '../support/records.ts';
import { startSystem, type System } from '../support/system.ts';
import { startWeb, type Web } from '../support/web.ts';

let system: System;
let web: Web;
let browser: Browser;
let page: Page;
const meters = Array.from({ length: 5 }, newDeviceId);
const lone = newDeviceId();

beforeAll(async () => {
	system = await startSystem();
	web = await startWeb(system);
	browser = await openBrowser();
	await system.post('/devices', [
		...meters.map((id) => aDevice(id, { model: 'Storm 9', firmware: '2.10' })),
		aDevice(lone, { area: 'SW1' })
	]);
	await system.post(
		'/service-requests',
		[...meters, lone].map((id) => aRequest(id))
	);
	await system.post(
		'/alerts',
		[...meters, lone].map((id) => anAlert(id))
	);
	page = await openConsole(browser, web, 'brightwell');
	await page.locator('[data-episode]').getByText('5 Alerts', { exact: true }).waitFor();
});
afterAll(async () => {
	await browser?.close();
	await web?.[Symbol.asyncDispose]();
	await system?.[Symbol.asyncDispose]();
});

/** Returns how far the texts of a row reach beyond the screen (pixels). */
const cutOff = () =>
	page
		.locator('[role=treeitem]')
		.evaluateAll((rows) => Math.max(...rows.map((row) => row.getBoundingClientRect().right)) - innerWidth);

test('the list fits a phone and a narrow window, and axe finds no fault', async () => {
	await expectClean(page, { name: 'desk-list' });
	for (const width of [390, 768]) {
		await page.setViewportSize({ width, height: 844 });
		expect(await cutOff()).toBeLessThanOrEqual(0);
		const text = await rowOf(page, lone).innerText();
		for (const fact of ['8F30', 'Source Does not have', 'Strong', '6.5', 'SW1']) expect(text).toContain(fact);
	}
});

test('the open Alert covers the list, and closing it leads back to the same place', async () => {
	await page.setViewportSize({ width: 390, height: 844 });
	await rowOf(page, lone).click();
	await drawer(page)
		.getByText(/the suspect is 6\.5 .* of North Grid/)
		.waitFor();
	expect(await rowOf(page, lone).isVisible()).toBe(false);
	const { x, width } = (await drawer(page).boundingBox())!;
	expect([x, width]).toEqual([0, 390]);
	await expectClean(page, { name: 'desk-alert' });
	await page.setViewportSize({ width: 390, height: 844 });
	await drawer(page).getByRole('button', { name: 'Close' }).click();
	await rowOf(page, lone).waitFor();
	expect(await rowOf(page, lone).isVisible()).toBe(true);
});

test('a person decides with a reason by touch, with buttons that a thumb hits', async () => {
	await page.setViewportSize({ width: 390, height: 844 });
	await rowOf(page, lone).click();
	const ignorable = drawer(page).getByRole('button', { name: 'Ignorable' });
	expect((await ignorable.boundingBox())!.height).toBeGreaterThanOrEqual(44);
	await ignorable.click();
	const strip = page.getByRole('form', { name: 'Reason' });
	await strip.getByRole('button', { name: "expected effect of another User's command" }).click();
	await strip.getByRole('button', { name: 'Confirm' }).click();
	await expect
		.poll(async () => (await system.alerts('brightwell', `?device=${lone}`))[0]!.decision)
		.toMatchObject({ verdict: 'ignorable', reason: 'other-user-command' });
});

test('the page of episodes fits a phone, and axe finds no fault', async () => {
	await page.goto(`${web.url}/episodes`);
	await page.locator('[data-episode]').first().waitFor();
	await expectClean(page, { name: 'desk-episodes' });
	await page.setViewportSize({ width: 390, height: 844 });
	await page.locator('[data-episode]').first().click();
	await page.getByRole('complementary', { name: 'Episode' }).getByText('5 members').waitFor();
	await expectClean(page, { name: 'desk-episode' });
});
