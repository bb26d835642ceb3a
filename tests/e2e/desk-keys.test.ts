// Tests the keys of the desk: a triage of 50 Alerts without a mouse, the pause, changed keys, and the palette.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Browser, Page } from 'playwright-core';
import { drawer, isLive, openBrowser, openConsole } from '../support/browser.ts';
import { expectClean } from '../support/looks.ts';
import { aDevice, anAlert, newDeviceId } from '../support/records.ts';
import { startSystem, type System } from '../support/system.ts';
import { startWeb, type Web } from '../support/web.ts';

let system: System;
let web: Web;
let browser: Browser;
let page: Page;
const complaints: string[] = [];
const meters = Array.from({ length: 50 }, newDeviceId);

beforeAll(async () => {
	system = await startSystem();
	web = await startWeb(system);
	browser = await openBrowser();
	await sendAlerts(meters);
	page = await openConsole(browser, web, 'brightwell', { complaints });
	await page.getByText('50 in this list').waitFor();
});
afterAll(async () => {
	await browser?.close();
	await web?.[Symbol.asyncDispose]();
	await system?.[Symbol.asyncDispose]();
});
beforeEach(async () => {
	for (let i = 0; i < 6; i++) await page.keyboard.press('Escape');
});

/** Sends an Alert of each Device. The Devices are of different models, so that no episode gathers their Alerts. */
async function sendAlerts(devices: readonly string[]): Promise<void> {
	await system.post(
		'/devices',
		devices.map((id) => aDevice(id, { model: `Model of ${id}` }))
	);
	await system.post(
		'/alerts',
		devices.map((id) => anAlert(id, { code: '8F0C' }))
	);
}

const press = async (...keys: string[]) => {
	for (const key of keys) await page.keyboard.press(key);
};
const times = (n: number, key: string): string[] => Array<string>(n).fill(key);
const count = async (query: string) => (await system.alerts('brightwell', `?limit=500&${query}`)).length;
const report = () => page.getByRole('region', { name: 'Last action' });

describe('50 Alerts without a mouse', () => {
	test('are decided one by one, shelved, assigned, decided as a range, and one range is undone', async () => {
		await press('j');
		for (let i = 1; i <= 5; i++) {
			await press('i', '7', 'Enter');
			await expect.poll(() => count('decision=ignorable')).toBe(i);
		}
		await press('a', '8', 'Enter');
		await expect.poll(() => count('decision=actionable')).toBe(1);
		await press('s', '2');
		await expect.poll(() => count('shelved=true')).toBe(1);
		await press('j', 'm');
		await expect.poll(() => count('assignee=none&decision=open&shelved=false')).toBe(42);
		await press('j', 'x', ...times(9, 'Shift+J'));
		await page.getByRole('region', { name: 'Selection' }).getByText('10 selected').waitFor();
		await press('i', '7', 'Enter');
		await report().getByText('10 Alerts decided.').waitFor();
		await press('x', ...times(4, 'Shift+J'), 'a', '7', 'Enter');
		await report().getByText('5 Alerts decided.').waitFor();
		expect(await count('decision=actionable')).toBe(6);
		await press('u');
		await report().getByText('Undone: 5 Alerts no longer decided.').waitFor();
		expect(await count('decision=actionable')).toBe(1);
		// Reopened Alerts may wait behind the pill: n brings them in.
		for (let i = 0; i < 3 && (await count('decision=open&shelved=false')) > 0; i++) {
			await press(...times(4, 'Escape'), 'n', 'Shift+X', 'i', '7', 'Enter');
			await report()
				.getByText(/Alerts? decided/)
				.waitFor();
		}
		expect(await count('decision=open&shelved=false')).toBe(0);
		expect(await count('decision=ignorable')).toBe(48);
	});
});

describe('the pause', () => {
	test('holds new Alerts, counts them, warns at 4:40 and ends after 5 minutes', async () => {
		const reader = await openConsole(browser, web, 'brightwell', { complaints });
		await reader.clock.install();
		await reader.reload();
		await isLive(reader);
		await reader.keyboard.press('Space');
		const pause = reader.locator('[data-pause]');
		await pause.getByText('0 held').waitFor();
		const rows = reader.locator('[data-alert]');
		const before = await rows.count();
		const devices = Array.from({ length: 100 }, newDeviceId);
		for (let i = 0; i < 100; i += 50) await sendAlerts(devices.slice(i, i + 50));
		await pause.getByText('100 held').waitFor();
		expect(await rows.count()).toBe(before);
		await expectClean(reader, { name: 'desk-paused' });
		// The looks above took their time: a new pause begins.
		await reader.keyboard.press('Space');
		await pause.waitFor({ state: 'detached' });
		await reader.keyboard.press('Space');
		await reader.clock.fastForward(260_000);
		expect(await reader.locator('[data-pause-warning]').count()).toBe(0);
		await reader.clock.fastForward(25_000);
		await reader.locator('[data-pause-warning]').waitFor();
		await reader.clock.fastForward(20_000);
		await pause.waitFor({ state: 'detached' });
		await reader.locator('[data-alert]').first().waitFor();
		await reader.keyboard.press('Space');
		await pause.waitFor();
		await reader.keyboard.press('Space');
		await pause.waitFor({ state: 'detached' });
		await reader.context().close();
	});
});

