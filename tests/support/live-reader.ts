// Follows the feed of a Supplier from one web process, as a live consumer does: from the socket, and from the feed
// wherever the socket missed changes.
import type { Socket } from 'socket.io-client';
import { AlertChanged, FeedHead, FeedPage } from '#lib/domain/live-events.ts';
import type { Calls, SupplierSlug, System } from './system.ts';

export type LiveReader = Awaited<ReturnType<typeof readLive>>;

export async function readLive(system: System, slug: SupplierSlug, url: string) {
	const calls: Calls = system.callsTo(url);
	const socket: Socket = await system.connect(slug, url);
	/** The feed numbers that the socket brought, in a list for each connection. */
	const connections: number[][] = [[]];
	/** The feed numbers in the order in which the reader took them. */
	const taken: number[] = [];
	/** The newest version of each Alert. */
	const versions = new Map<string, number>();
	let catchingUp = false;

	const next = (): number => taken.length + 1;
	function take(changes: Pick<FeedPage, 'items' | 'retracted'>): void {
		for (const { id, seq } of [...changes.items, ...changes.retracted].sort((a, b) => a.seq - b.seq)) {
			if (seq !== next()) continue;
			taken.push(seq);
			versions.set(id, changes.items.find((alert) => alert.seq === seq)?.version ?? 0);
		}
	}

	async function catchUp(): Promise<void> {
		if (catchingUp) return;
		catchingUp = true;
		try {
			for (let head = next(); next() <= head;) {
				const page = FeedPage.parse((await calls.get(slug, `/feed?after=${next() - 1}`)).body);
				take(page);
				head = page.head;
			}
		} catch {
			// The web process is down. The reader catches up when its socket has connected again.
		} finally {
			catchingUp = false;
		}
	}

	socket.on('connect', () => {
		connections.push([]);
		void catchUp();
	});
	socket.on('feed:head', (event) => {
		if (FeedHead.parse(event).head >= next()) void catchUp();
	});
	socket.on('alert:changed', (event) => {
		const frame = AlertChanged.parse(event);
		connections.at(-1)!.push(...[...frame.items, ...frame.retracted].map(({ seq }) => seq));
		take(frame);
		if (frame.to >= next()) void catchUp();
	});
	return {
		connections,
		taken,
		versions,
		get connected(): boolean {
			return socket.connected;
		},
		/** Returns the feed numbers after `number` that the present connection brought, in order. */
		broughtAfter: (number: number): number[] =>
			connections
				.at(-1)!
				.filter((seq) => seq > number)
				.sort((a, b) => a - b)
	};
}
