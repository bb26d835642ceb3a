// Tests decisions on single Alerts by keyboard and by mouse.
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Browser, Page } from 'playwright-core';
import { drawer, openBrowser, openConsole, rowOf } from '../support/browser.ts';
import { aDevice, aRequest, anAlert, newDeviceId } from '../support/records.ts';
import { startSystem, type System } from '../support/system.ts';
import { startWeb, type Web } from '../support/web.ts';

let system: System;
let web: Web;
let browser: Browser;
let page: Page;

beforeAll(async () => {
	system = await startSystem();
	web = await startWeb(system);
	browser = await openBrowser();
	page = await openConsole(browser, web, 'brightwell');
});
afterAll(async () => {
	await browser?.close();
	await web?.[Symbol.asyncDispose]();
	await system?.[Symbol.asyncDispose]();
});

/** Sends an Alert that a Service Request explains, waits for its row, and returns the Device id. */
async function sendExplainedAlert(): Promise<string> {
	const deviceId = newDeviceId();
	await system.post('/devices', [aDevice(deviceId)]);
	await system.post('/service-requests', [aRequest(deviceId)]);
	await system.post('/alerts', [anAlert(deviceId)]);
	await rowOf(page, deviceId).getByText('Strong').waitFor();
	return deviceId;
}

const decisionOf = async (deviceId: string) =>
	(await system.alerts('brightwell', `?device=${deviceId}`))[0]!.decision;

test('a person decides an Alert by keyboard alone, and the next Alert is selected', async () => {
	const [first, second] = [await sendExplainedAlert(), await sendExplainedAlert()];
	await page.keyboard.press('j');
	await page.keyboard.press('i');
	await page.getByRole('form', { name: 'Reason' }).waitFor();
	await page.keyboard.press('1');
	await page.keyboard.press('Enter');
	await expect
		.poll(() => decisionOf(first))
		.toMatchObject({ verdict: 'ignorable', reason: 'other-user-command', by: 'Brightwell controller' });
	await rowOf(page, first).getByText('Undo').waitFor();
	expect(await rowOf(page, second).getAttribute('aria-selected')).toBe('true');
});

test('the key u undoes the last decision', async () => {
	const decided = (await system.alerts('brightwell', '?decision=any'))[0]!;
	await page.keyboard.press('u');
	await expect.poll(() => decisionOf(decided.deviceId)).toBeNull();
	await expect.poll(() => rowOf(page, decided.deviceId).getAttribute('data-tombstone')).toBeNull();
	await page.keyboard.press('Escape');
});

test('a person decides an Alert by mouse, and must add a note if the reason needs one', async () => {
	const deviceId = await sendExplainedAlert();
	await rowOf(page, deviceId).click();
	await drawer(page).getByRole('button', { name: 'Actionable' }).click();
	const strip = page.getByRole('form', { name: 'Reason' });
	await strip.getByRole('button', { name: 'other …' }).click();
	await strip.getByRole('button', { name: 'Confirm' }).click();
	await strip.getByText('This reason needs a note.').waitFor();
	await strip.getByLabel('Note').fill('asked the network operator');
	await strip.getByRole('button', { name: 'Confirm' }).click();
	await expect
		.poll(() => decisionOf(deviceId))
		.toMatchObject({ verdict: 'actionable', reason: 'other', note: 'asked the network operator' });
	await page.keyboard.press('Escape');
	await page.keyboard.press('Escape');
});

test('a key typed into a field decides nothing', async () => {
	const deviceId = await sendExplainedAlert();
	await page.keyboard.press('/');
	await page.keyboard.type('aijku1');
	expect(await page.getByLabel('Filters of the list').inputValue()).toBe('aijku1');
	expect(await page.getByRole('form', { name: 'Reason' }).count()).toBe(0);
	expect(await decisionOf(deviceId)).toBeNull();
	await page.getByLabel('Filters of the list').fill('');
	await page.keyboard.press('Escape');
});

test('an Alert that a colleague decides meanwhile stays in place, marked, and is not decided twice', async () => {
	const deviceId = await sendExplainedAlert();
	await rowOf(page, deviceId).click();
	await drawer(page).getByRole('button', { name: 'Actionable' }).click();
	const [alert] = await system.alerts('brightwell', `?device=${deviceId}`);
	const colleaguesDecision = { verdict: 'ignorable', reason: 'repeat', note: null, version: alert!.version };
	expect(
		(await system.call('POST', `/alerts/${alert!.id}/decision`, 'brightwell', colleaguesDecision)).status
	).toBe(200);
	await rowOf(page, deviceId).getByText('Ignorable').waitFor();
	expect(await rowOf(page, deviceId).getAttribute('data-tombstone')).toBe('true');
	await page.keyboard.press('1');
	await page.keyboard.press('Enter');
	await rowOf(page, deviceId)
		.getByText(/has changed since you read it/)
		.waitFor();
	expect(await decisionOf(deviceId)).toMatchObject({ verdict: 'ignorable', reason: 'repeat' });
	await page.keyboard.press('Escape');
	await page.keyboard.press('Escape');
});

test('if the answer of the server is lost, the row does not say that nothing was recorded', async () => {
	const deviceId = await sendExplainedAlert();
	await rowOf(page, deviceId).click();
	await page.route('**/decision', async (route) => {
		await route.fetch();
		await route.abort();
	});
	await page.keyboard.press('i');
	await page.keyboard.press('1');
	await page.keyboard.press('Enter');
	await rowOf(page, deviceId).getByText('The answer of the server was lost').waitFor();
	await page.unroute('**/decision');
	await expect.poll(() => rowOf(page, deviceId).getAttribute('data-tombstone')).toBe('true');
	expect(await decisionOf(deviceId)).toMatchObject({ verdict: 'ignorable' });
	for (let i = 0; i < 3; i++) await page.keyboard.press('Escape');
});

test('the key ? shows the keys, and Esc closes them', async () => {
	await page.keyboard.press('?');
	const help = page.getByRole('dialog', { name: 'Keys' });
	await help.getByText('undo your last action').waitFor();
	await page.keyboard.press('Escape');
	await help.waitFor({ state: 'detached' });
	expect(await help.count()).toBe(0);
});
