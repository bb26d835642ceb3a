// Tests the episodes page: members, one decision for all of them, and similar Alerts outside.
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Browser, Locator, Page } from 'playwright-core';
import { isLive, openBrowser, openConsole } from '../support/browser.ts';
import {
	HALDEN_USER_ID,
	BRIGHTWELL_USER_ID,
	aDevice,
	aRequest,
	anAlert,
	newDeviceId
} from '../support/records.ts';
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
	page = await openConsole(browser, web, 'brightwell', { path: '/episodes' });
});
afterAll(async () => {
	await browser?.close();
	await web?.[Symbol.asyncDispose]();
	await system?.[Symbol.asyncDispose]();
});

const at = (seconds: number): string =>
	new Date(Date.parse('2026-11-05T10:00:00.000Z') + seconds * 1000).toISOString();
const electricityMeter = newDeviceId();

test('an episode of one home appears while the page is open', async () => {
	const hub = newDeviceId();
	await page.getByText('No episodes yet.').waitFor();
	await system.post('/devices', [
		aDevice(electricityMeter, { hubId: hub }),
		aDevice(hub, { deviceType: 'CHF', hubId: hub })
	]);
	await system.post('/service-requests', [
		aRequest(hub, {
			userId: HALDEN_USER_ID,
			userRole: 'GS',
			userName: 'Halden Gas',
			serviceReferenceVariant: '8.11',
			requestedAt: at(-15),
			respondedAt: at(-10),
			responseCode: 'I0'
		})
	]);
	await system.post(
		'/alerts',
		['8183', '8F3E', '8F3E'].map((code, i) =>
			anAlert(electricityMeter, { code, raisedAt: at(i * 90), receivedAt: at(i * 90 + 5) })
		)
	);
	const row = page.locator('[data-episode]');
	await row.getByText('3 open').waitFor();
	await row.getByText('One home after Halden Gas (GS) 8.11').waitFor();
	expect(await row.count()).toBe(1);
});

test('the episode opens with its members, and one decision by keyboard covers them', async () => {
	await page.keyboard.press('j');
	const panel = page.getByRole('complementary', { name: 'Episode' });
	await panel.getByText('3 members').waitFor();
	expect(await panel.locator('[data-member]').count()).toBe(3);
	await page.keyboard.press('i');
	await panel.getByRole('form', { name: 'Reason' }).waitFor();
	await page.keyboard.press('1');
	await page.keyboard.press('Enter');
	await panel.getByText('3 decided.').waitFor();
	await panel.getByText('No member needs a decision.').waitFor();
});

test('every member of the decided episode is decided', async () => {
	const alerts = await system.alerts('brightwell', `?device=${electricityMeter}`);
	expect(alerts).toHaveLength(3);
	for (const { decision } of alerts)
		expect(decision).toMatchObject({ verdict: 'ignorable', reason: 'other-user-command' });
});

test('a member that arrives after the decision is not covered and needs its own', async () => {
	const panel = page.getByRole('complementary', { name: 'Episode' });
	await system.post('/alerts', [
		anAlert(electricityMeter, { code: '8F3E', raisedAt: at(300), receivedAt: at(305) })
	]);
	await panel.getByText('4 members').waitFor();
	await panel.getByText('1 not covered: arrived later, or must be rechecked.').waitFor();
	await page.locator('[data-episode]').getByText('1 open').waitFor();
	expect(await panel.locator('[data-member]').getByText('Ignorable').count()).toBe(3);
	expect(await panel.locator('[data-member]').last().getByText('Open').count()).toBe(1);
	await page.keyboard.press('i');
	await panel.getByText('the one open member').waitFor();
	await page.keyboard.press('1');
	await page.keyboard.press('Enter');
	await panel.getByText('1 decided.').waitFor();
	await panel.getByText('No member needs a decision.').waitFor();
	expect(await panel.getByText('not covered').count()).toBe(0);
});

/**
 * Decides an episode of three repeats. While the person chooses the reason, a colleague decides `decidedMeanwhile` of
 * the members.
 */
async function decideBesideColleague(decidedMeanwhile: number): Promise<Locator> {
	const deviceId = newDeviceId();
	await system.post('/devices', [aDevice(deviceId)]);
	await system.post(
		'/alerts',
		[0, 60, 120].map((s) => anAlert(deviceId, { code: '8F35', raisedAt: at(s), receivedAt: at(s + 5) }))
	);
	await page.locator('[data-episode]', { hasText: '3 open' }).getByRole('link').click();
	const panel = page.getByRole('complementary', { name: 'Episode' });
	await panel.getByRole('button', { name: /^All ignorable/ }).waitFor();
	await page.keyboard.press('i');
	await panel.getByText('all 3 open members').waitFor();
	const items = (await system.alerts('brightwell', `?device=${deviceId}`)).slice(0, decidedMeanwhile);
	await system.call('POST', '/decisions', 'brightwell', { items, verdict: 'actionable', reason: 'visit' });
	await panel
		.locator('[data-member]')
		.getByText('Actionable')
		.nth(decidedMeanwhile - 1)
		.waitFor();
	await page.keyboard.press('4');
	await page.keyboard.press('Enter');
	return panel;
}

test('a member that a colleague decides meanwhile keeps that decision, and the page says so', async () => {
	const panel = await decideBesideColleague(1);
	await panel
		.getByText('2 decided, 1 not: a colleague decided it first, or it changed. Check it again.')
		.waitFor();
	expect(await panel.locator('[data-member]').getByText('Actionable').count()).toBe(1);
	expect(await panel.locator('[data-member]').getByText('Ignorable').count()).toBe(2);
	await panel.getByText('repeat of an Alert already decided').waitFor();
});

