// Tests the open Alert: its verdict, the timeline by key and wheel, notes, history, disagreement and the width.
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Browser, Locator, Page } from 'playwright-core';
import { drawer, isLive, openBrowser, openConsole, rowOf } from '../support/browser.ts';
import { expectClean } from '../support/looks.ts';
import { aDevice, aRequest, anAlert, newDeviceId } from '../support/records.ts';
import { startSystem, type System } from '../support/system.ts';
import { startWeb, type Web } from '../support/web.ts';

let system: System;
let web: Web;
let browser: Browser;
let page: Page;
const complaints: string[] = [];
const device = newDeviceId();

beforeAll(async () => {
	system = await startSystem({ completeUntil: '2026-11-20T00:00:00.000Z' });
	web = await startWeb(system);
	await system.post('/devices', [aDevice(device)]);
	await system.post('/service-requests', [
		aRequest(device),
		aRequest(device, {
			serviceReferenceVariant: '4.6.1',
			userRole: 'OU',
			userName: 'Hearth',
			responseCode: 'I0',
			requestedAt: '2026-11-05T02:13:50.000Z'
		})
	]);
	// An earlier Alert of the Device that arrived two minutes late.
	await system.post('/alerts', [
		anAlert(device, {
			code: '8F3E',
			raisedAt: '2026-11-05T02:10:00.000Z',
			receivedAt: '2026-11-05T02:12:00.000Z'
		}),
		anAlert(device)
	]);
	browser = await openBrowser();
	page = await openConsole(browser, web, 'brightwell', { complaints });
	await rowOf(page, device).filter({ hasText: '8F30' }).click();
	await drawer(page).locator('[data-verdict]').waitFor();
});
afterAll(async () => {
	await browser?.close();
	await web?.[Symbol.asyncDispose]();
	await system?.[Symbol.asyncDispose]();
});

const timeline = () => drawer(page).getByRole('listbox', { name: /^Timeline/ });
const activeMark = async (): Promise<string | null> => {
	const id = await timeline().getAttribute('aria-activedescendant');
	return page.locator(`[id="${id}"]`).getAttribute('aria-label');
};
/** Scrolls the drawer until a section is there. Sections load once they are seen, and move what follows. */
async function scrollTo(section: string): Promise<Locator> {
	const found = drawer(page).locator(section);
	await expect
		.poll(async () => {
			await page.locator('[data-drawer-body]').evaluate((node) => node.scrollBy(0, 300));
			return found.count();
		})
		.toBe(1);
	await found.scrollIntoViewIfNeeded();
	return found;
}
const axis = () => timeline().locator('text').allTextContents();

test('begins with the verdict in one sentence, and says in words who looks at the Alert', async () => {
	await drawer(page)
		.locator('[data-verdict]')
		.getByText(/: the suspect is 6\.5 .*, a strong link; no person has decided such an Alert before\.$/)
		.waitFor();
	expect(await drawer(page).locator('[data-state]').innerText()).toMatch(
		/Waits for a decision · nobody has taken it/
	);
	await drawer(page)
		.locator('[data-guidance]')
		.getByText('If no command explains it, raise a security incident at once.')
		.waitFor();
});

test('the timeline is one stop of the Tab key, and the arrow keys go through its marks', async () => {
	await timeline().focus();
	expect(await activeMark()).toMatch(/^Alert, same second, 8F30 .*this Alert/);
	await page.keyboard.press('ArrowLeft');
	const request = await activeMark();
	expect(request).toMatch(/^Service Request, − \d+ s, /);
	const facts = drawer(page).locator('[data-mark-facts]');
	expect((await facts.innerText()).replace(/\s+/g, ' ')).toContain('− ');
	await page.keyboard.press('Home');
	expect(await activeMark()).toMatch(/^Alert, − 4 min, 8F3E .*arrived 2 min later/);
	await page.keyboard.press('End');
	expect(await activeMark()).toMatch(/this Alert/);
	// The page did not act on these keys: the same Alert is still open.
	expect(await drawer(page).getByRole('heading', { level: 2 }).innerText()).toMatch(/Authority/);
	expect(await timeline().locator('[role=option]').count()).toBe(4);
	expect(await timeline().locator('[data-late]').count()).toBe(2);
});