describe('keys that lead elsewhere', () => {
	test('g and a letter open a view, f the page of the Device, t the timeline', async () => {
		await press('g', 'u');
		await page.waitForURL('**/?view=unexplained');
		await press('g', 'd');
		await expect.poll(() => new URL(page.url()).search).toBe('');
		await page.locator('[data-alert]').first().waitFor();
		await press('j', 't');
		await drawer(page)
			.getByText(/^This Device, 30 min before/)
			.waitFor();
		await press('f');
		await page.waitForURL('**/devices/*');
		await page.goBack();
		await page.locator('[data-alert]').first().waitFor();
	});
});

describe('the map of keys', () => {
	const help = () => page.getByRole('dialog', { name: 'Keys' });
	const keysOf = (command: string) => help().locator(`[data-command=${command}]`).innerText();

	test('shows every key, refuses a key that is taken, and stays changed after a reload', async () => {
		await page.goto(web.url);
		await isLive(page);
		await press('?');
		await help().getByText('undo your last action').waitFor();
		await expectClean(page, { name: 'desk-keys' });
		await help()
			.getByRole('button', { name: /^Change the key: undo/ })
			.click();
		await press('a');
		await help()
			.getByText('A is already the key of another action')
			.or(help().getByText('a is already the key of another action'))
			.waitFor();
		await press('z');
		expect(await keysOf('undo')).toBe('z');
		await press('Escape');
		await page.reload();
		await isLive(page);
		await press('?');
		await help().waitFor();
		expect(await keysOf('undo')).toBe('z');
		await help().getByRole('button', { name: 'Reset all keys' }).click();
		expect(await keysOf('undo')).toBe('u');
		await press('Escape');
	});

	test('lets a person switch the keys of one character off; Ctrl-K and the arrow keys still act', async () => {
		await press('?');
		await help().getByRole('checkbox').uncheck();
		await press('Escape');
		await press('x', '?');
		expect(await help().count()).toBe(0);
		expect(await page.getByRole('region', { name: 'Selection' }).count()).toBe(0);
		await press('ArrowDown');
		await page.locator('[data-alert][aria-selected=true]').waitFor();
		await page.getByRole('button', { name: /^Keys/ }).click();
		await help().getByRole('checkbox').check();
		await press('Escape');
	});
});

describe('the palette', () => {
	const palette = () => page.getByRole('dialog', { name: 'Palette' });

	test('finds an action, a view, a page, a code and a Device by a few letters, and runs them by keyboard', async () => {
		await press('Escape', 'Escape', 'j', 'Control+k');
		await palette().getByRole('combobox').waitFor();
		await expectClean(page, { name: 'desk-palette' });
		await page.keyboard.type('select the row');
		expect(await palette().getByRole('option', { selected: true }).innerText()).toContain('select the row');
		await press('Enter');
		await page.getByRole('region', { name: 'Selection' }).getByText('1 selected').waitFor();
		await press('Control+k');
		await palette().getByRole('combobox').waitFor();
		await page.keyboard.type('view unexp');
		await press('Enter');
		await page.waitForURL('**/?view=unexplained');
		await press('Control+k');
		await palette().getByRole('combobox').waitFor();
		await page.keyboard.type('8F3');
		await palette()
			.getByRole('option', { name: /Code 8F30/ })
			.waitFor();
		await press('ArrowDown', 'ArrowUp', 'Escape');
		await page.locator('dialog').waitFor({ state: 'detached' });
		await press('Control+k');
		await palette().getByRole('combobox').waitFor();
		await page.keyboard.type(meters[3]!.slice(-8));
		await palette()
			.getByRole('option', { name: new RegExp(meters[3]!) })
			.waitFor();
		await press('Enter');
		await page.waitForURL(`**/devices/${meters[3]}`);
		await press('Control+k');
		await palette().getByRole('combobox').waitFor();
		await page.keyboard.type('feeds');
		await press('Enter');
		await page.waitForURL('**/feeds');
	});
});

test('the browser reported no error', () => expect(complaints).toEqual([]));
