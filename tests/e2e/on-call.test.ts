// Tests on call in the console: set-up, a route with its preview, the pager state beside an Alert, paging by key, the
// deliveries of a page, and a maintenance window.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Browser, Page } from 'playwright-core';
import { drawer, isLive, openBrowser, openConsole, openPage, rowOf, signIn } from '../support/browser.ts';
import { expectClean } from '../support/looks.ts';
import { joinAs, type Member } from '../support/members.ts';
import { setUpOnCall, type OnCallTest } from '../support/on-call.ts';
import { answers } from '../support/receiver.ts';
import { aDevice, anAlert, newDeviceId } from '../support/records.ts';
import { startSystem, type System } from '../support/system.ts';
import { startWeb, type Web } from '../support/web.ts';

let system: System;
let web: Web;
let browser: Browser;
let lead: Member;
let onCall: OnCallTest;

beforeAll(async () => {
	system = await startSystem();
	web = await startWeb(system);
	browser = await openBrowser();
	lead = await joinAs(system, 'brightwell', 'lead', 'Lena Lead');
});
afterAll(async () => {
	await browser?.close();
	await onCall?.receiver[Symbol.asyncDispose]();
	await web?.[Symbol.asyncDispose]();
	await system?.[Symbol.asyncDispose]();
});

async function openAs(person: Member, path: string): Promise<Page> {
	const page = await openPage(browser);
	await signIn(page, web, person, path);
	await isLive(page);
	return page;
}

/** Sends an Alert of a new Device. Returns the Device. */
async function sendAlert(code = '8F3E', at = Date.now()): Promise<string> {
	const deviceId = newDeviceId();
	await system.post('/devices', [aDevice(deviceId)]);
	const raisedAt = new Date(at).toISOString();
	await system.post('/alerts', [anAlert(deviceId, { code, raisedAt, receivedAt: raisedAt })]);
	return deviceId;
}

/** The worker, the receiver and the console need their time. */
const SOON = { timeout: 15_000 };
const preview = (page: Page) => page.locator('[data-preview]');

test('an installation without on call is told what is missing, and the usual routes complete it', async () => {
	const page = await openAs(lead, '/on-call');
	await page.getByRole('heading', { name: 'Nobody can be paged yet' }).waitFor();
	await page.getByRole('link', { name: 'Add a rota' }).waitFor();
	await expectClean(page, { name: 'set-up' });
	onCall = await setUpOnCall(system);
	await page.reload();
	await page.getByRole('button', { name: 'Add the usual routes' }).click();
	await page.getByRole('heading', { name: 'Nobody can be paged yet' }).waitFor({ state: 'detached' });
	await page.locator('[data-rota="meters"]').getByText('Next test page').waitFor();
	await page.getByRole('link', { name: 'Routes', exact: true }).click();
	await expect.poll(() => page.locator('[data-route]').count(), SOON).toBe(4);
	await page.context().close();
});

describe('a route', () => {
	test('shows what it would have paged while it is written, and again when it is saved', async () => {
		await onCall.clear();
		const noon = Date.now() - 5 * 86_400_000;
		for (let i = 0; i < 3; i++) await sendAlert('8F3E', noon + i * 1000);
		const page = await openAs(lead, '/on-call/routes?route=');
		await preview(page).getByText('must have at least one condition').waitFor();
		await page.getByLabel('Name').fill('Security');
		await page.getByLabel('security', { exact: true }).check();
		await preview(page).getByText('It would have paged 3 times in the last 30 days').waitFor();
		expect(await preview(page).locator('[data-example]').count()).toBe(3);
		const bars = preview(page).locator('[data-bars="day"] rect');
		expect(await bars.count()).toBe(30);
		expect((await bars.evaluateAll((all) => all.map((bar) => bar.getAttribute('data-count')))).join('')).toBe(
			`${'0'.repeat(24)}3${'0'.repeat(5)}`
		);
		await expectClean(page, { name: 'route' });
		await page.getByLabel('Alert codes').fill('8F30');
		await preview(page).getByText('It would have paged nobody').waitFor();
		await page.getByLabel('Alert codes').fill('8F3E');
		await preview(page).getByText('It would have paged 3 times').waitFor();
		await page.getByRole('button', { name: 'Save the route' }).click();
		await page.getByText('“Security” was saved. It would have paged 3 times in the last 30 days').waitFor();
		expect((await system.get('brightwell', '/on-call/routes')).body.items).toMatchObject([
			{
				name: 'Security',
				when: { category: ['security'], codes: ['8F3E'] },
				rota: 'meters',
				channels: ['bridge']
			}
		]);
		await page.context().close();
	});

	test('moves in the order, and its preview no longer counts what an earlier route takes', async () => {
		await onCall.route('All security', { category: ['security'] });
		const page = await openAs(lead, '/on-call/routes?route=Security');
		await preview(page).getByText('It would have paged 3 times').waitFor();
		await page.getByRole('button', { name: 'Move All security up' }).click();
		await page.getByText('“All security” is now number 1.').waitFor();
		const names = () =>
			page.locator('[data-route]').evaluateAll((all) => all.map((one) => one.dataset['route']));
		await expect.poll(names, SOON).toEqual(['All security', 'Security']);
		await page.reload();
		await preview(page).getByText('It would have paged nobody').waitFor();
		await page.context().close();
	});

	test('a controller reads the routes, and cannot change them', async () => {
		const page = await openConsole(browser, web, 'brightwell', { path: '/on-call/routes?route=Security' });
		await page.getByText(/A controller of a Supplier cannot change channels, rotas, routes/).waitFor();
		expect(await page.getByRole('button', { name: 'Save the route' }).count()).toBe(0);
		expect(await page.getByRole('link', { name: 'New route' }).count()).toBe(0);
		await page.context().close();
	});
});

