// Tests how a person finds Alerts in the list: by the query box, by the facets, and over the whole retention.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Browser, Locator, Page } from 'playwright-core';
import { openBrowser, openConsole, rowOf } from '../support/browser.ts';
import { aDevice, aRequest, anAlert, newDeviceId } from '../support/records.ts';
import { settled } from '../support/supplier-reads.ts';
import { startSystem, type System } from '../support/system.ts';
import { startWeb, type Web } from '../support/web.ts';

let system: System;
let web: Web;
let browser: Browser;
let page: Page;
const complaints: string[] = [];

const inNorth = newDeviceId();
const inSouth = newDeviceId();
const explained = newDeviceId();
/** Journal Alerts, so many that the list has several pages. */
const JOURNAL = 700;

beforeAll(async () => {
	system = await startSystem({ completeUntil: '2026-11-06T00:00:00.000Z' });
	web = await startWeb(system);
	browser = await openBrowser();
	await system.post('/devices', [
		aDevice(inNorth, { model: 'Storm 9', firmware: '2.10', area: 'North East' }),
		aDevice(inSouth, { model: 'Reed', firmware: '2.11', area: 'South' }),
		aDevice(explained, { model: 'Storm 9', firmware: '2.11', area: 'South' })
	]);
	await system.post('/service-requests', [aRequest(explained)]);
	await system.post('/alerts', [
		anAlert(inNorth, { code: '8F3E' }),
		anAlert(inSouth, { code: '8F30' }),
		anAlert(explained, { code: '8F30' })
	]);
	const many = Array.from({ length: JOURNAL }, newDeviceId);
	await system.post(
		'/devices',
		many.map((id) => aDevice(id))
	);
	await system.post(
		'/alerts',
		many.map((id) => anAlert(id, { code: '8002' }))
	);
	await settled(system);
	page = await openConsole(browser, web, 'brightwell', { complaints });
}, 240_000);
afterAll(async () => {
	await browser?.close();
	await web?.[Symbol.asyncDispose]();
	await system?.[Symbol.asyncDispose]();
});

const box = (on = page): Locator => on.getByRole('combobox', { name: 'Filters of the list' });
const parameters = (on = page): Record<string, string> => Object.fromEntries(new URL(on.url()).searchParams);
const shows = async (devices: readonly string[], on = page): Promise<void> => {
	for (const id of [inNorth, inSouth, explained])
		await expect.poll(() => rowOf(on, id).count()).toBe(devices.includes(id) ? 1 : 0);
};

describe('the query box', () => {
	test('filters the list as a person types, and the address holds each filter', async () => {
		await shows([inNorth, inSouth, explained]);
		await box().fill('code:8F30 area:South');
		await shows([inSouth, explained]);
		expect(parameters()).toEqual({ code: '8F30', area: 'South' });
		await box().fill('code:8F30 area:South -tier:strong');
		await shows([inSouth]);
		expect(parameters()).toEqual({ code: '8F30', area: 'South', notTier: 'strong' });
	});

	test('shows what the address says after a reload, and after going back', async () => {
		await page.reload({ waitUntil: 'networkidle' });
		expect(await box().inputValue()).toBe('code:8F30 -tier:strong area:South');
		await shows([inSouth]);
		await page.getByRole('button', { name: 'Clear all filters' }).click();
		await shows([inNorth, inSouth, explained]);
		expect(parameters()).toEqual({});
		await page.goBack();
		await shows([inSouth]);
		await expect.poll(() => box().inputValue()).toBe('code:8F30 -tier:strong area:South');
		await page.goForward();
		await shows([inNorth, inSouth, explained]);
	});

	test('says where a fault is and what to do, and keeps the list as it was', async () => {
		await box().fill('code:8F30');
		await shows([inSouth, explained]);
		await box().fill('code:8F30 aera:South');
		await page.getByText('At letter 11: no filter has this name; did you mean “area:”?').waitFor();
		expect(await box().getAttribute('aria-invalid')).toBe('true');
		await shows([inSouth, explained]);
		await box().fill('code:8F30 area:');
		expect(await page.getByRole('alert').count()).toBe(0);
		await box().press('Enter');
		await page.getByText('At letter 11: area has no value').waitFor();
		await box().fill('');
		await shows([inNorth, inSouth, explained]);
		expect(await page.getByRole('alert').count()).toBe(0);
	});

	test('completes fields and values by keyboard, with the number of Alerts of each value', async () => {
		await page.keyboard.press('Escape');
		await page.keyboard.press('Escape');
		await page.keyboard.press('/');
		await page.keyboard.type('ar');
		await page.getByRole('option', { name: /^area:/ }).waitFor();
		await page.keyboard.press('ArrowDown');
		await page.keyboard.press('Enter');
		await expect.poll(() => box().inputValue()).toBe('area:');
		await page.getByRole('option', { name: /^South 2/ }).waitFor();
		await page.keyboard.type('nor');
		await page.getByRole('option', { name: /^North East 1/ }).waitFor();
		await page.keyboard.press('ArrowDown');
		await page.keyboard.press('Tab');
		await expect.poll(() => box().inputValue()).toBe('area:"North East" ');
		await shows([inNorth]);
		expect(parameters()).toEqual({ area: 'North East' });
		await page.getByRole('button', { name: 'Clear all filters' }).click();
	});

	test('shows a new Alert that passes the filters, and none that does not', async () => {
		await box().fill('area:West');
		await page.getByText('No Alert matches these filters.').waitFor();
		await box().blur();
		const [west, east] = [newDeviceId(), newDeviceId()];
		await system.post('/devices', [aDevice(west, { area: 'West' }), aDevice(east, { area: 'East' })]);
		await system.post('/alerts', [anAlert(east), anAlert(west)]);
		await rowOf(page, west).waitFor();
		expect(await rowOf(page, east).count()).toBe(0);
		await box().fill('');
		await rowOf(page, east).waitFor();
	});
});

