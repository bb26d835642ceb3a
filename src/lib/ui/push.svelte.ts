// Turns pushes of pages on and off in this browser, and sends a test push.
import type { PushDevice } from '#lib/domain/on-call/push.ts';
import * as messages from '#messages/push.ts';
import { callApi, type Answer } from './call-api.ts';

const API = '/on-call/push';

/**
 * `unsupported`: this browser has no pushes. `blocked`: the person has forbidden notifications of this site. `unknown`:
 * not asked yet.
 */
type State = 'unknown' | 'unsupported' | 'blocked' | 'off' | 'on';

export class Push {
	state = $state<State>('unknown');
	isBusy = $state(false);
	/** What the last action did, or why it failed. */
	note = $state('');
	/** The id of this browser at the server. `null`: the server has not told it. */
	#id: string | null = null;

	/** Reads the state of this browser. A subscription that the server may have lost is sent again. */
	async read(): Promise<void> {
		if (!('serviceWorker' in navigator) || !('PushManager' in window) || !('Notification' in window)) {
			this.state = 'unsupported';
			return;
		}
		const registration = await navigator.serviceWorker.ready;
		const subscription = await registration.pushManager.getSubscription();
		this.state = Notification.permission === 'denied' ? 'blocked' : subscription ? 'on' : 'off';
		if (this.state === 'on' && subscription) {
			const stored = await this.#store(subscription);
			if (!stored.ok) await this.#do(() => this.#turnOn(registration));
		}
	}

	turnOn = (): Promise<void> =>
		this.#do(async () => {
			const permission = await Notification.requestPermission();
			if (permission === 'granted') return this.#turnOn(await navigator.serviceWorker.ready);
			if (permission === 'denied') this.state = 'blocked';
			return permission === 'denied' ? '' : messages.permission_needed();
		});

	/** Ends the subscription in the browser and at the server, so that the server sends no page to nobody. */
	turnOff = (): Promise<void> =>
		this.#do(async () => {
			const subscription = await (await navigator.serviceWorker.ready).pushManager.getSubscription();
			await subscription?.unsubscribe();
			this.state = 'off';
			// If this call fails, the push service refuses the next push, and the server then removes the subscription.
			if (this.#id !== null)
				await callApi(`${API}/subscriptions/${this.#id}`, () => true, { method: 'DELETE' });
			this.#id = null;
			return messages.turned_off();
		});

	test = (): Promise<void> =>
		this.#do(async () => {
			const sent = await callApi(`${API}/test`, () => true, { method: 'POST', body: {} });
			return sent.ok ? messages.test_sent() : sent.message;
		});

	async #do(work: () => Promise<string>): Promise<void> {
		this.isBusy = true;
		try {
			this.note = await work();
		} catch (error) {
			this.note = messages.browser_refused({ why: error instanceof Error ? error.message : String(error) });
		}
		this.isBusy = false;
	}

	/** Subscribes this browser with the key of the installation. A subscription with another key is of no use any more. */
	async #turnOn(registration: ServiceWorkerRegistration): Promise<string> {
		const read = await callApi(`${API}/key`, (body) => (body as { key: string }).key, { method: 'GET' });
		if (!read.ok) return read.message;
		const options = { userVisibleOnly: true, applicationServerKey: read.value };
		const subscription = await registration.pushManager
			.subscribe(options)
			.catch(() => fresh(registration, options));
		let stored = await this.#store(subscription);
		// Another person of another Supplier may have turned pushes on here.
		if (!stored.ok) stored = await this.#store(await fresh(registration, options));
		this.state = stored.ok ? 'on' : 'off';
		return stored.ok ? messages.turned_on() : stored.message;
	}

	/** Sends a subscription to the server. */
	async #store(subscription: PushSubscription): Promise<Answer<string>> {
		const { endpoint, keys } = subscription.toJSON();
		const stored = await callApi(`${API}/subscriptions`, (body) => (body as PushDevice).id, {
			method: 'POST',
			body: { endpoint, keys }
		});
		this.#id = stored.ok ? stored.value : null;
		return stored;
	}
}

async function fresh(
	{ pushManager }: ServiceWorkerRegistration,
	options: PushSubscriptionOptionsInit
): Promise<PushSubscription> {
	await (await pushManager.getSubscription())?.unsubscribe();
	return pushManager.subscribe(options);
}
