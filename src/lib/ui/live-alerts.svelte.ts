// Keeps the desk of one Supplier complete in the browser, from the live feed. The browser subscribes, catches up from
// the head of the snapshot, and merges Alerts by version. A lost, repeated or late frame therefore does no harm.
import { io, type Socket } from 'socket.io-client';
import type { Alert } from '#lib/domain/alert.ts';
import { AlertChanged, FeedHead, type Retracted } from '#lib/domain/live-events.ts';
import { readAlert, readDesk, readFeed } from './alerts-api.ts';
import type { Clock } from './clock.svelte.ts';
import { Desk } from './desk.ts';
import { Flood } from './flood.ts';
import type { CountedView, Counters } from './view-counter.ts';

export type Connection =
	| { kind: 'connecting' }
	| { kind: 'live' }
	/** `behind`: the number of feed entries still to read. */
	| { kind: 'catching-up'; behind: number }
	/** `since`: when the last message of the server arrived (epoch ms). */
	| { kind: 'stale'; since: number }
	| { kind: 'signed-out' };

/** How long the browser collects changes before it shows them together (ms). */
const PAINT_MS = 250;
/** The list becomes stale after this time without a message of the server (ms). The server sends its head every 5 s. */
const SILENCE_MS = 12_000;
/** How long the browser waits before it connects again after the server ended the connection (ms). */
const RETRY_MS = 3000;

/**
 * Receives the newest versions of changed Alerts, and the retractions of Alerts that the Supplier may no longer see.
 */
type Listener = (changes: readonly Alert[], retracted: readonly Retracted[]) => void;

export class LiveAlerts {
	connection = $state.raw<Connection>({ kind: 'connecting' });
	/** The counters of each view of the desk. `null` until the whole desk has been read. */
	counters = $state.raw<Readonly<Record<string, Counters>> | null>(null);
	/** The number of changes a second while so many Alerts change that the list counts; `null`: no flood. */
	flood = $state.raw<number | null>(null);
	readonly #clock: Clock;
	readonly #desk: Desk;
	/** The person who looks. */
	readonly callerId: string;
	#listeners: readonly Listener[] = [];
	#pageListeners: ReadonlyArray<() => void> = [];
	#arrivalListeners: ReadonlyArray<(arrived: readonly Alert[]) => void> = [];
	readonly #flood = new Flood();
	readonly #whole = Promise.withResolvers<void>();
	#head: number;
	#pendingAlerts: Alert[] = [];
	#pendingRetractions: Retracted[] = [];
	#paintTimer: ReturnType<typeof setTimeout> | undefined;
	/**
	 * When changes were last shown (ms, `performance.now()`). The first change after a quiet moment is shown at once.
	 */
	#paintedAtMs = -PAINT_MS;
	#socket: Socket | undefined;
	/** When the last message of the server arrived (epoch ms). */
	#lastHeardMs: number;
	#catchingUp = false;
	#stopped = false;

	constructor(
		snapshot: { items: readonly Alert[]; head: number },
		{ clock, callerId }: { clock: Clock; callerId: string }
	) {
		this.callerId = callerId;
		this.#desk = new Desk();
		this.#clock = clock;
		this.#head = snapshot.head;
		this.#lastHeardMs = clock.now;
		this.#desk.merge(snapshot.items);
	}

	/** The number of Alerts that need a decision. `undefined` until the whole desk has been read. */
	get undecided(): number | undefined {
		return this.counters?.['needs-decision']?.open;
	}

	/** Counts these views from now on. */
	countViews(views: readonly CountedView[]): void {
		this.#desk.countViews(views);
		if (this.counters) this.counters = this.#desk.counters();
	}

	/** Resolves when the whole desk has been read. */
	get whole(): Promise<void> {
		return this.#whole.promise;
	}

	/** The Alerts of the desk that the browser has read so far. */
	get desk(): IterableIterator<Alert> {
		return this.#desk.alerts;
	}

