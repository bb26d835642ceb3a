// Turns pushes of pages on and off in this browser, and sends a test push.
const API = '/api/v1/on-call/push';

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
			const why = await store(subscription);
			if (why) await this.#turnOn(registration);
		}
	}

	turnOn = (): Promise<void> =>
		this.#do(async () => {
			if ((await Notification.requestPermission()) !== 'granted') {
				this.state = 'blocked';
				return 'Notifications are blocked for this site. Allow them in the settings of the browser.';
			}
			return this.#turnOn(await navigator.serviceWorker.ready);
		});

	turnOff = (): Promise<void> =>
		this.#do(async () => {
			const subscription = await (await navigator.serviceWorker.ready).pushManager.getSubscription();
			await subscription?.unsubscribe();
			this.state = 'off';
			return 'This browser gets no more pushes.';
		});

	test = (): Promise<void> =>
		this.#do(async () => (await call('/test', {})) ?? 'A test push is on its way to all your devices.');

	async #do(work: () => Promise<string>): Promise<void> {
		this.isBusy = true;
		try {
			this.note = await work();
		} catch (error) {
			this.note = `The browser refused: ${error instanceof Error ? error.message : String(error)}`;
		}
		this.isBusy = false;
	}

	/** Subscribes this browser with the key of the installation. A subscription with another key is of no use any more. */
	async #turnOn(registration: ServiceWorkerRegistration): Promise<string> {
		const response = await fetch(`${API}/key`);
		if (!response.ok) return 'The server cannot be reached. Try again.';
		const { key } = (await response.json()) as { key: string };
		const options = { userVisibleOnly: true, applicationServerKey: key };
		const subscription = await registration.pushManager
			.subscribe(options)
			.catch(() => fresh(registration, options));
		let why = await store(subscription);
		// Another person of another Supplier may have turned pushes on here.
		if (why) why = await store(await fresh(registration, options));
		this.state = why ? 'off' : 'on';
		return why ?? 'This browser gets pushes.';
	}
}

async function fresh(
	{ pushManager }: ServiceWorkerRegistration,
	options: PushSubscriptionOptionsInit
): Promise<PushSubscription> {
	await (await pushManager.getSubscription())?.unsubscribe();
	return pushManager.subscribe(options);
}

/** Sends a subscription to the server. Returns why the server refused it; `null`: it is stored. */
const store = (subscription: PushSubscription): Promise<string | null> => {
	const { endpoint, keys } = subscription.toJSON();
	return call('/subscriptions', { endpoint, keys });
};

/** Calls the API. Returns why the server refused; `null`: it did not. */
async function call(path: string, body: object): Promise<string | null> {
	const response = await fetch(API + path, {
		method: 'POST',
		headers: { 'content-type': 'application/json' },
		body: JSON.stringify(body)
	}).catch(() => null);
	if (response?.ok) return null;
	const problem = (await response?.json().catch(() => null)) as { detail?: string } | null | undefined;
	return problem?.detail ?? 'The server cannot be reached. Try again.';
}
