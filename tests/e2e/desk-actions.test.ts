// Tests what a person does on the desk beside decisions: shelve, assign, comment, disagree, reopen, and the limits of paging.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Browser, Page } from 'playwright-core';
import { shortInstant } from '#lib/ui/wording.ts';
import { lookAway, openBrowser, openConsole, rowOf } from '../support/browser.ts';
import { expectClean } from '../support/looks.ts';
import { joinAs } from '../support/members.ts';
import { aDevice, anAlert, newDeviceId } from '../support/records.ts';
import { startSystem, type System } from '../support/system.ts';
import { startWeb, type Web } from '../support/web.ts';

let system: System;
let web: Web;
let browser: Browser;
let page: Page;
const complaints: string[] = [];
/** An Alert that can be shelved for long, another one, one of priority 1, and one of physical tamper. */
const [clock, second, urgent, tamper] = Array.from({ length: 4 }, newDeviceId) as [
	string,
	string,
	string,
	string
];

beforeAll(async () => {
	system = await startSystem();
	web = await startWeb(system);
	browser = await openBrowser();
	await joinAs(system, 'brightwell', 'controller', 'Robin Stone');
	for (const [deviceId, code] of [
		[clock, '8F0C'],
		[second, '8F0C'],
		[urgent, '8F30'],
		[tamper, '81B9']
	] as const) {
		await system.post('/devices', [aDevice(deviceId, { model: `Model of ${deviceId}` })]);
		await system.post('/alerts', [anAlert(deviceId, { code })]);
	}
	page = await openConsole(browser, web, 'brightwell', { complaints });
	for (const deviceId of [clock, second, urgent]) await rowOf(page, deviceId).waitFor();
});
afterAll(async () => {
	await browser?.close();
	await web?.[Symbol.asyncDispose]();
	await system?.[Symbol.asyncDispose]();
});
beforeEach(() => lookAway(page));

const alertOf = async (deviceId: string) => (await system.alerts('brightwell', `?device=${deviceId}`))[0]!;
const report = () => page.getByRole('region', { name: 'Last action' });
const form = (name: string) => page.getByRole('form', { name });
/** Makes the row of the Device the current one, by keys alone. */
async function goTo(deviceId: string): Promise<void> {
	await rowOf(page, deviceId).waitFor();
	for (let i = 0; i < 4; i++) await page.keyboard.press('Escape');
	await page.keyboard.press('j');
	for (let i = 0; i < 20 && (await rowOf(page, deviceId).getAttribute('aria-selected')) !== 'true'; i++)
		await page.keyboard.press('j');
	expect(await rowOf(page, deviceId).getAttribute('aria-selected')).toBe('true');
}
const minutesLeft = async (deviceId: string) =>
	Math.round((Date.parse((await alertOf(deviceId)).shelved!.until) - Date.now()) / 60_000);

describe('shelving', () => {
	test('says truly how long an Alert of priority 1 can stay, and shelves it', async () => {
		await goTo(urgent);
		await page.keyboard.press('s');
		await form('Shelve').getByText('8F30').waitFor();
		const twoHours = form('Shelve').getByRole('button', { name: /2 hours/ });
		expect(await twoHours.innerText()).toContain('30 minutes at most for priority 1 and guard codes');
		expect(await twoHours.isDisabled()).toBe(true);
		await form('Shelve')
			.getByText(/until the end of the shift, \d\d:\d\d, 30 minutes at most/)
			.waitFor();
		await expectClean(page, { name: 'desk-shelve' });
		await page.keyboard.press('2');
		expect((await alertOf(urgent)).shelved).toBeNull();
		await page.keyboard.press('1');
		await expect.poll(async () => (await alertOf(urgent)).shelved?.by).toBe('Brightwell controller');
		expect(await minutesLeft(urgent)).toBe(30);
		await page.keyboard.press('u');
		await expect.poll(async () => (await alertOf(urgent)).shelved).toBeNull();
	});

	test('the view Shelved shows when each Alert returns, and returns it now', async () => {
		await rowOf(page, clock).getByRole('checkbox').click();
		await rowOf(page, second).getByRole('checkbox').click();
		await page.keyboard.press('s');
		await form('Shelve').getByText('2 selected Alerts').waitFor();
		await page.keyboard.press('2');
		await report().getByText('2 Alerts shelved.').waitFor();
		expect(await minutesLeft(clock)).toBe(120);
		await page.getByRole('link', { name: 'Shelved' }).click();
		const { until } = (await alertOf(clock)).shelved!;
		await rowOf(page, clock)
			.getByText(`Shelved until ${shortInstant(until, Date.now())}`, { exact: true })
			.waitFor();
		await expectClean(page, { name: 'desk-shelved-view' });
		await rowOf(page, clock).getByRole('button', { name: 'Return now' }).click();
		await expect.poll(async () => (await alertOf(clock)).shelved).toBeNull();
		await goTo(second);
		await page.keyboard.press('s');
		await page.keyboard.press('0');
		await expect.poll(async () => (await alertOf(second)).shelved).toBeNull();
		await page.getByRole('link', { name: /^Needs decision/ }).click();
		await rowOf(page, second).waitFor();
	});

	test('is never offered for physical tamper', async () => {
		await goTo(tamper);
		await page.keyboard.press('s');
		await form('Shelve')
			.getByRole('button', { name: /^1 30 minutes.*never shelved/ })
			.waitFor();
		await page.keyboard.press('1');
		expect((await alertOf(tamper)).shelved).toBeNull();
	});
});

