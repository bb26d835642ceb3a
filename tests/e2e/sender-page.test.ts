// Tests the page of a User as a sender: what it sends, by day and by SRV, and the Alerts that follow.
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Browser, Page } from 'playwright-core';
import { drawer, openBrowser, openConsole, rowOf } from '../support/browser.ts';
import { expectClean } from '../support/looks.ts';
import { NORTH_GRID_USER_ID, aDevice, aRequest, anAlert, newDeviceId } from '../support/records.ts';
import { startSystem, type System } from '../support/system.ts';
import { startWeb, type Web } from '../support/web.ts';

let system: System;
let web: Web;
let browser: Browser;
let page: Page;
const complaints: string[] = [];
const devices = Array.from({ length: 6 }, newDeviceId);
const UNTIL = 'until=2026-11-06T00:00:00.000Z';
const CODES = ['I0', 'I0', 'E21', 'E55', 'E1'];

beforeAll(async () => {
	system = await startSystem();
	web = await startWeb(system);
	browser = await openBrowser();
	await system.post(
		'/devices',
		devices.map((id) => aDevice(id))
	);
	await system.post('/service-requests', [
		aRequest(devices[0]!),
		...Array.from({ length: 40 }, (_, i) =>
			aRequest(devices[i % 5]!, {
				serviceReferenceVariant: ['4.8.1', '4.10', '6.2.1'][i % 3],
				requestedAt: new Date(Date.parse('2026-11-04T20:00:00.000Z') - i * 43_200_000).toISOString(),
				responseCode: CODES[i % CODES.length]
			})
		)
	]);
	await system.post('/alerts', [anAlert(devices[0]!)]);
	await system.becomes('brightwell', devices[0]!, { explanation: 'likely' });
	page = await openConsole(browser, web, 'brightwell', { complaints });
});
afterAll(async () => {
	await browser?.close();
	await web?.[Symbol.asyncDispose]();
	await system?.[Symbol.asyncDispose]();
});

const open = (query = UNTIL) => page.goto(`${web.url}/users/${NORTH_GRID_USER_ID}?${query}`);
const region = (name: string) => page.getByRole('region', { name, exact: true });

test('the drawer leads to the sender of a candidate', async () => {
	await rowOf(page, devices[0]!).click();
	await drawer(page).getByRole('link', { name: 'North Grid' }).first().click();
	await page.getByRole('heading', { name: 'North Grid' }).waitFor();
	expect(new URL(page.url()).pathname).toBe(`/users/${NORTH_GRID_USER_ID}`);
});

test('the page draws the requests of each day by outcome, and counts them by SRV', async () => {
	await open();
	const sent = region('What it sends to your Devices');
	expect(await sent.locator('[data-requests]').innerText()).toBe('41 Service Requests to 5 Devices');
	expect(await sent.locator('[data-day]').count()).toBe(30);
	expect(await sent.locator('[data-day="2026-11-05"] [data-outcome]').count()).toBe(1);
	await sent.getByText('The numbers of each day').click();
	await sent.getByRole('listitem').filter({ hasText: '2026-11-05: 1 no answer' }).waitFor();
	expect(await sent.locator('[data-variant="6.5"]').innerText()).toMatch(
		/6\.5.*Update Device Configuration.*ED\s+1\s+1/s
	);
	await page.getByRole('link', { name: '7 days' }).click();
	await expect.poll(() => sent.locator('[data-day]').count()).toBe(7);
	expect(await sent.locator('[data-requests]').innerText()).toMatch(/^1[0-9] Service Requests/);
});

test('the page shows the Alerts that follow, with shares, and leads to the filtered list', async () => {
	await open();
	const followed = region('What follows');
	expect(await followed.locator('[data-alerts]').innerText()).toMatch(
		/^1 Alert .* suspect in 1 of them \(100 %\)/
	);
	expect(await followed.locator('[data-code="8F30"]').innerText()).toMatch(/8F30.*100 %/s);
	await followed.locator('[data-code="8F30"]').getByRole('link').click();
	await rowOf(page, devices[0]!).waitFor();
	const { searchParams } = new URL(page.url());
	expect(Object.fromEntries(searchParams)).toEqual({ view: 'all', user: NORTH_GRID_USER_ID, code: '8F30' });
});

test('another Supplier sees nothing of it, and a text that is no id has no page', async () => {
	const other = await openConsole(browser, web, 'halden', {
		path: `/users/${NORTH_GRID_USER_ID}?${UNTIL}`
	});
	expect(await other.locator('[data-nothing]').innerText()).toContain('You see no Service Request');
	expect(await other.content()).not.toContain('North Grid');
	await other.context().close();
	expect((await page.goto(`${web.url}/users/undisclosed`))!.status()).toBe(404);
});

test('the page is clean for axe, wide and narrow, light and dark', async () => {
	await open();
	await expectClean(page, { name: 'sender' });
	await page.getByRole('button', { name: '4.8.1', exact: true }).click();
	await page.getByRole('tooltip').getByText('may send it').waitFor();
	await expectClean(page, { name: 'sender-help' });
	expect(complaints.filter((text) => !text.includes('404'))).toEqual([]);
});
