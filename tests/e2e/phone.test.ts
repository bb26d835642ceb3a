// Tests a page on a phone: the installable console, a push with an answer on the lock screen, and the one-time link.
// Chromium has no push service here. So the push arrives at a push service of the test's own, which decrypts it, and the
// test hands it to the service worker by the DevTools protocol.
import { AxeBuilder } from '@axe-core/playwright';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Browser, Page } from 'playwright-core';
import { openBrowser, signIn } from '../support/browser.ts';
import { UNEXPLAINED_SECURITY, setUpOnCall, type OnCallTest } from '../support/on-call.ts';
import { deliver, openPhone, press, shown, workerOf } from '../support/phone.ts';
import { startPushService, type Push, type PushService } from '../support/push-service.ts';
import { eventually, startSystem, type System } from '../support/system.ts';
import { startWeb, type Web } from '../support/web.ts';

let system: System;
let web: Web;
let browser: Browser;
let onCall: OnCallTest;
let service: PushService;
const shots = process.env['SCREENSHOTS'];

beforeAll(async () => {
	system = await startSystem({ completeUntil: '2026-11-05T06:00:00.000Z' });
	web = await startWeb(system);
	browser = await openBrowser();
	service = await startPushService();
	onCall = await setUpOnCall(system);
	await onCall.put('/on-call/channels/phones', { kind: 'web-push' });
	await onCall.route('security', UNEXPLAINED_SECURITY, { channels: ['phones'] });
	for (const member of onCall.members) {
		const { subscription } = service.subscribe();
		expect((await member.call('POST', '/on-call/push/subscriptions', subscription)).status).toBe(201);
	}
});
afterAll(async () => {
	await browser?.close();
	await web?.[Symbol.asyncDispose]();
	await service?.[Symbol.asyncDispose]();
	await onCall?.receiver[Symbol.asyncDispose]();
	await system?.[Symbol.asyncDispose]();
});

/** Sends an Alert, and returns the id of its page and the push about it. */
async function aPage(): Promise<{ id: string; push: Push }> {
	const alert = await onCall.anUnexplainedAlert();
	const { id } = await onCall.pageBecomes({ alertId: alert.id });
	const push = await eventually(() => {
		const found = service.pushes.find(({ payload }) => payload.page === id);
		expect(found).toBeDefined();
		return found!;
	});
	return { id, push };
}
const pageOf = async (id: string) => (await system.get('brightwell', `/on-call/pages/${id}`)).body;
const faults = async (page: Page): Promise<string[]> =>
	(await new AxeBuilder({ page }).analyze()).violations.flatMap((v) =>
		v.nodes.map((n) => `${v.id}: ${n.target.join(' ')}`)
	);
const shoot = async (page: Page, name: string): Promise<void> => {
	if (shots) await page.screenshot({ path: `${shots}/${name}.png`, fullPage: true });
};

test('the console can be installed: its manifest is valid, and its service worker is active', async () => {
	const [context, page, complaints] = await openPhone(browser, web);
	await page.goto(`${web.url}/sign-in`);
	await workerOf(context);
	const devTools = await context.newCDPSession(page);
	const { errors, data } = await devTools.send('Page.getAppManifest');
	expect(errors).toEqual([]);
	const { icons } = JSON.parse(data!) as { icons: Array<{ src: string; sizes: string }> };
	for (const { src } of icons) expect((await fetch(web.url + src)).status).toBe(200);
	expect(icons.map(({ sizes }) => sizes)).toEqual(expect.arrayContaining(['192x192', '512x512']));
	expect(complaints).toEqual([]);
	await context.close();
});

