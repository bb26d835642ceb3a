// Tests the page of a Device: its home, tenures, Alerts over the whole retention, requests and decisions, and the help for
// terms.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Browser, Page } from 'playwright-core';
import { drawer, openBrowser, openConsole, rowOf } from '../support/browser.ts';
import { expectClean } from '../support/looks.ts';
import { aDevice, aHome, aRequest, anAlert, newDeviceId, suppliedBy } from '../support/records.ts';
import { eventually, startSystem, type System } from '../support/system.ts';
import { startWeb, type Web } from '../support/web.ts';

let system: System;
let web: Web;
let browser: Browser;
let page: Page;
const complaints: string[] = [];
const { electricityMeter, gasMeter, hub, devices } = aHome();
const former = newDeviceId();
const CHANGE = '2026-11-05T12:00:00.000Z';
const OLDER_ALERTS = 30;
const WEEK = 'until=2026-11-06T00:00:00.000Z';

beforeAll(async () => {
	system = await startSystem();
	web = await startWeb(system);
	browser = await openBrowser();
	await system.post('/devices', [
		...devices.map((device) => ({ ...device, model: 'Storm 9', firmware: '2.10', area: 'SW1' })),
		aDevice(former, { hubId: hub, model: 'Hidden 7', tenures: suppliedBy('brightwell', [CHANGE, 'halden']) })
	]);
	await system.post('/service-requests', [
		aRequest(electricityMeter),
		aRequest(former),
		aRequest(former, { requestedAt: '2026-11-05T13:00:00.000Z' })
	]);
	await system.post(
		'/alerts',
		Array.from({ length: OLDER_ALERTS }, (_, i) =>
			anAlert(electricityMeter, {
				code: '81B8',
				raisedAt: `2026-11-04T00:${String(i).padStart(2, '0')}:00.000Z`,
				receivedAt: `2026-11-04T00:${String(i).padStart(2, '0')}:09.000Z`
			})
		)
	);
	await eventually(async () =>
		expect(await system.alerts('brightwell', `?device=${electricityMeter}`)).toHaveLength(OLDER_ALERTS)
	);
	await system.post('/alerts', [anAlert(electricityMeter), anAlert(former)]);
	const { id, version } = await system.becomes('brightwell', electricityMeter, { explanation: 'likely' });
	await system.becomes('brightwell', former, { code: '8F30' });
	const decided = await system.call('POST', `/alerts/${id}/decision`, 'brightwell', {
		verdict: 'ignorable',
		reason: 'other-user-command',
		note: 'North Grid told us before.',
		version
	});
	expect(decided.status).toBe(200);
	page = await openConsole(browser, web, 'brightwell', { complaints });
});
afterAll(async () => {
	await browser?.close();
	await web?.[Symbol.asyncDispose]();
	await system?.[Symbol.asyncDispose]();
});

const open = (device: string, query = '') => page.goto(`${web.url}/devices/${device}${query}`);
const region = (name: string) => page.getByRole('region', { name, exact: true });
const alertRows = () => region('Alerts').locator('[data-alert]');