test('the timeline zooms and moves by key, by button and by wheel, and is reset', async () => {
	await timeline().focus();
	const whole = await axis();
	await page.keyboard.press('+');
	await expect.poll(axis).not.toEqual(whole);
	const zoomed = await axis();
	await page.keyboard.press('Shift+ArrowLeft');
	await expect.poll(axis).not.toEqual(zoomed);
	await page.keyboard.press('0');
	await expect.poll(axis).toEqual(whole);
	await drawer(page).getByRole('button', { name: 'Zoom in' }).click();
	await expect.poll(axis).toEqual(zoomed);
	await drawer(page).getByRole('button', { name: 'Reset' }).click();
	await expect.poll(axis).toEqual(whole);

	// Without the focus, the wheel scrolls the drawer and leaves the timeline as it is.
	const body = page.locator('[data-drawer-body]');
	await timeline().hover();
	const top = await body.evaluate((node) => node.scrollTop);
	await page.mouse.wheel(0, 60);
	await expect.poll(() => body.evaluate((node) => node.scrollTop)).not.toBe(top);
	expect(await axis()).toEqual(whole);
	await timeline().focus();
	await timeline().hover();
	await page.mouse.wheel(0, -300);
	await expect.poll(axis).not.toEqual(whole);
	await page.keyboard.press('0');
});

test('the pointer shows the facts of a mark, and nothing below moves', async () => {
	const heading = drawer(page).getByRole('heading', { name: 'Earlier decisions' });
	await heading.scrollIntoViewIfNeeded();
	const before = await heading.boundingBox();
	await timeline().locator('[role=option]').first().hover();
	await drawer(page).locator('[data-mark-facts]').getByText('8F3E').waitFor();
	expect(await heading.boundingBox()).toEqual(before);
});

test('a note on the Device stays for ever, and one on the Alert is counted', async () => {
	const notes = await scrollTo('[data-notes]');
	await notes.getByRole('textbox', { name: 'New note' }).fill('The hub was exchanged');
	await notes.getByRole('radio', { name: 'this Device, for ever' }).check();
	await notes.getByRole('button', { name: 'Save note' }).click();
	await notes.locator('[data-note=device]').getByText('The hub was exchanged').waitFor();
	await notes.getByRole('textbox', { name: 'New note' }).fill('<b>Rang the customer</b>');
	await notes.getByRole('radio', { name: 'this Alert' }).check();
	await page.keyboard.press('Tab');
	await notes.getByRole('textbox', { name: 'New note' }).press('Control+Enter');
	await notes.locator('[data-note=alert]').getByText('<b>Rang the customer</b>').waitFor();
	await expect
		.poll(async () => (await system.alerts('brightwell', `?device=${device}&code=8F30`))[0]?.comments)
		.toBe(1);
	await notes.getByRole('button', { name: 'Save note' }).click();
	await notes.getByRole('alert').getByText('Write a note first.').waitFor();
});

test('a person disagrees with one button and takes it back, and the history says so', async () => {
	const button = drawer(page).locator('[data-disagree]').getByRole('button');
	await button.scrollIntoViewIfNeeded();
	await button.click();
	await drawer(page).getByText('You disagree.').waitFor();
	expect(await button.getAttribute('aria-pressed')).toBe('true');
	await button.click();
	await drawer(page).getByText('You disagree.').waitFor({ state: 'detached' });
	const audit = await scrollTo('[data-audit]');
	await audit.getByText(/took the disagreement back\./).waitFor();
	await audit.getByText(/disagreed with the explanation\./).waitFor();
});

test('shows the tenure, the last 24 hours and the decisions on the same code', async () => {
	const section = await scrollTo('[data-device]');
	await section.locator('[data-tenure]').getByText('until further notice').waitFor();
	await section.getByRole('img', { name: /in the last 24 hours/ }).waitFor();
	expect(await section.getByRole('listitem').allInnerTexts()).toEqual(['There is no other decision.']);
});

test('is resized by key and by pointer, and remembers its width', async () => {
	const handle = drawer(page).getByRole('separator', { name: 'Width of the open Alert' });
	const width = async () => (await drawer(page).boundingBox())!.width;
	const before = await width();
	await handle.focus();
	await page.keyboard.press('ArrowLeft');
	await expect.poll(width).toBeCloseTo(before + 17, -1);
	const byKey = await width();
	const box = (await handle.boundingBox())!;
	await page.mouse.move(box.x + 4, 300);
	await page.mouse.down();
	await page.mouse.move(box.x + 64, 300, { steps: 3 });
	await page.mouse.up();
	await expect.poll(width).toBeLessThan(byKey - 40);
	const chosen = await width();
	await page.reload();
	await isLive(page);
	await expect.poll(width).toBe(chosen);
});

test('axe finds no fault, and the drawer fits 390, 768 and 1366 pixels', async () => {
	await expectClean(page, { name: 'drawer' });
	expect(complaints).toEqual([]);
});
