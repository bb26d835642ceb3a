// Tests the cause table page: a lead drafts a change, a rules editor of the installation proposes it, and the
// administrator of the installation activates it.
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Browser, Page } from 'playwright-core';
import { isLive, openBrowser, openPage, signIn } from '../support/browser.ts';
import { postAlertAfterRequest, joinEditors } from '../support/cause-tables.ts';
import type { Member } from '../support/members.ts';
import { eventually, startSystem, type System } from '../support/system.ts';
import { startWeb, type Web } from '../support/web.ts';

let system: System;
let web: Web;
let browser: Browser;
let lead: Page;
let editor: Page;
let admin: Page;
let controller: Page;
const complaints: string[] = [];

beforeAll(async () => {
	system = await startSystem();
	web = await startWeb(system);
	browser = await openBrowser();
	const people = await joinEditors(system);
	for (const seconds of [27, 120]) {
		const deviceId = await postAlertAfterRequest(system, 'brightwell', seconds);
		await system.becomes('brightwell', deviceId, { explanation: 'likely' });
	}
	lead = await openTable(people.lead);
	editor = await openTable(people.editor);
	admin = await openTable(people.admin);
	controller = await openTable(people.controller);
});
afterAll(async () => {
	await browser?.close();
	await web?.[Symbol.asyncDispose]();
	await system?.[Symbol.asyncDispose]();
});

async function openTable({ email, password }: Member): Promise<Page> {
	const page = await openPage(browser, { complaints });
	await signIn(page, web, { email, password }, '/cause-table');
	await page.getByRole('heading', { name: 'Cause table' }).waitFor();
	// The page of a person of the installation has no live list.
	if (!email.endsWith('@causeway.example')) await isLive(page);
	return page;
}

const statusShows = (page: Page, text: string | RegExp) => page.getByRole('status').getByText(text).waitFor();
const button = (page: Page, name: string | RegExp) => page.getByRole('button', { name });
const steps = (page: Page) => page.getByRole('list', { name: 'Steps to activation' });
const panel = (page: Page, name: string) => page.getByRole('region', { name, exact: true });

test('a controller can search and read the table, and the page says who may change it', async () => {
	await controller.keyboard.press('/');
	await controller.keyboard.type('zebra');
	await controller.getByText('No row matches.').waitFor();
	await controller.getByLabel(/^Search/).fill('8F30 certificate');
	await statusShows(controller, '1 of');
	await controller.keyboard.press('Escape');
	await controller.keyboard.press('j');
	await panel(controller, 'Row')
		.getByText(/another network operator certificate/)
		.waitFor();
	await controller
		.getByText(
			/^A controller of a Supplier cannot change the cause table; a lead, an officer or an engineer of a Supplier/
		)
		.waitFor();
	expect(await controller.getByRole('button', { name: /draft|Save|Activate/ }).count()).toBe(0);
	expect(await controller.getByRole('spinbutton').count()).toBe(0);
});

test('the key ? shows the keys of this page', async () => {
	await controller.keyboard.press('?');
	const help = controller.getByRole('dialog', { name: 'Keys' });
	await help.getByText('open the next row').waitFor();
	expect(await help.getByText(/decide/).count()).toBe(0);
	await controller.keyboard.press('Escape');
	await help.waitFor({ state: 'detached' });
	await panel(controller, 'Row').waitFor();
});

test('a lead starts a draft; a fault is shown at its field and prevents saving', async () => {
	await button(lead, /^Start a draft from/).click();
	await statusShows(lead, /^Draft .* is started/);
	await lead.getByRole('link', { name: 'Open 8F30' }).click();
	const form = lead.getByRole('group', { name: 'Cause 8F30/1' });
	await form.getByLabel('Latest').fill('10');
	await form.getByText('Window: must be in order: earliest, typical, latest.').waitFor();
	expect(await form.getByLabel('Latest').getAttribute('aria-invalid')).toBe('true');
	expect(await button(lead, 'Save draft').isDisabled()).toBe(true);
	await form.getByLabel('Service Requests (SRVs)').fill('99.9');
	await lead.keyboard.press('Enter');
	await form.getByText('SRVs: 99.9 is not in the table of SRVs.').waitFor();
	await form.getByRole('button', { name: /^Remove 99.9/ }).click();
});