describe('the page of a Device', () => {
	test('opens from the drawer and shows facts, tenure and home', async () => {
		await rowOf(page, former).click();
		await drawer(page).getByRole('link', { name: former }).first().click();
		await page.getByRole('heading', { name: former }).waitFor();
		await open(electricityMeter);
		expect(await region('Facts').innerText()).toMatch(
			/ESME.*Storm 9.*2\.10.*SW1.*2025-01-01 00:00:00 UTC to further notice/s
		);
		expect(await region('Home').innerText()).toContain(`${hub} CHF`);
		expect(await page.content()).not.toContain(gasMeter);
		await region('Home').getByRole('link', { name: hub }).click();
		await page.getByRole('heading', { name: hub }).waitFor();
		expect(await region('Home').innerText()).toContain('This Device is the hub.');
	});

	test('shows all Alerts page by page, newest first, with explanation and decision', async () => {
		await open(electricityMeter);
		expect(await alertRows().count()).toBe(25);
		expect(await alertRows().first().innerText()).toMatch(
			/2026-11-05 02:14:07 UTC.*8F30.*Strong.*Ignorable by/s
		);
		await page.getByRole('link', { name: 'Older Alerts' }).click();
		await expect.poll(() => alertRows().count()).toBe(OLDER_ALERTS + 1 - 25);
		expect(await alertRows().last().innerText()).toMatch(/2026-11-04 00:00:00 UTC.*81B8/s);
		expect(await page.getByRole('link', { name: 'Older Alerts' }).count()).toBe(0);
		await page.getByRole('link', { name: 'Newest Alerts' }).click();
		await expect.poll(() => alertRows().count()).toBe(25);
	});

	test('shows requests and Alerts of a week, and the decisions with their notes', async () => {
		await open(electricityMeter, `?${WEEK}`);
		const week = region('Service Requests and Alerts in one week');
		expect(await week.locator('[data-kind="service-request"]').innerText()).toMatch(
			/2026-11-05 02:13:40 UTC.*6\.5.*Update Device Configuration.*ED\s+North Grid,\s+E21/s
		);
		expect(await week.locator('[data-kind="alert"]').count()).toBe(OLDER_ALERTS + 1);
		expect(await region('Decisions').innerText()).toMatch(
			/Ignorable: expected effect of another User's command.*8F30.*North Grid told us before/s
		);
		await page.getByRole('link', { name: 'Earlier week' }).click();
		await week.getByText('Nothing is stored of this Device in this week.').waitFor();
		await page.getByRole('link', { name: 'Later week' }).click();
		await week.locator('[data-kind="service-request"]').waitFor();
	});

	test('hides attributes, home and requests outside of the tenure', async () => {
		await open(former, `?${WEEK}`);
		await page.getByText('This Device is not in your tenure now.').waitFor();
		expect(await page.content()).not.toContain('Hidden 7');
		expect(await region('Home').innerText()).toContain('Not shown');
		expect(await page.locator('[data-kind="service-request"]').count()).toBe(1);
		expect(await alertRows().count()).toBe(1);
	});

	test("of another Supplier's Device, and of no Device, says the same", async () => {
		const texts: string[] = [];
		for (const id of [gasMeter, newDeviceId(), 'xyz']) {
			expect((await open(id))!.status()).toBe(404);
			texts.push((await page.locator('main').innerText()).replaceAll(id, 'ID'));
		}
		expect(new Set(texts).size).toBe(1);
	});

	test('is clean for axe, wide and narrow, light and dark', async () => {
		await open(electricityMeter, `?${WEEK}`);
		await expectClean(page, { name: 'device' });
		await open(former);
		await expectClean(page, { name: 'device-ended' });
	});
});

describe('the help for a term', () => {
	const help = () => page.getByRole('tooltip');
	const term = (name: string) => region('Alerts').getByRole('button', { name, exact: true }).first();

	test('opens on hover, stays under the pointer, and Esc closes it', async () => {
		await open(electricityMeter);
		await term('8F30').hover();
		await help().getByText('8F30 is a Device Alert of the category "security".').waitFor();
		await help().hover();
		await help().getByText('If a failed command of one other User').waitFor();
		await page.keyboard.press('Escape');
		await expect.poll(() => help().count()).toBe(0);
		await page.mouse.move(0, 0);
		await term('8F30').hover();
		await help().waitFor();
		await page.mouse.move(0, 0);
		await help().waitFor({ state: 'detached' });
	});

	test('opens on focus and closes when the focus leaves', async () => {
		await open(electricityMeter);
		await region('Alerts').getByRole('link', { name: 'Show them in the list' }).focus();
		await page.keyboard.press('Tab');
		await page.keyboard.press('Tab');
		expect(await term('8F30').evaluate((node) => node === document.activeElement)).toBe(true);
		await help().waitFor();
		expect(await term('8F30').getAttribute('aria-describedby')).toBe(await help().getAttribute('id'));
		await expectClean(page, { name: 'term-help' });
		await page.keyboard.press('Shift+Tab');
		await help().waitFor({ state: 'detached' });
	});

	test('opens and closes by touch', async () => {
		const context = await browser.newContext({
			storageState: await page.context().storageState(),
			viewport: { width: 390, height: 768 },
			hasTouch: true
		});
		const phone = await context.newPage();
		await phone.goto(`${web.url}/devices/${electricityMeter}`, { waitUntil: 'networkidle' });
		const code = phone.getByRole('button', { name: '8F30', exact: true }).first();
		await code.tap();
		const shown = phone.getByRole('tooltip');
		await shown.getByText('8F30 is a Device Alert').waitFor();
		const { x, width } = (await shown.boundingBox())!;
		expect([x >= 0, x + width <= 390]).toEqual([true, true]);
		await code.tap();
		await shown.waitFor({ state: 'detached' });
		await code.tap();
		await shown.waitFor();
		await phone.getByRole('heading', { name: 'Facts' }).tap();
		await shown.waitFor({ state: 'detached' });
		await context.close();
	});

	test('closes in the drawer by Esc, and the drawer stays open', async () => {
		await page.goto(`${web.url}/`);
		await rowOf(page, former).click();
		await drawer(page).getByRole('button', { name: '6.5', exact: true }).first().hover();
		await help().getByText('Users in the role ED may send it.').waitFor();
		await page.keyboard.press('Escape');
		await help().waitFor({ state: 'detached' });
		expect(await drawer(page).isVisible()).toBe(true);
		await page.keyboard.press('Escape');
		await drawer(page).waitFor({ state: 'detached' });
	});
});

test('the pages report no error', () => {
	// The browser itself reports each answer 404.
	expect(complaints.filter((text) => !text.includes('404'))).toEqual([]);
});