test('the key e asks first and says who gets the page, and the Alert then shows its pager state', async () => {
	await onCall.clear();
	await onCall.route('By hand', { codes: ['8F01'] });
	const deviceId = await sendAlert('8F3E');
	const page = await openConsole(browser, web, 'brightwell');
	await rowOf(page, deviceId).click();
	await drawer(page).getByText('Nobody was paged about this Alert.').waitFor();
	await page.keyboard.press('e');
	const dialog = page.getByRole('dialog', { name: 'Page the person on call' });
	await dialog.locator('[data-receiver]').waitFor();
	const now = (await system.get('brightwell', '/on-call/now?rota=meters')).body;
	const first = onCall.members.find(({ email }) => email === now.person)!;
	const second = onCall.members.find(({ email }) => email !== now.person)!;
	expect(await dialog.locator('[data-receiver]').textContent()).toBe(
		`Gets it now: ${first.name}, on call for meters, by bridge`
	);
	if (process.env['SHOTS']) await page.screenshot({ path: `${process.env['SHOTS']}/escalate.png` });

	await page.keyboard.press('Escape');
	await dialog.waitFor({ state: 'detached' });
	await drawer(page).waitFor();
	expect(await onCall.pages()).toEqual([]);

	await page.keyboard.press('e');
	await page.getByRole('button', { name: 'Page now' }).click();
	await expect
		.poll(() => rowOf(page, deviceId).locator('[data-pager]').textContent(), SOON)
		.toMatch(/paged \d\d:\d\d,\s+nobody yet, next step in \d+ (s|min)/);
	await drawer(page)
		.getByRole('link', { name: /nobody yet/ })
		.waitFor();
	await expect.poll(() => onCall.events().map(({ type }) => type), SOON).toEqual(['opened']);
	await onCall.pageBecomes({ deliveries: [{ state: 'delivered' }] });
	if (process.env['SHOTS']) await page.screenshot({ path: `${process.env['SHOTS']}/paged.png` });

	// A second press escalates the open page, and names the next person.
	await page.keyboard.press('e');
	const escalate = page.getByRole('dialog', { name: 'Escalate the page' });
	await escalate.getByText(`${second.name}, next on call for meters`).waitFor();
	await page.keyboard.press('Escape');

	// Somebody acknowledges elsewhere: the row says so by itself.
	const [paged] = await onCall.pages();
	expect((await first.call('POST', `/on-call/pages/${paged!.id}/acknowledge`, {})).status).toBe(200);
	await rowOf(page, deviceId).getByText(`acknowledged by ${first.name} in the console`).waitFor();
	await page.keyboard.press('?');
	await page
		.getByText('page the person on call about the Alert or the episode, or escalate its page')
		.waitFor();
	await page.context().close();
});

test('the list of pages shows a delivery that failed, and sends it again', async () => {
	await onCall.clear();
	await onCall.route('Security', { category: ['security'] });
	onCall.receiver.behave(answers(410));
	await sendAlert('8F3E');
	const page = await openAs(lead, '/on-call/pages');
	await page.getByRole('heading', { name: /did not arrive$/ }).waitFor();
	const alarm = page.getByRole('alert', { name: 'Page alarm' });
	await alarm.getByText('No channel reached anybody').waitFor();
	await page.locator('details[data-page] summary').first().click();
	await page
		.getByText(/Try 1 at .*: failed in [\d,]+ ms, status 410/)
		.first()
		.waitFor();
	await expectClean(page, { name: 'pages' });
	await page.getByRole('link', { name: 'Now', exact: true }).click();
	await page.locator('[data-page][data-alarm="unreached"]').waitFor();
	await expectClean(page, { name: 'now' });

	await page.getByRole('link', { name: 'Pages', exact: true }).click();
	onCall.receiver.behave(answers(204));
	const dead = page.locator('[data-dead]');
	await dead.first().waitFor();
	for (let left = await dead.count(); left > 0; left--) {
		await dead.first().getByRole('button', { name: 'Send again to bridge by bridge' }).click();
		await expect.poll(() => dead.count(), SOON).toBe(left - 1);
	}
	await expect
		.poll(async () => (await onCall.pages())[0]!.deliveries.map(({ state }) => state), SOON)
		.not.toContain('failed');
	await page.getByRole('link', { name: 'Acknowledged', exact: true }).click();
	await page.getByText('No page is acknowledged.').waitFor();
	await page.context().close();
});

test('a lead adds a maintenance window and ends it', async () => {
	const page = await openAs(lead, '/on-call/maintenance');
	await page.getByText('There is no window.').waitFor();
	const field = (minutes: number) => new Date(Date.now() + minutes * 60_000).toISOString().slice(0, 16);
	await page.getByLabel('From', { exact: false }).fill(field(-1));
	await page.getByLabel('To UTC').fill(field(-2));
	await page.getByLabel('Why').fill('CSP work CHG-1');
	await page.getByRole('button', { name: 'Add the window' }).click();
	await page.getByText('must be later than from').waitFor();
	await page.getByLabel('To UTC').fill(field(60));
	await page.getByLabel('Alert codes').fill('8f57');
	await page.getByRole('button', { name: 'Add the window' }).click();
	const window = page.locator('[data-window]');
	await window.getByText('code 8F57').waitFor();
	await expectClean(page, { name: 'maintenance' });
	await window.getByRole('button', { name: 'End now' }).click();
	await window.getByText('ended', { exact: true }).waitFor();
	await page.context().close();
});
