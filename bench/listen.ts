// The other end, a process of its own: a live connection for each Supplier, as a console holds it. It notes when each
// Alert of the trace first came, how often, and follows the feed where frames are missing.
import { setTimeout as pause } from 'node:timers/promises';
import { io } from 'socket.io-client';
import type { AlertChanged } from '#lib/domain/live-events.ts';
import { instant } from './clock.ts';

export interface ListenOrder {
	url: string;
	/** Keys that read, one for each Supplier. */
	keys: string[];
}

/** From now on these Alerts are waited for, and no others. */
export interface Expect {
	messageIds: string[];
}

export interface ListenAnswer {
	/** When each Alert first came to its Supplier (`instant`); 0 where it has not. */
	at: Float64Array;
	/** Feed entries that came of these Alerts to their Supplier: more than one where it was explained anew. */
	entries: number;
	/** Alerts that came to more than one Supplier. */
	astray: number;
	/** How often frames were missing and the feed was read. */
	gaps: number;
}

interface Arrival {
	at: number;
	entries: number;
	supplier: number;
	astray: boolean;
}

const RETRY_MS = 500;

/** By message id; `null` while it has not come. */
let expected = new Map<string, Arrival | null>();
let arrived = 0;
let gaps = 0;

/** `count`: how many have come. `tell`: all that is known of them. */
process.on('message', (message: ListenOrder | Expect | 'count' | 'tell') => {
	if (message === 'count') process.send!(arrived);
	else if (message === 'tell') process.send!(answer());
	else if ('url' in message) void open(message).then(() => process.send!('ready'));
	else {
		expected = new Map(message.messageIds.map((id) => [id, null]));
		[arrived, gaps] = [0, 0];
		process.send!('expecting');
	}
});
process.once('disconnect', () => process.exit(0));

async function open({ url, keys }: ListenOrder): Promise<void> {
	for (const [supplier, key] of keys.entries()) await connect(url, key, supplier);
}

/** `supplier`: whose Alerts are noted. */
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
		const now = instant();
		last = Math.max(last ?? 0, frame.to);
		for (const { messageId } of frame.items) note(messageId, supplier, now);
	}

	/** Reads from the feed what did not come; what a busy product does not answer is asked for again. */
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
			console.error(`a console could not read the feed: ${response.status}`);
		} catch (error) {
			console.error(`a console could not read the feed: ${(error as Error).message}`);
		}
		return null;
	}

	await new Promise<void>((done, fail) => socket.once('feed:head', () => done()).once('connect_error', fail));
}

function note(messageId: string, supplier: number, now: number): void {
	const known = expected.get(messageId);
	if (known === undefined) return;
	if (known === null) {
		expected.set(messageId, { at: now, entries: 1, supplier, astray: false });
		arrived++;
	} else {
		known.entries++;
		if (known.supplier !== supplier) known.astray = true;
	}
}

function answer(): ListenAnswer {
	const all = [...expected.values()];
	const came = all.filter((arrival) => arrival !== null);
	return {
		at: Float64Array.from(all, (arrival) => arrival?.at ?? 0),
		entries: came.reduce((sum, { entries }) => sum + entries, 0),
		astray: came.filter(({ astray }) => astray).length,
		gaps
	};
}
