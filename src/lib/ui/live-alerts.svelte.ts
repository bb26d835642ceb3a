// The live feed of one Supplier in the browser: what is on the desk, kept whole. Subscribe, catch up from the head of
// the snapshot, then merge by version, so that a lost, doubled or late frame never matters.
import { io, type Socket } from 'socket.io-client';
import type { Alert } from '#lib/domain/alert.ts';
import { AlertChanged, FeedHead, type Retracted } from '#lib/domain/live-events.ts';
import { readAlert, readDesk, readFeed } from './alerts-api.ts';
import type { Clock } from './clock.svelte.ts';
import { Desk } from './desk.ts';
import type { ViewName } from './views.ts';

export type Connection =
	| { kind: 'connecting' }
	| { kind: 'live' }
	| { kind: 'catching-up'; behind: number }
	| { kind: 'stale'; since: number }
	| { kind: 'signed-out' };

/** One paint for all that arrives in this time. */
const PAINT_MS = 250;
/** The server tells its head every 5 s; without it for this long the list is stale. */
const SILENCE_MS = 12_000;
const RETRY_MS = 3000;

/** Newest versions of what changed, and what the Supplier may no longer see. */
type Listener = (changes: readonly Alert[], retracted: readonly Retracted[]) => void;

export class LiveAlerts {
	connection = $state.raw<Connection>({ kind: 'connecting' });
	/** How many Alerts each view of the desk holds; `null` until the whole desk has been read. */
	counts = $state.raw<Partial<Record<ViewName, number>> | null>(null);
	readonly #clock: Clock;
	readonly #desk = new Desk();
	#listeners: readonly Listener[] = [];
	#head: number;
	#queue: Alert[] = [];
	#taken: Retracted[] = [];
	#paint: ReturnType<typeof setTimeout> | undefined;
	/** When it last painted: the first change after a quiet moment is shown at once. */
	#painted = -PAINT_MS;
	#socket: Socket | undefined;
	#lastHeard: number;
	#catchingUp = false;
	#stopped = false;

	constructor(snapshot: { items: readonly Alert[]; head: number }, clock: Clock) {
		this.#clock = clock;
		this.#head = snapshot.head;
		this.#lastHeard = clock.now;
		this.#desk.merge(snapshot.items);
	}

	/** All that is on the desk, as far as it has been read. */
	get desk(): IterableIterator<Alert> {
		return this.#desk.alerts;
	}

	/** Whether a decision made now would be about what the server holds now. */
	get fresh(): boolean {
		return this.connection.kind === 'live' || this.connection.kind === 'catching-up';
	}

	/** Calls `listener` with what changed, at most every 250 ms. */
	subscribe(listener: Listener): () => void {
		this.#listeners = [...this.#listeners, listener];
		return () => {
			this.#listeners = this.#listeners.filter((other) => other !== listener);
		};
	}

	/** Takes in what this browser has fetched itself, without waiting for the next paint. */
	take(alerts: readonly Alert[]): void {
		this.#queue.push(...alerts);
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
			this.#heard();
			void this.#catchUp();
			if (!this.counts) void this.#readDesk();
		});
		socket.on('disconnect', (reason) => {
			this.#stale();
			if (reason !== 'io server disconnect') return;
			// The server ends a session that is over, and a reader too slow: the next call tells which.
			setTimeout(() => !this.#stopped && socket.connect(), RETRY_MS);
		});
		socket.on('connect_error', () => {
			this.#stale();
			void this.#catchUp();
			if (!socket.active) setTimeout(() => !this.#stopped && socket.connect(), RETRY_MS);
		});
		socket.on('alert:changed', (raw: unknown) => this.#receive(raw));
		socket.on('feed:head', (raw: unknown) => {
			const event = FeedHead.safeParse(raw);
			if (!event.success) return;
			this.#heard();
			if (event.data.head > this.#head) void this.#catchUp();
			else this.#isLive();
		});
		const watch = setInterval(() => {
			if (this.#clock.exact() - this.#lastHeard > SILENCE_MS) this.#stale();
		}, 1000);
		return () => {
			this.#stopped = true;
			clearInterval(watch);
			clearTimeout(this.#paint);
			socket.disconnect();
		};
	}

	#receive(raw: unknown): void {
		const event = AlertChanged.safeParse(raw);
		if (!event.success) return void this.#catchUp(); // a newer server: the feed is read the long way
		this.#heard();
		const { from, to, items, retracted } = event.data;
		this.#queue.push(...items);
		this.#taken.push(...retracted);
		this.#schedule();
		if (from <= this.#head + 1) {
			this.#head = Math.max(this.#head, to);
			if (!this.#catchingUp) this.#isLive();
		} else void this.#catchUp();
	}

	/** Reads the feed from our head until there is no more. */
	async #catchUp(): Promise<void> {
		if (this.#catchingUp || this.#stopped) return;
		this.#catchingUp = true;
		try {
			for (;;) {
				const page = await readFeed(this.#head);
				if (page.kind === 'signed-out') return void (this.connection = { kind: 'signed-out' });
				if (page.kind === 'too-far-back') {
					if (await this.#readDesk(true)) continue;
					return;
				}
				if (page.kind === 'failed') return;
				this.#queue.push(...page.items);
				this.#taken.push(...page.retracted);
				this.#schedule();
				const entries = [page.items.at(-1), page.retracted.at(-1)].filter((entry) => entry !== undefined);
				const last = entries.length > 0 ? Math.max(...entries.map((entry) => entry.seq)) : page.head;
				this.#head = Math.max(this.#head, last);
				if (this.#head >= page.head) break;
				this.connection = { kind: 'catching-up', behind: page.head - this.#head };
			}
			this.#isLive();
		} finally {
			this.#catchingUp = false;
		}
	}

	/** Reads the whole desk page by page; `afresh` goes on from its head, the feed being too far ahead. */
	async #readDesk(afresh = false): Promise<boolean> {
		const read: string[] = [];
		let head: number | undefined;
		for await (const page of readDesk()) {
			if (this.#stopped || !page) return false; // the next connection reads it again
			head ??= page.head;
			for (const alert of page.items) read.push(alert.id);
			this.take(page.items);
		}
		if (head === undefined) return false;
		if (afresh) this.#head = head;
		// What was on the desk and is no longer in the list has been decided meanwhile, or retracted.
		for (const id of afresh ? this.#desk.without(read) : []) {
			const alert = await readAlert(id);
			if (alert) this.#queue.push(alert);
			else this.#taken.push({ id, seq: head });
			this.#flush();
		}
		this.counts = this.#desk.counts();
		return true;
	}

	#schedule(): void {
		this.#paint ??= setTimeout(
			() => this.#flush(),
			Math.max(0, this.#painted + PAINT_MS - performance.now())
		);
	}

	#flush(): void {
		clearTimeout(this.#paint);
		this.#paint = undefined;
		this.#painted = performance.now();
		const retracted = this.#taken;
		this.#desk.retract(retracted);
		const changes = this.#desk.merge(this.#queue);
		this.#queue = [];
		this.#taken = [];
		if (changes.length === 0 && retracted.length === 0) return;
		if (this.counts) this.counts = this.#desk.counts();
		for (const listener of this.#listeners) listener(changes, retracted);
	}

	#heard(): void {
		this.#lastHeard = this.#clock.exact();
	}

	#isLive(): void {
		if (this.#socket?.connected && this.connection.kind !== 'live') this.connection = { kind: 'live' };
	}

	#stale(): void {
		if (this.connection.kind === 'stale' || this.connection.kind === 'signed-out') return;
		this.connection = { kind: 'stale', since: this.#lastHeard };
	}
}