	/** Whether the list shows the current state of the server, so that a person can decide. */
	get fresh(): boolean {
		return this.connection.kind === 'live' || this.connection.kind === 'catching-up';
	}

	/** Returns whether this person has just acted on the Alert. Its changes are then shown without waiting for the next paint. */
	actedOn: (id: string) => boolean = () => false;

	/** Calls `listener` with the changes, at most every 250 ms. Returns the function that unsubscribes. */
	subscribe(listener: Listener): () => void {
		this.#listeners = [...this.#listeners, listener];
		return () => {
			this.#listeners = this.#listeners.filter((other) => other !== listener);
		};
	}

	/**
	 * Calls `listener` with Alerts of which a person has to be told (`Desk.merge`), except those that were there when the
	 * browser read the desk. Returns the function that unsubscribes.
	 */
	onArrival(listener: (arrived: readonly Alert[]) => void): () => void {
		this.#arrivalListeners = [...this.#arrivalListeners, listener];
		return () => {
			this.#arrivalListeners = this.#arrivalListeners.filter((other) => other !== listener);
		};
	}

	/** Calls `listener` when a page of on call has changed. Returns the function that unsubscribes. */
	onPageChange(listener: () => void): () => void {
		this.#pageListeners = [...this.#pageListeners, listener];
		return () => {
			this.#pageListeners = this.#pageListeners.filter((other) => other !== listener);
		};
	}

	/** Accepts Alerts that this browser fetched itself, and shows them without waiting for the next paint. */
	accept(alerts: readonly Alert[]): void {
		this.#pendingAlerts.push(...alerts);
		this.#flush();
	}