describe('an assignment', () => {
	test('goes to me by one key, to another by two, shows initials, and is undone to the person before', async () => {
		await goTo(clock);
		await page.keyboard.press('m');
		await rowOf(page, clock).locator('[data-assignee][title="Assigned to Brightwell controller"]').waitFor();
		await page.keyboard.press('Shift+M');
		await form('Assign')
			.getByRole('button', { name: /Robin Stone/ })
			.waitFor();
		await expectClean(page, { name: 'desk-assign' });
		const digit = await form('Assign')
			.getByRole('button', { name: /Robin Stone/ })
			.locator('kbd')
			.innerText();
		await page.keyboard.press(digit);
		await rowOf(page, clock).locator('[data-assignee][title="Assigned to Robin Stone"]').waitFor();
		await page.keyboard.press('u');
		await expect.poll(async () => (await alertOf(clock)).assignee?.name).toBe('Brightwell controller');
	});
});

describe('a comment', () => {
	test('is stored on the Alert or on its Device for ever, and counted in the row', async () => {
		await goTo(clock);
		await page.keyboard.press('c');
		await page.keyboard.press('Enter');
		await form('Comment').getByText('Write the comment first.').waitFor();
		await page.keyboard.type('asked the fitter');
		await expectClean(page, { name: 'desk-comment' });
		await page.keyboard.press('Enter');
		await report().getByText('Comment stored.').waitFor();
		await rowOf(page, clock).getByTitle('1 comment').waitFor();
		await page.keyboard.press('c');
		await page.keyboard.type('loose cover');
		await form('Comment')
			.getByLabel(/for ever/)
			.check();
		await form('Comment').getByRole('button', { name: /Store/ }).click();
		await form('Comment').waitFor({ state: 'detached' });
		const { body } = await system.get('brightwell', `/devices/${clock}/comments`);
		expect(body.items).toMatchObject([{ text: 'loose cover', by: 'Brightwell controller' }]);
	});
});

describe('a disagreement', () => {
	test('is one key, asks nothing, and is taken back by u', async () => {
		const people = async () =>
			(await system.get('brightwell', `/alerts/${(await alertOf(clock)).id}/disagreement`)).body.people;
		await goTo(clock);
		await page.keyboard.press('d');
		await rowOf(page, clock).getByText('You disagree with the explanation').waitFor();
		expect(await people()).toBe(1);
		await page.keyboard.press('u');
		await expect.poll(people).toBe(0);
	});
});

describe('a decision', () => {
	test('is reopened by r, and given back by u', async () => {
		await goTo(second);
		await page.keyboard.press('i');
		await page.keyboard.press('7');
		await page.keyboard.press('Enter');
		await expect.poll(async () => (await alertOf(second)).decision?.reason).toBe('information');
		await page.getByRole('link', { name: 'Decided' }).click();
		await goTo(second);
		await page.keyboard.press('r');
		await expect.poll(async () => (await alertOf(second)).decision).toBeNull();
		await page.keyboard.press('u');
		await expect.poll(async () => (await alertOf(second)).decision?.reason).toBe('information');
		await page.getByRole('link', { name: /^Needs decision/ }).click();
	});
});

describe('a page', () => {
	test('is about one Alert or one episode: for a larger selection, the desk says why there is none', async () => {
		await rowOf(page, clock).getByRole('checkbox').click();
		await rowOf(page, urgent).getByRole('checkbox').click();
		await page.keyboard.press('e');
		await report()
			.getByText(/a page is about one Alert or one episode/)
			.waitFor();
		expect(await page.getByRole('dialog').count()).toBe(0);
	});
});

test('the browser reported no error', () => expect(complaints).toEqual([]));