test('a button leads back to the fault, and reverted changes can be restored', async () => {
	await lead.getByRole('link', { name: 'Open 8F66' }).click();
	await button(lead, 'Show 1 fault').click();
	const form = lead.getByRole('group', { name: 'Cause 8F30/1' });
	await expect
		.poll(() => form.getByLabel('Earliest').evaluate((field) => field === document.activeElement))
		.toBe(true);
	await button(lead, 'Revert changes').click();
	expect(await form.getByLabel('Latest').inputValue()).toBe('600');
	await button(lead, 'Restore changes').click();
	expect(await form.getByLabel('Latest').inputValue()).toBe('10');
});

test('the saved changes are listed against the active table', async () => {
	const form = lead.getByRole('group', { name: 'Cause 8F30/1' });
	await form.getByLabel('Latest').fill('60');
	await lead.getByLabel(/^Note/).fill('late failures are noise');
	await button(lead, 'Save draft').click();
	await statusShows(lead, /^Saved/);
	await lead.getByRole('link', { name: 'Changes' }).click();
	const change = panel(lead, 'Changes').locator('[data-change="8F30"]');
	expect(await change.innerText()).toMatch(
		/Source Does not have Authority.*Window: latest.*10 min \(600 s\).*60 s/s
	);
});

test('a what-if shows which explanations would change, with links to the Alerts', async () => {
	await button(lead, 'Run what-if').click();
	const result = panel(lead, 'What-if');
	await result.getByText('1 of your 2 Alerts would get another explanation.').waitFor();
	const example = result.getByRole('link', { name: 'Alert 1 of 8F30' }).first();
	const [alert] = await system.alerts('brightwell', '?code=8F30');
	expect(await example.getAttribute('href')).toContain(alert!.id);
});

test('people of a Supplier can neither propose nor activate; people of the installation see numbers only', async () => {
	expect(await lead.getByRole('button', { name: /^(Propose|Activate)$/ }).count()).toBe(0);
	await steps(lead).getByText('by a person of the installation, to all Suppliers').waitFor();
	const version = await lead.getByRole('combobox', { name: 'Version' }).inputValue();
	await editor.goto(`${web.url}/cause-table?version=${version}&panel=what-if`, { waitUntil: 'networkidle' });
	const result = panel(editor, 'What-if');
	await result.getByText('1 of 2 Alerts of 1 Supplier would get another explanation.').waitFor();
	expect(await result.getByRole('link').count()).toBe(0);
	expect(await editor.getByRole('link', { name: 'Learned' }).count()).toBe(0);
});

test('the person who proposes the draft cannot activate it, and the page says so', async () => {
	await button(editor, 'Propose').click();
	await statusShows(editor, 'Proposed. Another person of the installation must activate it.');
	await steps(editor).getByText('you proposed it: another person must activate it').waitFor();
	expect(await button(editor, 'Activate').isDisabled()).toBe(true);
});

test('another person reviews the changes and activates the draft with two clicks', async () => {
	const version = await lead.getByRole('combobox', { name: 'Version' }).inputValue();
	await admin.goto(`${web.url}/cause-table?version=${version}&panel=changes`, { waitUntil: 'networkidle' });
	await panel(admin, 'Changes').locator('[data-change="8F30"]').waitFor();
	await button(admin, 'Activate').click();
	await steps(admin)
		.getByText(/for new Alerts of all Suppliers\? 1 of 2 Alerts of 1 Supplier of 30 days would change/)
		.waitFor();
	await button(admin, 'Yes, activate').click();
	await statusShows(admin, `${version} is active. It explains new Alerts within seconds.`);
	await admin.getByRole('link', { name: 'History' }).click();
	expect(await panel(admin, 'History').innerText()).toMatch(
		/late failures are noise.*drafted by Brightwell lead.*proposed by Rules editor.*activated by Installation admin/s
	);
});

test('the active table explains new Alerts', async () => {
	await eventually(async () => {
		const deviceWithLateAlert = await postAlertAfterRequest(system, 'brightwell', 120);
		const alert = await system.becomes('brightwell', deviceWithLateAlert, { code: '8F30' });
		expect(alert.explanation).not.toBe('likely');
	});
	const deviceWithEarlyAlert = await postAlertAfterRequest(system, 'brightwell', 27);
	await system.becomes('brightwell', deviceWithEarlyAlert, { explanation: 'likely' });
});

test('the browser reported no error', () => {
	expect(complaints).toEqual([]);
});