	start(): () => void {
		this.#stopped = false;
		const socket: Socket = io({
			path: '/socket.io',
			transports: ['websocket'],
			reconnectionDelay: 500,
			reconnectionDelayMax: 5000
		});
		this.#socket = socket;
		socket.on('connect', () => {
			this.#noteMessage();
			void this.#catchUp();
			if (!this.counters) void this.#readDesk();
		});
		socket.on('disconnect', (reason) => {
			this.#markStale();
			if (reason !== 'io server disconnect') return;
			// The server disconnects an expired session or a client that reads too slowly. The next connection shows
			// the reason.
			setTimeout(() => !this.#stopped && socket.connect(), RETRY_MS);
		});
		socket.on('connect_error', () => {
			this.#markStale();
			void this.#catchUp();
			if (!socket.active) setTimeout(() => !this.#stopped && socket.connect(), RETRY_MS);
		});
		socket.on('alert:changed', (raw: unknown) => this.#receive(raw));
		socket.on('page:changed', () => {
			for (const listener of this.#pageListeners) listener();
		});
		socket.on('feed:head', (raw: unknown) => {
			const event = FeedHead.safeParse(raw);
			if (!event.success) return;
			this.#noteMessage();
			if (event.data.head > this.#head) void this.#catchUp();
			else this.#markLive();
		});
		const watch = setInterval(() => {
			if (this.#clock.preciseNow() - this.#lastHeardMs > SILENCE_MS) this.#markStale();
			this.#checkFlood();
		}, 1000);
		return () => {
			this.#stopped = true;
			clearInterval(watch);
			clearTimeout(this.#paintTimer);
			socket.disconnect();
		};
	}

	#receive(raw: unknown): void {
		const event = AlertChanged.safeParse(raw);
		// A newer server may send a frame of unknown form. The browser then reads the feed over HTTP.
		if (!event.success) return void this.#catchUp();
		this.#noteMessage();
		const { from, to, items, retracted } = event.data;
		this.#pendingAlerts.push(...items);
		this.#pendingRetractions.push(...retracted);
		this.#flood.note(items.length + retracted.length, performance.now());
		this.#schedule(items.some(({ id }) => this.actedOn(id)));
		if (from <= this.#head + 1) {
			this.#head = Math.max(this.#head, to);
			if (!this.#catchingUp) this.#markLive();
		} else void this.#catchUp();
	}

	/** Reads the feed from the head of this browser up to the head of the server. */
	async #catchUp(): Promise<void> {
		if (this.#catchingUp || this.#stopped) return;
		this.#catchingUp = true;
		try {
			for (;;) {
				const after = this.#head;
				const page = await readFeed(after);
				if (page.kind === 'signed-out') return void (this.connection = { kind: 'signed-out' });
				if (page.kind === 'too-far-back') {
					if (await this.#readDesk(true)) continue;
					return;
				}
				if (page.kind === 'failed') return;
				// The database was restored from a backup. This browser has Alerts and decisions that the database lacks.
				if (page.head < after) return void location.reload();
				this.#pendingAlerts.push(...page.items);
				this.#pendingRetractions.push(...page.retracted);
				this.#schedule();
				const entries = [page.items.at(-1), page.retracted.at(-1)].filter((entry) => entry !== undefined);
				const last = entries.length > 0 ? Math.max(...entries.map((entry) => entry.seq)) : page.head;
				this.#head = Math.max(this.#head, last);
				if (this.#head >= page.head) break;
				this.connection = { kind: 'catching-up', behind: page.head - this.#head };
			}
			this.#markLive();
		} finally {
			this.#catchingUp = false;
		}
	}

	/**
	 * Reads the whole desk page by page. Returns whether the whole desk was read. `replace`: the feed no longer reaches
	 * back to the head of this browser, so the feed continues from the head of the desk.
	 */
	async #readDesk(replace = false): Promise<boolean> {
		const readIds: string[] = [];
		let head: number | undefined;
		for await (const page of readDesk()) {
			if (this.#stopped || !page) return false; // the next connection reads the desk again
			head ??= page.head;
			for (const alert of page.items) readIds.push(alert.id);
			this.accept(page.items);
		}
		if (head === undefined) return false;
		if (replace) this.#head = head;
		// The server's desk lacks an Alert that this browser's desk has. In the meantime the Alert was decided or
		// retracted.
		for (const id of replace ? this.#desk.idsNotIn(readIds) : []) {
			const alert = await readAlert(id);
			if (alert) this.#pendingAlerts.push(alert);
			else this.#pendingRetractions.push({ id, seq: head });
			this.#flush();
		}
		this.counters = this.#desk.counters();
		this.#whole.resolve();
		return true;
	}

	/** `atOnce`: the person waits for what their own action did, and may act on the same Alerts next. */
	#schedule(atOnce = false): void {
		if (atOnce) return this.#flush();
		this.#paintTimer ??= setTimeout(() => this.#flush(), this.#paintedAtMs + PAINT_MS - performance.now());
	}

	#flush(): void {
		clearTimeout(this.#paintTimer);
		this.#paintTimer = undefined;
		this.#paintedAtMs = performance.now();
		const retracted = this.#pendingRetractions;
		this.#desk.retract(retracted);
		const { newer: changes, joined } = this.#desk.merge(this.#pendingAlerts);
		this.#pendingAlerts = [];
		this.#pendingRetractions = [];
		if (changes.length === 0 && retracted.length === 0) return;
		this.#checkFlood();
		const isComplete = this.counters !== null;
		if (isComplete) this.counters = this.#desk.counters();
		for (const listener of this.#listeners) listener(changes, retracted);
		if (isComplete && joined.length > 0) for (const listener of this.#arrivalListeners) listener(joined);
	}

	#checkFlood(): void {
		const now = performance.now();
		this.flood = this.#flood.check(now) ? Math.round(this.#flood.perSecond(now)) : null;
	}

	#noteMessage(): void {
		this.#lastHeardMs = this.#clock.preciseNow();
	}

	#markLive(): void {
		if (this.#socket?.connected && this.connection.kind !== 'live') this.connection = { kind: 'live' };
	}

	#markStale(): void {
		if (this.connection.kind === 'stale' || this.connection.kind === 'signed-out') return;
		this.connection = { kind: 'stale', since: this.#lastHeardMs };
	}
}