describe('the facets', () => {
	const panel = (on = page): Locator => on.getByRole('region', { name: 'Facets' });
	const value = (name: RegExp, on = page): Locator => panel(on).getByRole('checkbox', { name });

	test('count the values, and a click adds or removes a filter while the other counts stay', async () => {
		await page.getByRole('button', { name: 'Filters' }).click();
		await value(/^Storm 9 2$/).waitFor();
		await value(/^South 2$/).check();
		await shows([inSouth, explained]);
		expect(parameters()).toEqual({ area: 'South' });
		// The other areas keep their counts, and the chosen one stands first.
		await value(/^North East 1$/).waitFor();
		expect(
			await panel().locator('fieldset', { hasText: 'Area' }).getByRole('checkbox').first().isChecked()
		).toBe(true);
		await value(/^North East 1$/).check();
		await shows([inNorth, inSouth, explained]);
		expect(parameters()).toEqual({ area: 'North East' });
		expect(new URL(page.url()).searchParams.getAll('area')).toEqual(['South', 'North East']);
		await value(/^South 2$/).uncheck();
		await shows([inNorth]);
		await value(/^North East 1$/).uncheck();
		await expect.poll(() => parameters()).toEqual({});
	});

	test('leave values out, and the query box says so', async () => {
		await panel().getByRole('button', { name: 'Leave out Code 8F30' }).click();
		await shows([inNorth]);
		expect(await box().inputValue()).toBe('-code:8F30');
		await panel().getByRole('button', { name: 'Leave out Code 8F30' }).click();
		await shows([inNorth, inSouth, explained]);
	});

	test('stay open at the next visit', async () => {
		await page.reload({ waitUntil: 'networkidle' });
		await expect.poll(() => panel().count()).toBe(1);
	});

	test('of the model read the list from the server, and the list says that it does not follow', async () => {
		await value(/^Storm 9 2$/).check();
		await shows([inNorth, explained]);
		await page.getByText('This list does not follow by itself').waitFor();
		const late = newDeviceId();
		await system.post('/devices', [aDevice(late, { model: 'Storm 9' })]);
		await system.post('/alerts', [anAlert(late)]);
		await page.getByText('1 Alert that changed may belong to it.').waitFor();
		expect(await rowOf(page, late).count()).toBe(0);
		await page.getByRole('button', { name: 'Read again' }).click();
		await rowOf(page, late).waitFor();
		expect(await page.getByText('may belong to it').count()).toBe(0);
		await page.getByRole('button', { name: 'Clear all filters' }).click();
		await shows([inNorth, inSouth, explained]);
		await page.getByRole('button', { name: 'Close the facets' }).click();
		expect(await panel().count()).toBe(0);
	});

	test.each([390, 768])('cover the list of a window that is %i wide, and lead back to it', async (width) => {
		const narrow = await openConsole(browser, web, 'brightwell', { complaints });
		await narrow.setViewportSize({ width, height: 780 });
		await narrow.getByRole('button', { name: 'Filters' }).click();
		await value(/^South 2$/, narrow).check();
		await narrow.getByRole('button', { name: 'Show the Alerts' }).click();
		await shows([inSouth, explained], narrow);
		expect(await narrow.evaluate(() => document.documentElement.scrollWidth)).toBe(width);
		await narrow.context().close();
	});
});

describe('the whole history', () => {
	test('is read page by page to its very end, and keeps its place when a person comes back', async () => {
		await page.goto(`${web.url}/?view=all&code=8002`, { waitUntil: 'networkidle' });
		const tree = page.getByRole('tree', { name: 'Alerts' });
		const last = (await system.alerts('brightwell', '?code=8002&sort=oldest&limit=1'))[0]!;
		await expect
			.poll(
				async () => {
					await tree.evaluate((list) => list.scrollTo(0, list.scrollHeight));
					return page.locator(`[data-alert="${last.id}"]`).count();
				},
				{ timeout: 30_000 }
			)
			.toBe(1);
		expect(await tree.evaluate((list) => list.scrollHeight)).toBe(JOURNAL * 44);
		await tree.evaluate((list) => list.scrollTo(0, list.scrollHeight / 2));
		const first = () => page.locator('[data-alert]').first().getAttribute('data-alert');
		const middle = await tree.evaluate((list) => list.scrollTop);
		const shown = await first();
		await page.getByRole('link', { name: 'Shelved' }).click();
		await page.getByText('No Alert matches these filters.').waitFor();
		await page.goBack();
		await expect.poll(() => tree.evaluate((list) => list.scrollTop)).toBe(middle);
		await expect.poll(first).toBe(shown);
		await tree.evaluate((list) => list.scrollTo(0, 0));
		const [newest] = await system.alerts('brightwell', '?code=8002&limit=1');
		await page.locator(`[data-alert="${newest!.id}"]`).waitFor();
	});
});

test('the browser reported no error', () => expect(complaints).toEqual([]));
