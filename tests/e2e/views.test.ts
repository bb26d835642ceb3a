// Tests saved views in the console: saving, sharing, the two counters, and the line before what is new.
import { AxeBuilder } from '@axe-core/playwright';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Browser, Locator, Page } from 'playwright-core';
import { openBrowser, openConsole, rowOf } from '../support/browser.ts';
import { aDevice, anAlert, newDeviceId } from '../support/records.ts';
import { settled } from '../support/supplier-reads.ts';
import { startSystem, type System } from '../support/system.ts';
import { startWeb, type Web } from '../support/web.ts';

let system: System;
let web: Web;
let browser: Browser;
let page: Page;
const complaints: string[] = [];

async function send(area: string): Promise<string> {
	const id = newDeviceId();
	await system.post('/devices', [aDevice(id, { area })]);
	await system.post('/alerts', [anAlert(id)]);
	return id;
}

beforeAll(async () => {
	system = await startSystem({ completeUntil: '2026-11-06T00:00:00.000Z' });
	web = await startWeb(system);
	browser = await openBrowser();
	await send('North');
	await send('South');
	await settled(system);
	page = await openConsole(browser, web, 'brightwell', { complaints });
}, 240_000);
afterAll(async () => {
	await browser?.close();
	await web?.[Symbol.asyncDispose]();
	await system?.[Symbol.asyncDispose]();
});

const box = (on = page): Locator => on.getByRole('combobox', { name: 'Filters of the list' });
const views = (on = page): Locator => on.getByRole('navigation', { name: 'Views' });
const link = (name: string, on = page): Locator => views(on).getByRole('link', { name });
/** Returns the text of a link, with its counters. */
const textOf = async (name: string): Promise<string> => (await link(name).innerText()).replace(/\s+/g, ' ');
/** Makes sure that nobody reads, so that new rows join the list. */
async function lookAway(): Promise<void> {
	for (let i = 0; i < 4; i++) await page.keyboard.press('Escape');
	await page.mouse.move(700, 5);
}

describe('a saved view', () => {
	test('has a name, the filters, and its open Alerts beside it', async () => {
		await box().fill('area:North');
		await page.getByRole('button', { name: 'Save view' }).click();
		await page.getByLabel('Name').fill('The north');
		await page.getByRole('button', { name: 'Save', exact: true }).click();
		await expect.poll(() => textOf('The north')).toMatch(/The north 1 open/);
		await expect.poll(() => link('The north').getAttribute('aria-current')).toBe('page');
		expect(new URL(page.url()).searchParams.get('area')).toBe('North');
		expect(await page.getByRole('heading', { level: 1 }).innerText()).toBe('The north');
	});

	test('opens from the list of views, and its address alone shows the same list', async () => {
		await link('Needs decision').click();
		await expect.poll(() => page.locator('[data-alert]').count()).toBe(2);
		await link('The north').click();
		await expect.poll(() => page.locator('[data-alert]').count()).toBe(1);
		const address = new URL(page.url());
		address.searchParams.delete('saved');
		await page.goto(address.href, { waitUntil: 'networkidle' });
		await expect.poll(() => page.locator('[data-alert]').count()).toBe(1);
	});

	test('shows what is new since the last look: a counter, and a line in the list until the person leaves', async () => {
		await link('The north').click();
		await lookAway();
		await link('Needs decision').click();
		await lookAway();
		const late = await send('North');
		await expect.poll(() => textOf('The north')).toMatch(/1 new, 2 open/);
		await link('The north').click();
		await rowOf(page, late).waitFor();
		const line = page.getByText(/New since you last looked/);
		await line.waitFor();
		const top = (locator: Locator) => locator.evaluate((node) => node.getBoundingClientRect().top);
		await expect.poll(async () => (await top(rowOf(page, late))) - (await top(line))).toBeGreaterThan(0);
		// Scrolling past clears nothing. Leaving the view does, on the server too.
		await page.mouse.wheel(0, 400);
		expect(await textOf('The north')).toMatch(/1 new/);
		await link('Needs decision').click();
		await expect.poll(() => textOf('The north')).not.toMatch(/new/);
		await expect
			.poll(async () => {
				await page.reload({ waitUntil: 'networkidle' });
				return textOf('The north');
			})
			.toMatch(/The north 2 open/);
		await link('The north').click();
		await expect.poll(() => page.locator('[data-alert]').count()).toBe(2);
		expect(await line.count()).toBe(0);
	});

	test('is shared with colleagues, and deleted', async () => {
		await page.getByRole('button', { name: 'View', exact: true }).click();
		await page.getByLabel('Share with everybody').check();
		await page.getByLabel('Name').fill('North, shared');
		await page.getByRole('button', { name: 'Save changes' }).click();
		await link('North, shared').waitFor();
		const other = await openConsole(browser, web, 'halden', { complaints });
		expect(await link('North, shared', other).count()).toBe(0);
		await other.context().close();
		await page.getByRole('button', { name: 'View', exact: true }).click();
		await page.getByRole('button', { name: 'Delete view' }).click();
		await expect.poll(() => link('North, shared').count()).toBe(0);
		expect(await box().inputValue()).toBe('area:North');
	});

	test.each([390, 768])('is saved in a window that is %i wide', async (width) => {
		const narrow = await openConsole(browser, web, 'brightwell', { complaints, path: '/?area=South' });
		await narrow.setViewportSize({ width, height: 780 });
		await narrow.getByRole('button', { name: 'Save view' }).click();
		await narrow.getByLabel('Name').fill(`South ${width}`);
		await narrow.getByRole('button', { name: 'Save', exact: true }).click();
		await link(`South ${width}`, narrow).waitFor();
		expect(await narrow.evaluate(() => document.documentElement.scrollWidth)).toBe(width);
		await narrow.context().close();
	});
});

describe.each(['light', 'dark'] as const)('in %s colours', (colorScheme) => {
	test('axe finds no fault in the facets, the suggestions, a fault of the query and the form of a view', async () => {
		const other = await openConsole(browser, web, 'brightwell', {
			complaints,
			colorScheme,
			path: '/?area=South'
		});
		const faults = async (): Promise<string[]> =>
			(await new AxeBuilder({ page: other }).analyze()).violations.map(
				({ id, nodes }) => `${id}: ${nodes[0]?.html}`
			);
		await other.getByRole('button', { name: /^Filters/ }).click();
		await other.getByRole('checkbox').first().waitFor();
		await box(other).fill('area:South code:');
		await other.getByRole('option').first().waitFor();
		expect(await faults()).toEqual([]);
		await box(other).fill('aera:South');
		await other.getByText('did you mean “area:”?').waitFor();
		await other.getByRole('button', { name: 'Save view' }).click();
		await other.getByLabel('Name').waitFor();
		expect(await faults()).toEqual([]);
		await other.context().close();
	});
});

test('the browser reported no error', () => expect(complaints).toEqual([]));
