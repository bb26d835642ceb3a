// Tests the pager beside the work of a controller: the alarm of the leads, paging about an episode by key, the pager state
// of the open Alert, and that axe finds no fault in the dialog.
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { Browser, Locator, Page } from 'playwright-core';
import { drawer, isLive, openBrowser, openConsole, openPage, rowOf, signIn } from '../support/browser.ts';
import { expectClean } from '../support/looks.ts';
import { joinAs, type Member } from '../support/members.ts';
import { setUpOnCall, type OnCallTest } from '../support/on-call.ts';
import { aDevice, anAlert, newDeviceId } from '../support/records.ts';
import { eventually, startSystem, type System } from '../support/system.ts';
import { startWeb, type Web } from '../support/web.ts';

let system: System;
let web: Web;
let browser: Browser;
let lead: Member;
let onCall: OnCallTest;
/** The person on call, and the next one. */
let first: Member;
let second: Member;

beforeAll(async () => {
	system = await startSystem();
	web = await startWeb(system);
	browser = await openBrowser();
	lead = await joinAs(system, 'brightwell', 'lead', 'Lena Lead');
	onCall = await setUpOnCall(system);
	const now = (await system.get('brightwell', '/on-call/now?rota=meters')).body;
	first = onCall.members.find(({ email }) => email === now.person)!;
	second = onCall.members.find(({ email }) => email !== now.person)!;
});
beforeEach(async () => {
	await onCall.clear();
	// No Alert of these tests opens a page by itself.
	await onCall.route('By hand', { codes: ['8F01'] });
});
afterAll(async () => {
	await browser?.close();
	await onCall?.receiver[Symbol.asyncDispose]();
	await web?.[Symbol.asyncDispose]();
	await system?.[Symbol.asyncDispose]();
});

/** Sends `count` Alerts of a new Device. Three are an episode. Returns the Device. */
async function sendAlerts(count: number): Promise<string> {
	const deviceId = newDeviceId();
	await system.post('/devices', [aDevice(deviceId)]);
	const at = (i: number): string => new Date(Date.now() - (count - i) * 60_000).toISOString();
	await system.post(
		'/alerts',
		Array.from({ length: count }, (_, i) =>
			anAlert(deviceId, { code: '8F35', raisedAt: at(i), receivedAt: at(i) })
		)
	);
	return deviceId;
}

/** Sends an Alert and pages about it. Returns its Device. */
async function pageAboutAlert(): Promise<string> {
	const deviceId = await sendAlerts(1);
	const { id } = await system.becomes('brightwell', deviceId, {});
	expect((await first.call('POST', '/on-call/pages', { alert: id })).status).toBe(201);
	return deviceId;
}

/** Lets the time of each step run out until the page is at its last step. */
const nobodyAnswers = () =>
	eventually(
		async () => {
			await system.database.query(
				"update page set step_at = now() - interval '2 seconds' where state = 'open' and step_at > now()"
			);
			expect((await onCall.pages())[0]!.alarm).toBe('unanswered');
		},
		{ timeout: 40_000, interval: 200 }
	);

const alarm = (page: Page): Locator => page.getByRole('alert', { name: 'Page alarm' });
const pager = (panel: Locator): Locator => panel.getByRole('region', { name: 'Pager' });
const panel = (page: Page): Locator => page.getByRole('complementary', { name: 'Episode' });
const ask = (page: Page): Locator => page.getByRole('dialog', { name: 'Page the person on call' });
const askAgain = (page: Page): Locator => page.getByRole('dialog', { name: 'Escalate the page' });
const receiver = (dialog: Locator): Locator => dialog.locator('[data-receiver]');

/** Returns whether a text is longer than its place. */
const isCut = (text: Locator): Promise<boolean> =>
	text.evaluate((element) => element.scrollWidth > element.clientWidth);

async function openEpisode(): Promise<Page> {
	const deviceId = await sendAlerts(3);
	const episode = await eventually(async () => {
		const { episodeId } = await system.becomes('brightwell', deviceId, {});
		expect(episodeId).not.toBeNull();
		return episodeId!;
	});
	const page = await openConsole(browser, web, 'brightwell', { path: `/episodes?episode=${episode}` });
	await panel(page).getByText('3 members').waitFor();
	return page;
}

test('a page that nobody answers ends at the console of the leads, until somebody answers', async () => {
	const deviceId = await pageAboutAlert();
	const page = await openPage(browser);
	await signIn(page, web, lead);
	await isLive(page);
	const ofController = await openConsole(browser, web, 'brightwell');
	expect(await alarm(page).count()).toBe(0);

	await nobodyAnswers();
	await alarm(page).getByText('Nobody answered').waitFor();
	await alarm(page).getByText('8F35').waitFor();
	await rowOf(ofController, deviceId).getByText('nobody answered').waitFor();
	expect(await alarm(ofController).count()).toBe(0);
	await expectClean(page, { name: 'unanswered' });
	await page.getByRole('link', { name: 'On call', exact: true }).click();
	await page.locator('[data-page][data-alarm="unanswered"]').waitFor();
	await expectClean(page, { name: 'unanswered-on-call' });

	const [paged] = await onCall.pages();
	expect((await first.call('POST', `/on-call/pages/${paged!.id}/acknowledge`, {})).status).toBe(200);
	await alarm(page).waitFor({ state: 'detached' });
	await page.context().close();
	await ofController.context().close();
});

