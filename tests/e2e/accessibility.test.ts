// Tests the accessibility of every page with axe, in light and dark colours.
import { AxeBuilder } from '@axe-core/playwright';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Browser, Page } from 'playwright-core';
import { drawer, isLive, openBrowser, openConsole, openPage, rowOf, signIn } from '../support/browser.ts';
import { joinAs, type Member } from '../support/members.ts';
import { aDevice, aRequest, anAlert, newDeviceId } from '../support/records.ts';
import { startSystem, type System } from '../support/system.ts';
import { startWeb, type Web } from '../support/web.ts';

let system: System;
let web: Web;
let browser: Browser;
let lead: Member;
let admin: Member;
const deviceWithExplainedAlert = newDeviceId();

beforeAll(async () => {
	system = await startSystem();
	web = await startWeb(system);
	browser = await openBrowser();
	lead = await joinAs(system, 'brightwell', 'lead', 'Brightwell lead');
	admin = await joinAs(system, '*', 'admin', 'Ada Admin');
	for (const code of ['8F35', '8F3E', '81B8', '8F32']) {
		const deviceId = newDeviceId();
		await system.post('/devices', [aDevice(deviceId)]);
		await system.post('/alerts', [anAlert(deviceId, { code })]);
	}
	await system.post('/devices', [aDevice(deviceWithExplainedAlert)]);
	await system.post('/service-requests', [aRequest(deviceWithExplainedAlert)]);
	await system.post('/alerts', [anAlert(deviceWithExplainedAlert, { throttledCount: 40 })]);

	// A campaign on five Devices, and a sixth Device of the same model that received no request.
	const sameModel = Array.from({ length: 6 }, newDeviceId);
	await system.post(
		'/devices',
		sameModel.map((id) => aDevice(id, { model: 'Storm 9', firmware: '2.10' }))
	);
	await system.post(
		'/service-requests',
		sameModel.slice(1).map((id) => aRequest(id))
	);
	await system.post(
		'/alerts',
		sameModel.map((id) => anAlert(id))
	);
});
afterAll(async () => {
	await browser?.close();
	await web?.[Symbol.asyncDispose]();
	await system?.[Symbol.asyncDispose]();
});

/** Returns the accessibility faults that axe finds on the page. */
async function faults(page: Page): Promise<string[]> {
	const { violations } = await new AxeBuilder({ page }).analyze();
	return violations.flatMap((v) =>
		v.nodes.map((node) => `${v.id}: ${node.target.join(' ')} ${node.failureSummary ?? ''}`)
	);
}

describe.each(['light', 'dark'] as const)('in %s colours', (colorScheme) => {
	test('axe finds no fault on the sign-in page', async () => {
		const page = await openPage(browser, { colorScheme });
		await page.goto(`${web.url}/sign-in`);
		expect(await faults(page)).toEqual([]);
		await page.context().close();
	});

	test('axe finds no fault in the list, the open Alert, the reasons and the key help', async () => {
		const page = await openConsole(browser, web, 'brightwell', { colorScheme });
		await rowOf(page, deviceWithExplainedAlert).waitFor();
		expect(await faults(page)).toEqual([]);
		await rowOf(page, deviceWithExplainedAlert).click();
		await drawer(page).getByText('Service Requests that may be the cause').waitFor();
		expect(await faults(page)).toEqual([]);
		await page.keyboard.press('i');
		await page.keyboard.press('2');
		expect(await faults(page)).toEqual([]);
		await page.keyboard.press('Escape');
		await page.keyboard.press('?');
		expect(await faults(page)).toEqual([]);
		await page.context().close();
	});
});