test('if a colleague decides every member first, the episode stays undecided', async () => {
	const panel = await decideBesideColleague(3);
	await panel
		.getByText('None decided: a colleague decided them first, or they changed. Check them again.')
		.waitFor();
	expect(await panel.locator('[data-member]').getByText('Actionable').count()).toBe(3);
	expect(await panel.getByText('Decision', { exact: true }).count()).toBe(0);
});

test('a similar Alert without the cause of the campaign is listed outside, with a link', async () => {
	const [campaignDevices, deviceWithoutRequest] = [Array.from({ length: 5 }, newDeviceId), newDeviceId()];
	await system.post(
		'/devices',
		[...campaignDevices, deviceWithoutRequest].map((id) =>
			aDevice(id, { model: 'Storm 9', firmware: '2.10' })
		)
	);
	await system.post(
		'/service-requests',
		campaignDevices.map((id) =>
			aRequest(id, {
				userId: BRIGHTWELL_USER_ID,
				userRole: 'IS',
				serviceReferenceVariant: '11.3',
				requestedAt: at(7170),
				responseCode: 'E21'
			})
		)
	);
	await system.post('/service-requests/completeness', { source: 'sat', completeUntil: at(86_400) });
	await system.post(
		'/alerts',
		[...campaignDevices, deviceWithoutRequest].map((id, i) =>
			anAlert(id, { code: '8F3E', raisedAt: at(7200 + i), receivedAt: at(7205 + i) })
		)
	);
	await page.locator('[data-episode]', { hasText: 'Campaign' }).getByRole('link').click();
	const outside = page.getByRole('region', { name: /^Outside this episode/ });
	await outside.getByText('The request that explains the members was not sent to these Devices.').waitFor();
	await outside.getByText('A decision on this episode does not change them.').waitFor();
	const row = outside.getByRole('listitem');
	expect(await row.count()).toBe(1);
	await row.getByText('Unexplained').waitFor();
	await row.getByText('Open', { exact: true }).waitFor();
	await row.getByTitle(deviceWithoutRequest).waitFor();

	await page.getByText('Decides all 5 open members, not the Alerts outside.').waitFor();
	await page.keyboard.press('i');
	await page.getByRole('form', { name: 'Reason' }).waitFor();
	await page.keyboard.press('2');
	await page.keyboard.press('Enter');
	await page.getByText('5 decided.').waitFor();
	await row.getByText('Open', { exact: true }).waitFor();
	await row.getByRole('link', { name: '2026-11-05 12:00:05 UTC' }).click();
	const alert = page.getByRole('complementary', { name: 'Alert', exact: true });
	await alert.getByText(deviceWithoutRequest).first().waitFor();
	await page.goBack();
	await outside.waitFor();
});

test('an episode of one home has no list of Alerts outside', async () => {
	await page.locator('[data-episode]', { hasText: 'One home' }).getByRole('link').click();
	const panel = page.getByRole('complementary', { name: 'Episode' });
	await panel.getByText('4 members').waitFor();
	expect(await panel.getByText('Outside').count()).toBe(0);
});

test('the key ? shows the keys of this page, which do nothing while the help is open', async () => {
	const panel = page.getByRole('complementary', { name: 'Episode' });
	await page.keyboard.press('Escape');
	await panel.waitFor({ state: 'detached' });
	await page.keyboard.press('?');
	const help = page.getByRole('dialog', { name: 'Keys' });
	await help.getByText('next episode, also while an episode is open').waitFor();
	expect(await help.getByText('undo your last decision').count()).toBe(0);
	await page.keyboard.press('j');
	await page.keyboard.press('Escape');
	await help.waitFor({ state: 'detached' });
	expect(await panel.count()).toBe(0);
	await page.getByRole('button', { name: 'Keys ?' }).click();
	await help.waitFor();
	await page.keyboard.press('Escape');
});

test('the list is filtered and ordered by the address, and the back button restores it', async () => {
	await page.goto(`${web.url}/episodes`);
	await isLive(page);
	const rows = page.locator('[data-episode]');
	const kinds = () => rows.getByText(/^(Campaign|One home|Repeated)/).allInnerTexts();
	const all = await rows.count();
	await page.getByLabel('Order').selectOption('most Alerts first');
	await page.waitForURL('**/episodes?sort=largest');
	await expect.poll(async () => (await kinds())[0]).toContain('5 Alerts');
	await page.getByLabel('Kind').selectOption('One home');
	await expect.poll(() => rows.count()).toBe(1);
	expect(new URL(page.url()).search).toBe('?kind=home&sort=largest');
	await page.getByLabel('Waits for a decision').check();
	await page.getByText('No episode matches these filters.').waitFor();
	await page.goBack();
	await expect.poll(() => rows.count()).toBe(1);
	await page.getByRole('button', { name: 'Clear all filters' }).click();
	await expect.poll(() => rows.count()).toBe(all);
	await page.getByLabel('Code of the first Alert').fill('?');
	await page.keyboard.press('Tab');
	await page.getByText('A code has 2 to 4 letters and digits, such as 8F3E.').waitFor();
	await page.getByLabel('Code of the first Alert').fill('8f35');
	await page.keyboard.press('Tab');
	await expect.poll(() => rows.count()).toBe(2);
	await rows
		.first()
		.getByText('1 actionable · 2 ignorable')
		.or(rows.first().getByText('3 actionable'))
		.waitFor();
});
