// Tests how a person turns pushes on and off at /on-call. The browser subscribes at a push service of the test's own, which
// checks the signature of the sender and decrypts the push.
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Browser, Page } from 'playwright-core';
import { openBrowser, openPage, signIn } from '../support/browser.ts';
import { expectClean } from '../support/looks.ts';
import { joinAs, type Member } from '../support/members.ts';
import { deliver, openPhone, shown, subscribeAt, workerOf } from '../support/phone.ts';
import { startPushService, type PushService } from '../support/push-service.ts';
import { startSystem, type System } from '../support/system.ts';
import { startWeb, type Web } from '../support/web.ts';

let system: System;
let web: Web;
let browser: Browser;
let service: PushService;
let person: Member;

beforeAll(async () => {
	system = await startSystem();
	web = await startWeb(system);
	browser = await openBrowser();
	service = await startPushService();
	person = await joinAs(system, 'brightwell', 'on-call', 'Alex Reid');
});
afterAll(async () => {
	await browser?.close();
	await web?.[Symbol.asyncDispose]();
	await service?.[Symbol.asyncDispose]();
	await system?.[Symbol.asyncDispose]();
});

const section = (page: Page) => page.getByRole('region', { name: 'Pushes to this device' });
/** Returns the browsers of the person that the server knows. */
const devices = async () => (await person.call('GET', '/on-call/push/subscriptions')).body.items;

test('a person turns pushes on, gets a test push, and turns them off again', async () => {
	const [context, page, complaints] = await openPhone(browser, web);
	const subscribing = await subscribeAt(service, page);
	await signIn(page, web, person, '/on-call');
	await section(page).getByText('This device gets no pushes.').waitFor();
	expect(await devices()).toEqual([]);
	await section(page).scrollIntoViewIfNeeded();
	await expectClean(page, { name: 'push-off' });

	await section(page).getByRole('button', { name: 'Turn pushes on' }).click();
	await section(page).getByText('This device gets pushes.').waitFor();
	expect(await devices()).toMatchObject([{ service: new URL(service.url).host, lastAcceptedAt: null }]);
	const subscribed = subscribing.now!;

	await section(page).getByRole('button', { name: 'Send a test push' }).click();
	await section(page).getByText('A test push is on its way to all your devices.').waitFor();
	expect(service.to(subscribed)).toMatchObject([{ payload: { type: 'test' }, key: subscribing.key }]);
	expect(await devices()).toMatchObject([{ lastAcceptedAt: expect.any(String) }]);
	const { payload } = service.to(subscribed)[0]!;
	const worker = await workerOf(context);
	await deliver(page, payload);
	await expect.poll(() => shown(worker)).toMatchObject([{ title: payload.title, actions: ['open'] }]);
	await section(page).scrollIntoViewIfNeeded();
	await expectClean(page, { name: 'push-on' });

	// The browser remembers its subscription, and the server knows the browser once only.
	await page.reload();
	await section(page).getByText('This device gets pushes.').waitFor();
	expect(await devices()).toHaveLength(1);

	await section(page).getByRole('button', { name: 'Turn pushes off' }).click();
	await section(page).getByText('This device gets no pushes.').waitFor();
	expect(subscribing.now).toBeNull();
	// The browser forgets its subscription first, and then tells the server.
	await expect.poll(devices).toEqual([]);
	await section(page).getByRole('button', { name: 'Turn pushes on' }).waitFor();
	expect((await person.call('POST', '/on-call/push/test', {})).status).toBe(422);
	expect(service.pushes).toHaveLength(1);
	expect(complaints).toEqual([]);
	await context.close();
});

test('a person who blocks notifications reads where to allow them', async () => {
	// Nobody answers the question in a browser without a screen, and then the browser blocks notifications.
	const page = await openPage(browser);
	await signIn(page, web, person, '/on-call');
	await section(page).getByRole('button', { name: 'Turn pushes on' }).click();
	await section(page).getByText('Notifications are blocked.').waitFor();
	expect(await section(page).getByRole('button').count()).toBe(0);
	await page.context().close();
});
