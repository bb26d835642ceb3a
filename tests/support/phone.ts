// Opens the console as a phone does, and hands pushes to its service worker by the DevTools protocol, because Chromium has
// no push service here.
import { expect } from 'vitest';
import type { Browser, BrowserContext, Page, Worker } from 'playwright-core';
import type { PushService, SubscribedBrowser } from './push-service.ts';
import { eventually } from './system.ts';
import type { Web } from './web.ts';

/** Opens a window of a phone in which notifications are allowed. Returns also the errors that the page reports. */
export async function openPhone(
	browser: Browser,
	web: Pick<Web, 'url'>,
	colorScheme: 'light' | 'dark' = 'dark'
): Promise<[BrowserContext, Page, string[]]> {
	const context = await browser.newContext({
		viewport: { width: 390, height: 844 },
		hasTouch: true,
		colorScheme
	});
	await context.grantPermissions(['notifications'], { origin: web.url });
	const page = await context.newPage();
	page.setDefaultTimeout(15_000);
	const complaints: string[] = [];
	page.on('pageerror', (error) => complaints.push(error.message));
	page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()));
	return [context, page, complaints];
}

/** Hands a payload to the service worker, as the push service of the browser does. */
export async function deliver(page: Page, payload: object): Promise<void> {
	const devTools = await page.context().newCDPSession(page);
	const registrations: Array<{ registrationId: string; scopeURL: string }> = [];
	devTools.on('ServiceWorker.workerRegistrationUpdated', (event) =>
		registrations.push(...event.registrations)
	);
	await devTools.send('ServiceWorker.enable');
	const { registrationId } = await eventually(() => {
		expect(registrations.length).toBeGreaterThan(0);
		return registrations.at(-1)!;
	});
	await devTools.send('ServiceWorker.deliverPushMessage', {
		origin: new URL(page.url()).origin,
		registrationId,
		data: JSON.stringify(payload)
	});
}

interface Shown {
	title: string;
	body: string;
	tag: string;
	requireInteraction: boolean;
	actions: string[];
}
export const shown = (worker: Worker): Promise<Shown[]> =>
	worker.evaluate(async () => {
		const scope = globalThis as unknown as { registration: ServiceWorkerRegistration };
		return (await scope.registration.getNotifications()).map((one) => ({
			title: one.title,
			body: one.body,
			tag: one.tag,
			requireInteraction: one.requireInteraction,
			actions: ((one as unknown as { actions: Array<{ action: string }> }).actions ?? []).map(
				({ action }) => action
			)
		}));
	});
/** Presses a button of the only notification, as the lock screen does. */
export const press = (worker: Worker, action: string): Promise<void> =>
	worker.evaluate(async (name) => {
		const scope = globalThis as unknown as {
			registration: ServiceWorkerRegistration;
			dispatchEvent(event: Event): boolean;
			NotificationEvent: new (type: string, init: object) => Event;
		};
		const [notification] = await scope.registration.getNotifications();
		scope.dispatchEvent(new scope.NotificationEvent('notificationclick', { notification, action: name }));
	}, action);

export async function workerOf(context: BrowserContext): Promise<Worker> {
	const worker = context.serviceWorkers()[0] ?? (await context.waitForEvent('serviceworker'));
	await eventually(async () =>
		expect(
			await worker.evaluate(
				() =>
					(globalThis as unknown as { registration: ServiceWorkerRegistration }).registration.active?.state
			)
		).toBe('activated')
	);
	return worker;
}

/** What a window remembers in the place of the browser: its subscription, and the key to which it is bound. */
export interface Subscribing {
	now: SubscribedBrowser | null;
	key: string | null;
}

/**
 * Subscribes the page at a push service of the test's own, where Chromium would call the push service of its maker. From
 * the moment at which the page unsubscribes, the service answers pushes with 410.
 */
export async function subscribeAt(service: PushService, page: Page): Promise<Subscribing> {
	const browser: Subscribing = { now: null, key: null };
	await page.exposeFunction('subscribeHere', (key: string) => {
		browser.key = key;
		browser.now ??= service.subscribe();
	});
	await page.exposeFunction('unsubscribeHere', () => {
		service.answer(browser.now!, 410);
		browser.now = null;
	});
	await page.exposeFunction('subscriptionHere', () => browser.now?.subscription ?? null);
	await page.addInitScript(() => {
		const here = globalThis as unknown as {
			subscribeHere(key: string): Promise<void>;
			unsubscribeHere(): Promise<void>;
			subscriptionHere(): Promise<object | null>;
		};
		const current = async () => {
			const known = await here.subscriptionHere();
			const unsubscribe = () => here.unsubscribeHere().then(() => true);
			return known && ({ toJSON: () => known, unsubscribe } as unknown as PushSubscription);
		};
		PushManager.prototype.getSubscription = current;
		PushManager.prototype.subscribe = async (options) => {
			await here.subscribeHere(options!.applicationServerKey as string);
			return (await current())!;
		};
	});
	return browser;
}
