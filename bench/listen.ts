// Receives Alerts like a console: one connected client for each Supplier, in a separate process. Notes when each
// Alert first arrives and how often the Alert arrives. Reads the feed when frames are missing.
import { setTimeout as pause } from 'node:timers/promises';
import { io } from 'socket.io-client';
import type { AlertChanged } from '#lib/domain/live-events.ts';
import { monotonicMs } from './clock.ts';
import { sum } from './figures.ts';

export interface ListenOrder {
	/** The web processes, over which the connections are spread. */
	urls: readonly string[];
	/** API keys with the scope `read`, one for each Supplier. */
	keys: string[];
}

/** Names the Alerts whose arrival the listener notes from now on. The listener ignores all other Alerts. */
export interface ExpectOrder {
	messageIds: string[];
}

export interface Arrivals {
	/** The time when each Alert first arrived at its Supplier (`monotonicMs`). 0: the Alert has not arrived. */
	at: Float64Array;
	/** The number of feed entries of the expected Alerts. An Alert that is explained again has several feed entries. */
	entries: number;
	/** The number of Alerts that arrived at more than one Supplier. */
	misdelivered: number;
	/** How often frames were missing and a client read the feed. */
	gaps: number;
}

interface Arrival {
	at: number;
	entries: number;
	supplier: number;
	misdelivered: boolean;
}

const RETRY_MS = 500;

/** The arrivals by message id. `null`: the Alert has not arrived yet. */
let expected = new Map<string, Arrival | null>();
let arrived = 0;
let gaps = 0;

/** Handles orders of the parent. `count` asks for the number of arrived Alerts, `arrivals` asks for the details. */
process.on('message', (message: ListenOrder | ExpectOrder | 'count' | 'arrivals') => {
	if (message === 'count') process.send!(arrived);
	else if (message === 'arrivals') process.send!(arrivalsSoFar());
	else if ('urls' in message) void open(message).then(() => process.send!('ready'));
	else {
		expected = new Map(message.messageIds.map((id) => [id, null]));
		[arrived, gaps] = [0, 0];
		process.send!('expecting');
	}
});
process.once('disconnect', () => process.exit(0));

async function open({ urls, keys }: ListenOrder): Promise<void> {
	for (const [supplier, key] of keys.entries()) await connect(urls[supplier % urls.length]!, key, supplier);
}

/** Connects with the API key of a Supplier. `supplier`: the index of this Supplier. */
async function connect(url: string, key: string, supplier: number): Promise<void> {
	const socket = io(url, { transports: ['websocket'], auth: { key } });
	let last: number | null = null;
	let fetching = false;
	socket.on('feed:head', ({ head }: { head: number }) => {
		last ??= head;
		if (head > last) void catchUp();
	});
	socket.on('alert:changed', (frame: AlertChanged) => {
		if (last !== null && frame.from > last + 1) return void catchUp();
		take(frame);
	});

	function take(frame: Pick<AlertChanged, 'items'> & { to: number }): void {
		const now = monotonicMs();
		last = Math.max(last ?? 0, frame.to);
		for (const { messageId } of frame.items) note(messageId, supplier, now);
	}

	/** Reads missed entries from the feed. Repeats a call that a busy Causeway does not answer. */
	async function catchUp(): Promise<void> {
		if (fetching || last === null) return;
		fetching = true;
		gaps++;
		for (;;) {
			const page = await readFeed(last);
			if (page === null) {
				await pause(RETRY_MS);
				continue;
			}
			if (page.items.length === 0 || last >= page.head) break;
			take({ items: page.items, to: Math.max(...page.items.map(({ seq }) => seq)) });
		}
		fetching = false;
	}

	async function readFeed(after: number): Promise<{ items: AlertChanged['items']; head: number } | null> {
		try {
			const response = await fetch(`${url}/api/v1/feed?after=${after}&limit=500`, {
				headers: { authorization: `Bearer ${key}` }
			});
			if (response.ok) return (await response.json()) as { items: AlertChanged['items']; head: number };
			console.error(`listener: reading the feed failed with status ${response.status}, trying again`);
		} catch (error) {
			console.error(`listener: reading the feed failed, trying again: ${(error as Error).message}`);
		}
		return null;
	}

	await new Promise<void>((done, fail) => socket.once('feed:head', () => done()).once('connect_error', fail));
}

function note(messageId: string, supplier: number, now: number): void {
	const known = expected.get(messageId);
	if (known === undefined) return;
	if (known === null) {
		expected.set(messageId, { at: now, entries: 1, supplier, misdelivered: false });
		arrived++;
	} else {
		known.entries++;
		if (known.supplier !== supplier) known.misdelivered = true;
	}
}

function arrivalsSoFar(): Arrivals {
	const all = [...expected.values()];
	const arrivals = all.filter((arrival) => arrival !== null);
	return {
		at: Float64Array.from(all, (arrival) => arrival?.at ?? 0),
		entries: sum(arrivals.map(({ entries }) => entries)),
		misdelivered: arrivals.filter(({ misdelivered }) => misdelivered).length,
		gaps
	};
}
