// Tests the page of channels in the console: a channel is tested before it is saved, and no secret is read back.
import { AxeBuilder } from '@axe-core/playwright';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openBrowser, openPage, signIn } from '../support/browser.ts';
import { joinAs, type Member } from '../support/members.ts';
import { answers, startReceiver, verified, type Receiver } from '../support/receiver.ts';
import { startSystem, type System } from '../support/system.ts';
import { startWeb, type Web } from '../support/web.ts';

let system: System;
let web: Web;
let browser: Browser;
let lead: Member;
let viewer: Member;
let receiver: Receiver;
beforeAll(async () => {
	system = await startSystem({ worker: false });
	web = await startWeb(system);
	browser = await openBrowser();
	receiver = await startReceiver();
	lead = await joinAs(system, 'brightwell', 'lead', 'Lea Lead');
	viewer = await joinAs(system, 'brightwell', 'viewer', 'Vera Viewer');
});
afterAll(async () => {
	await browser?.close();
	await web?.[Symbol.asyncDispose]();
	await receiver?.[Symbol.asyncDispose]();
	await system?.[Symbol.asyncDispose]();
});

async function open(person: Member, complaints: string[] = []): Promise<Page> {
	const page = await openPage(browser, { complaints });
	await signIn(page, web, person, '/on-call/channels');
	await page.getByRole('heading', { name: 'Channels' }).waitFor();
	return page;
}

async function isClean(page: Page, name: string): Promise<void> {
	for (const colorScheme of ['light', 'dark'] as const)
		for (const width of [1366, 390]) {
			await page.emulateMedia({ colorScheme });
			await page.setViewportSize({ width, height: 900 });
			const { violations } = await new AxeBuilder({ page }).analyze();
			expect(violations.flatMap((v) => v.nodes.map((node) => `${v.id}: ${node.target.join(' ')}`))).toEqual(
				[]
			);
			if (process.env['SHOTS'])
				await page.screenshot({
					path: `${process.env['SHOTS']}/channels-${name}-${width}-${colorScheme}.png`
				});
			expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
		}
	await page.setViewportSize({ width: 1366, height: 900 });
}

describe('the page of channels', () => {
	test('shows why a test failed and saves nothing, then saves and shows the new secret once', async () => {
		const complaints: string[] = [];
		const page = await open(lead, complaints);
		await page.getByText('There is no channel yet').waitFor();
		await page.getByRole('button', { name: 'Add a channel' }).click();
		await page.getByText('Webhook', { exact: true }).click();
		await page.getByLabel('Name').fill('pager bridge');
		await page.getByLabel('Address').fill(`${receiver.url}/hook`);
		receiver.behave(answers(500));
		await page.getByRole('button', { name: 'Test and save' }).click();
		await page.getByText('The test of the channel failed: the receiver answered 500').waitFor();
		await page.getByText('There is no channel yet').waitFor();
		await isClean(page, 'failed');

		receiver.behave(answers(204));
		await page.getByRole('button', { name: 'Only test' }).click();
		await page.getByText(/^Test delivered to .* Nothing is saved yet\.$/).waitFor();
		await page.getByRole('button', { name: 'Test and save' }).click();
		await page.getByText(/^Saved\. Test delivered/).waitFor();
		const secret = (await page.locator('code').textContent())!.trim();
		verified(secret, receiver.received.at(-1)!);
		const row = page.locator('[data-channel="pager bridge"]');
		expect(await row.textContent()).toContain(`${receiver.url}/hook`);
		await isClean(page, 'saved');
		await page.reload();
		await row.waitFor();
		expect(await page.content()).not.toContain(secret);
		// The browser itself reports the answer 422 of the failed test.
		expect(complaints.filter((text) => !/status of 422/.test(text))).toEqual([]);
		await page.context().close();
	});

	test('keeps the secret of an edited channel, tests it, and deletes it after a second press', async () => {
		const page = await open(lead);
		const row = page.locator('[data-channel="pager bridge"]');
		await row.getByRole('button', { name: 'Edit pager bridge' }).click();
		const secret = page.getByLabel('Signing secret set, leave empty to keep');
		expect(await secret.inputValue()).toBe('');
		await page.getByLabel('Address').fill(`${receiver.url}/other`);
		await isClean(page, 'edit');
		await page.getByRole('button', { name: 'Test and save' }).click();
		await page.getByText(/^Saved\. Test delivered/).waitFor();
		expect(await page.locator('code').count()).toBe(0);
		expect(receiver.received.at(-1)!.path).toBe('/other');

		await row.getByRole('button', { name: 'Test pager bridge' }).click();
		await row.getByText(/^Test delivered/).waitFor();
		await row.getByRole('button', { name: 'Delete pager bridge', exact: true }).click();
		await row.getByRole('button', { name: 'Delete pager bridge for good' }).click();
		await page.getByText('There is no channel yet').waitFor();
		await page.context().close();
	});

	test('has a form for every kind, and names a wrong field beside it', async () => {
		const page = await open(lead);
		await page.getByRole('button', { name: 'Add a channel' }).click();
		await page.getByText('E-mail', { exact: true }).click();
		await page.getByLabel('Name').fill('mail');
		await page.getByLabel('Mail server').fill('not a server');
		await page.getByRole('button', { name: 'Only test' }).click();
		await page.getByText(/^must be smtp:\/\/HOST:PORT/).waitFor();
		await isClean(page, 'email');
		await page.context().close();
	});

	test('lets a viewer read and change nothing', async () => {
		const settings = { kind: 'webhook', url: `${receiver.url}/hook` };
		expect((await lead.call('PUT', '/on-call/channels/seen', settings)).status).toBe(200);
		const page = await open(viewer);
		await page.locator('[data-channel="seen"]').waitFor();
		await page.getByText(/A viewer of a Supplier cannot change channels/).waitFor();
		expect(await page.locator('main').getByRole('button').count()).toBe(0);
		await page.context().close();
	});
});