test('e on an episode asks first, pages the person on call, and takes the open page a step on', async () => {
	const page = await openEpisode();
	await pager(panel(page)).getByText('No page is open about this episode.').waitFor();
	await page.keyboard.press('e');
	await receiver(ask(page)).waitFor();
	expect(await receiver(ask(page)).textContent()).toBe(
		`Gets it now: ${first.name}, on call for meters, by bridge`
	);
	await page.keyboard.press('Escape');
	// A closed dialog has no role, and takes keys until its element is gone.
	await page.locator('dialog').waitFor({ state: 'detached' });
	expect(await onCall.pages()).toEqual([]);

	await page.keyboard.press('e');
	await receiver(ask(page)).waitFor();
	await page.keyboard.press('Enter');
	await panel(page).getByText(`Paged: ${first.name}, on call for meters, by bridge.`).waitFor();
	await pager(panel(page))
		.getByRole('link', { name: /^paged \d\d:\d\d, nobody yet, next step in \d+ (s|min)$/ })
		.waitFor();
	const ofList = page.locator('[data-episode]').getByText(/^nobody yet, next step in/);
	await ofList.waitFor();
	expect(await isCut(ofList)).toBe(false);
	await onCall.pageBecomes({ subject: 'episode', step: 0, deliveries: [{ state: 'delivered' }] });
	expect(onCall.types()).toEqual(['opened']);

	await page.keyboard.press('e');
	await receiver(askAgain(page)).waitFor();
	expect(await receiver(askAgain(page)).textContent()).toBe(
		`Gets it now: ${second.name}, next on call for meters, by bridge`
	);
	await page.keyboard.press('Enter');
	await panel(page).getByText(`Escalated: ${second.name}, next on call for meters, by bridge.`).waitFor();
	expect(await onCall.pageBecomes({ state: 'open' })).toMatchObject({ subject: 'episode', alarm: null });
	expect((await onCall.pages())[0]!.step).toBeGreaterThan(0);
	await page.context().close();
});

test('the open Alert says who was paged, who answered, and how the page ended', async () => {
	const deviceId = await pageAboutAlert();
	const page = await openConsole(browser, web, 'brightwell');
	await rowOf(page, deviceId).click();
	const state = pager(drawer(page)).getByRole('link');
	await state.getByText(/nobody yet, next step in/).waitFor();
	await pager(drawer(page)).getByRole('button', { name: 'Escalate' }).waitFor();
	expect(await isCut(rowOf(page, deviceId).getByText(/paged \d\d:\d\d,$/))).toBe(false);
	await expectClean(page, { name: 'drawer-paged' });

	const paged = await onCall.pageBecomes({ state: 'open' });
	expect(await state.getAttribute('href')).toBe(`/on-call/pages/${paged.id}`);
	await first.call('POST', `/on-call/pages/${paged.id}/acknowledge`, {});
	await state.getByText(`acknowledged by ${first.name} in the console`).waitFor();
	await page.keyboard.press('e');
	await askAgain(page).getByText('Somebody has acknowledged the page already').waitFor();
	expect(await pager(drawer(page)).getByRole('button').count()).toBe(0);
	await expectClean(page, { name: 'dialog-acknowledged' });
	await page.keyboard.press('Escape');

	const decision = { verdict: 'actionable', reason: 'visit' };
	expect((await second.call('POST', `/on-call/pages/${paged.id}/decision`, decision)).status).toBe(200);
	await state.getByText(`ended by ${second.name} in the console`).waitFor();
	await pager(drawer(page)).getByRole('button', { name: 'Page on-call' }).waitFor();
	await page.context().close();
});

test('axe finds no fault in the dialog that pages about an Alert', async () => {
	const deviceId = await sendAlerts(1);
	const page = await openConsole(browser, web, 'brightwell');
	await rowOf(page, deviceId).click();
	await pager(drawer(page)).getByText('Nobody was paged about this Alert.').waitFor();
	await expectClean(page, { name: 'drawer' });
	await page.keyboard.press('e');
	await receiver(ask(page)).waitFor();
	await expectClean(page, { name: 'dialog-alert' });
	await page.context().close();
});

test('axe finds no fault in the dialogs that page about an episode and escalate its page', async () => {
	await onCall.route('Another', { codes: ['8F02'] });
	const page = await openEpisode();
	await page.keyboard.press('e');
	await ask(page).getByLabel('By the route').waitFor();
	await expectClean(page, { name: 'dialog-episode' });
	await page.keyboard.press('Enter');
	await pager(panel(page)).getByRole('link').waitFor();
	await expectClean(page, { name: 'episode-paged' });
	await page.keyboard.press('e');
	await receiver(askAgain(page)).waitFor();
	await expectClean(page, { name: 'dialog-escalate' });
	await page.context().close();
});