test('Acknowledge on the lock screen answers without a window and without a session', async () => {
	const { id, push } = await aPage();
	const [context, page] = await openPhone(browser, web);
	await page.goto(`${web.url}/sign-in`);
	const worker = await workerOf(context);
	await deliver(page, push.payload);
	await expect
		.poll(() => shown(worker))
		.toMatchObject([
			{
				title: push.payload.title,
				tag: `page-${id}`,
				requireInteraction: push.payload.priority === 1,
				actions: ['acknowledge', 'open']
			}
		]);
	await press(worker, 'acknowledge');
	await expect.poll(async () => (await pageOf(id)).acknowledged).toMatchObject({ channel: 'push' });
	await expect.poll(() => shown(worker)).toMatchObject([{ title: 'Acknowledged', actions: ['open'] }]);
	expect(context.pages()).toHaveLength(1);

	// A second person is too late, and reads who was first.
	await deliver(page, push.payload);
	await expect.poll(async () => (await shown(worker))[0]?.title).toBe(push.payload.title);
	await press(worker, 'acknowledge');
	await expect
		.poll(async () => (await shown(worker))[0]?.title)
		.toMatch(/^(First|Second) acknowledged just now by push\.$/);

	// The event of the acknowledgement replaces the call silently.
	const event = await eventually(() => {
		const found = service.pushes.find(
			({ payload }) => payload.page === id && payload.type === 'acknowledged'
		);
		expect(found).toBeDefined();
		return found!;
	});
	await deliver(page, event.payload);
	await expect
		.poll(async () => shown(worker))
		.toMatchObject([
			{ title: expect.stringMatching(/^Acknowledged by /), requireInteraction: false, actions: ['open'] }
		]);
	await context.close();
});

test('an answer without a network is not lost in silence', async () => {
	const { push } = await aPage();
	const [context, page] = await openPhone(browser, web);
	await page.goto(`${web.url}/sign-in`);
	const worker = await workerOf(context);
	await deliver(page, push.payload);
	await expect.poll(async () => (await shown(worker)).length).toBe(1);
	await context.setOffline(true);
	await press(worker, 'acknowledge');
	await expect.poll(async () => (await shown(worker))[0]?.title).toMatch(/^No connection: not acknowledged/);
	await context.close();
});

test('the phone page leads through the sign-in, fits one hand, and takes an answer', async () => {
	const { id } = await aPage();
	const [context, page, complaints] = await openPhone(browser, web);
	await signIn(page, web, onCall.members[0]!, `/on-call/pages/${id}`);
	await page.getByRole('button', { name: 'Acknowledge' }).waitFor();
	expect(new URL(page.url()).pathname).toBe(`/on-call/pages/${id}`);
	expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(390);
	for (const name of ['Acknowledge', 'Actionable', 'Ignorable']) {
		const box = (await page.getByRole('button', { name }).boundingBox())!;
		expect(box.height).toBeGreaterThanOrEqual(48);
		expect(box.y + box.height).toBeLessThanOrEqual(844);
	}
	await shoot(page, 'phone-open-dark');
	expect(await faults(page)).toEqual([]);
	await page.getByRole('button', { name: 'Acknowledge' }).click();
	await page.getByRole('status', { name: 'State of the page' }).getByText('Acknowledged by First').waitFor();
	await page.getByRole('button', { name: 'Actionable' }).click();
	await shoot(page, 'phone-reasons');
	expect(await faults(page)).toEqual([]);
	await page.getByRole('button', { name: 'no command explains it' }).click();
	await page.getByRole('button', { name: 'Confirm' }).click();
	await expect.poll(async () => (await pageOf(id)).resolved).toMatchObject({ by: 'First', channel: 'phone' });
	await page.getByRole('status', { name: 'State of the page' }).getByText('Decided: actionable').waitFor();
	expect(complaints).toEqual([]);
	await context.close();
});

test('a one-time link only shows the page when it is opened, and answers once', async () => {
	const { id, push } = await aPage();
	const [context, page, complaints] = await openPhone(browser, web, 'light');
	const answer = await page.goto(`${web.url}/answer/${push.payload.answer}`);
	expect(answer!.headers()).toMatchObject({ 'referrer-policy': 'no-referrer', 'cache-control': 'no-store' });
	await page.getByRole('button', { name: 'Acknowledge' }).waitFor();
	expect((await pageOf(id)).state).toBe('open');
	await shoot(page, 'link-open');
	expect(await faults(page)).toEqual([]);
	await page.waitForLoadState('networkidle');
	await page.getByRole('button', { name: 'Acknowledge' }).click();
	await page.getByText('Acknowledged', { exact: true }).waitFor();
	await expect.poll(async () => (await pageOf(id)).acknowledged).toMatchObject({ channel: 'push' });
	await page.reload();
	await page.getByText(/This link was used before, and works once/).waitFor();
	expect(await page.getByRole('button').count()).toBe(0);
	await shoot(page, 'link-used');
	await page.goto(`${web.url}/answer/forged`);
	await page.getByText(/This link is not valid/).waitFor();
	expect(await faults(page)).toEqual([]);
	expect(complaints).toEqual([]);
	await context.close();
});
