import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Browser, Page } from 'playwright-core';
import { openBrowser, openConsole } from '../support/browser.ts';
import { HALDEN, aDevice, aRequest, anAlert, newDeviceId } from '../support/records.ts';
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
const esme = newDeviceId();

test('a home episode appears while the page is open', async () => {
	const hub = newDeviceId();
	await page.getByText('No Alerts have been one matter yet.').waitFor();
	await system.post('/devices', [
		aDevice(esme, { hubId: hub }),
		aDevice(hub, { deviceType: 'CHF', hubId: hub })
	]);
	await system.post('/service-requests', [
		aRequest(hub, {
			userId: HALDEN,
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
			anAlert(esme, { code, raisedAt: at(i * 90), receivedAt: at(i * 90 + 5) })
		)
	);
	const row = page.locator('[data-episode]');
	await row.getByText('3 open').waitFor();
	await row.getByText('One home after Halden Gas (GS) 8.11').waitFor();
	expect(await row.count()).toBe(1);
});

test('it opens with its members and is decided as one by keyboard', async () => {
	await page.keyboard.press('j');
	const panel = page.getByRole('complementary', { name: 'Episode' });
	await panel.getByText('3 members').waitFor();
	expect(await panel.locator('[data-member]').count()).toBe(3);
	await page.keyboard.press('i');
	await panel.getByRole('form', { name: 'Reason' }).waitFor();
	await page.keyboard.press('1');
	await page.keyboard.press('Enter');
	await panel.getByText('3 decided.').waitFor();
	await panel.getByText('No member waits for a decision.').waitFor();
});

test('its members are decided', async () => {
	const alerts = await system.alerts('brightwell', `?device=${esme}`);
	expect(alerts).toHaveLength(3);
	for (const { decision } of alerts)
		expect(decision).toMatchObject({ verdict: 'ignorable', reason: 'other-user-command' });
});