describe.each(['light', 'dark'] as const)('on other pages, in %s colours', (colorScheme) => {
	test('axe finds no fault on the episodes page, with an open episode and its reasons', async () => {
		const page = await openConsole(browser, web, 'brightwell', { colorScheme, path: '/episodes' });
		await page.locator('[data-episode]').getByText('5 open').waitFor();
		expect(await faults(page)).toEqual([]);
		await page.keyboard.press('j');
		await page.getByRole('region', { name: 'Outside this episode: 1' }).waitFor();
		expect(await faults(page)).toEqual([]);
		await page.keyboard.press('i');
		await page.keyboard.press('2');
		expect(await faults(page)).toEqual([]);
		await page.keyboard.press('?');
		await page.getByRole('dialog', { name: 'Keys' }).waitFor();
		expect(await faults(page)).toEqual([]);
		await page.context().close();
	});

	test('axe finds no fault on the cause table, while a person reads it and edits it', async () => {
		const page = await openPage(browser, { colorScheme });
		await signIn(page, web, lead, '/cause-table?entry=8F30');
		await isLive(page);
		// The search leaves one row, because axe would check all 177 rows one by one.
		const search = page.getByLabel(/^Search Alert code/);
		await search.fill('8F30 certificate');
		await page.getByText('1 of 177 Alerts').waitFor();
		expect(await faults(page)).toEqual([]);
		await page.getByRole('button', { name: /^Start a draft/ }).click();
		await page.getByLabel('Latest').first().fill('10');
		await page.getByRole('button', { name: 'Show 1 fault' }).waitFor();
		expect(await faults(page)).toEqual([]);
		for (const panel of ['Changes', 'What-if', 'History']) {
			await page.getByRole('link', { name: panel, exact: true }).click();
			await page.getByRole('region', { name: panel, exact: true }).waitFor();
			expect(await faults(page)).toEqual([]);
		}
		await page.context().close();
	});

	test('the cause table and the accuracy page fit a phone, and axe finds no fault there', async () => {
		const page = await openPage(browser, { colorScheme });
		await page.setViewportSize({ width: 390, height: 768 });
		await signIn(page, web, lead, '/cause-table');
		await isLive(page);
		await page.getByLabel(/^Search Alert code/).fill('8F30 certificate');
		await page.getByText('1 of 177 Alerts').waitFor();
		const expectFit = async () => {
			expect(await faults(page)).toEqual([]);
			expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
		};
		await expectFit();
		await page.getByRole('link', { name: 'History', exact: true }).click();
		await page.getByRole('region', { name: 'History', exact: true }).waitFor();
		await expectFit();
		await page.goto(`${web.url}/accuracy`);
		await page.getByText('No report yet').waitFor();
		await expectFit();
		await page.context().close();
	});
});

describe.each(['light', 'dark'] as const)('for the installation, in %s colours', (colorScheme) => {
	test('axe finds no fault on the installation page, wide and narrow, and the page never scrolls sideways', async () => {
		const deviceId = newDeviceId();
		await system.post('/alerts', [anAlert(deviceId), anAlert(deviceId, { code: '81B8' })]);
		const page = await openPage(browser, { colorScheme });
		await signIn(page, web, admin);
		await page.waitForURL('**/installation');
		await expect
			.poll(async () => {
				await page.reload();
				return page.locator(`[data-device="${deviceId}"]`).count();
			})
			.toBe(1);
		for (const width of [1366, 390]) {
			await page.setViewportSize({ width, height: 768 });
			expect(await faults(page)).toEqual([]);
			expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
		}
		await page.goto(`${web.url}/episodes`);
		expect(new URL(page.url()).pathname).toBe('/installation');
		await page.context().close();
	});
});

test('the browser stores the chosen colours, and the server sends the page in them', async () => {
	const page = await openConsole(browser, web, 'brightwell', { colorScheme: 'light' });
	const toggle = page.getByRole('button', { name: /^Colours/ });
	await toggle.click();
	await toggle.click();
	expect(await page.evaluate(() => getComputedStyle(document.documentElement).colorScheme)).toBe('dark');
	const response = await page.reload();
	expect(await response!.text()).toContain('data-theme="dark"');
	await page.context().close();
});
