// Live push: Socket.IO rooms, one for each Supplier. The server puts a socket in its room; a client names none and sends
// nothing. Frames are coalesced to at most twenty a second; what a client misses it fetches from the feed. Before each
// the record is asked whose key or session still stands, so that nobody hears what came after the end of their access.
import type { Server as HttpServer } from 'node:http';
import { Server } from 'socket.io';
import type { FeedHead } from '#lib/domain/live-events.ts';
import { isOwnOrigin, type AccessServices } from '#lib/server/access/caller.ts';
import { coalesce, encodeFrame, Encoded, parser } from './frames.ts';
import { subscribeLive, type LivePassage } from './live-channel.ts';
import { createListeners, type Listener } from './listeners.ts';
import type { Log } from '#lib/server/process/log.ts';
import type { Redis } from '#lib/server/process/redis.ts';

const FRAME_MS = 50;
const HEAD_MS = 5000;
/** More unsent packets than this: the client does not read, and has to catch up from the feed. */
const MOST_UNSENT = 200;

/** What the sockets are sent: the events of live-events.ts, two of them as JSON. */
interface Sent {
	'alert:changed': (frame: Encoded) => void;
	'decision:recorded': (decisions: Encoded) => void;
	'feed:head': (event: FeedHead) => void;
}

export interface LiveServices extends AccessServices {
	log: Log;
	/** A connection of its own: a connection that subscribes can do nothing else. */
	subscriber: Redis;
	alerts: { head(supplierId: number): Promise<number> };
}

export async function attachLive(http: HttpServer, services: LiveServices) {
	const { config, log } = services;
	const listeners = createListeners(services);
	const io = new Server<Record<string, never>, Sent, Record<string, never>, Listener>(http, {
		path: '/socket.io',
		parser,
		serveClient: false,
		perMessageDeflate: false,
		maxHttpBufferSize: 4096,
		pingInterval: 10_000,
		pingTimeout: 10_000,
		// `cors` does not stop a WebSocket of another site: the Origin is checked here. Keys come without one.
		allowRequest: (req, done) =>
			done(null, req.headers.origin === undefined || isOwnOrigin(req, config.origin))
	});

	io.use((socket, next) => {
		void listeners.admit(socket.request, socket.handshake.auth).then(
			(data) => {
				if (!data) return next(new Error('Sign in, or send auth.key with the scope read'));
				socket.data = data;
				next();
			},
			() => next(new Error('The record cannot be reached; try again'))
		);
	});

	io.on('connection', (socket) => {
		void socket.join(room(socket.data.supplierId));
		socket.onAny(() => socket.disconnect(true));
		services.alerts
			.head(socket.data.supplierId)
			.then(async (head) => {
				await letGo([socket.data.supplierId]);
				socket.emit('feed:head', { head });
			})
			.catch(() => {}); // the head is told again in a few seconds
	});

	const waiting = new Map<number, LivePassage[]>();
	let timer: NodeJS.Timeout | undefined;
	let lastFrame = -FRAME_MS;

	await subscribeLive(services.subscriber, (message) => {
		if (!io.of('/').adapter.rooms.has(room(message.supplierId))) return;
		const messages = waiting.get(message.supplierId);
		if (messages) messages.push(message);
		else waiting.set(message.supplierId, [message]);
		schedule();
	});

	/** The first change after a quiet moment goes out at once. */
	function schedule(): void {
		timer ??= setTimeout(() => void flush(), Math.max(0, lastFrame + FRAME_MS - performance.now()));
	}

	async function flush(): Promise<void> {
		lastFrame = performance.now();
		// What comes in while the record is asked is younger than its answer: it waits for the next one.
		const going = [...waiting];
		waiting.clear();
		try {
			await letGo(going.map(([supplierId]) => supplierId));
			dropSlowReaders();
			for (const [supplierId, messages] of going) push(supplierId, messages);
		} catch (error) {
			log.warn(
				{ error: (error as Error).message },
				'nothing was pushed; consoles see the gap and read the feed'
			);
		}
		timer = undefined;
		if (waiting.size > 0) schedule();
	}

	function push(supplierId: number, messages: readonly LivePassage[]): void {
		const to = io.to(room(supplierId));
		const frames = messages.filter((m) => m.event === 'alert:changed');
		for (const frame of coalesce(frames)) to.emit('alert:changed', encodeFrame(frame));
		for (const m of messages) if (m.event === 'decision:recorded') to.emit(m.event, new Encoded(m.data));
	}

	/** Ends the sockets of these Suppliers whose key or session has ended. */
	async function letGo(supplierIds: readonly number[]): Promise<void> {
		const sockets = [...io.of('/').sockets.values()].filter((s) => supplierIds.includes(s.data.supplierId));
		const standing = await listeners.standing(sockets.map((socket) => socket.data));
		for (const socket of sockets) if (!standing.has(socket.data)) socket.disconnect(true);
	}

	function dropSlowReaders(): void {
		for (const socket of io.of('/').sockets.values()) {
			const unsent = (socket.conn as unknown as { writeBuffer: unknown[] }).writeBuffer.length;
			if (unsent > MOST_UNSENT) socket.disconnect(true);
		}
	}

	const heads = setInterval(() => void tellHeads(), HEAD_MS);

	async function tellHeads(): Promise<void> {
		try {
			const sockets = [...io.of('/').sockets.values()];
			await Promise.all(
				sockets.map(async (socket) => (await socket.data.stillAllowed()) || socket.disconnect(true))
			);
			const supplierIds = [...new Set(sockets.map((socket) => socket.data.supplierId))];
			const heads = await Promise.all(supplierIds.map((id) => services.alerts.head(id)));
			await letGo(supplierIds);
			for (const [i, supplierId] of supplierIds.entries())
				io.to(room(supplierId)).emit('feed:head', { head: heads[i]! });
		} catch (error) {
			log.warn({ error: (error as Error).message }, 'the head of the feed could not be told');
		}
	}

	return {
		io,
		async close(): Promise<void> {
			clearInterval(heads);
			clearTimeout(timer);
			await io.close();
		}
	};
}

const room = (supplierId: number): string => `supplier:${supplierId}`;
