// Pushes changes to connected clients over Socket.IO, with one room for each Supplier. The server puts a socket into
// its room. A client never names a room and never sends. The server joins frames and sends at most 50 times a second. A
// client fetches missed changes from the feed. Before the server sends, it asks the database which keys and sessions
// are still valid. So no client receives a change after the end of its access.
import type { Server as HttpServer } from 'node:http';
import { Server } from 'socket.io';
import type { FeedHead } from '#lib/domain/live-events.ts';
import { isOwnOrigin, type AccessServices } from '#lib/server/access/caller.ts';
import type { Log } from '#lib/server/process/log.ts';
import { observePushDelay, watchSockets } from '#lib/server/process/metrics.ts';
import type { Redis } from '#lib/server/process/redis.ts';
import { coalesce, encodeFrame, Encoded, parser } from './frames.ts';
import { createListeners, type Listener } from './listeners.ts';
import { subscribeLive, type ChannelMessage } from './live-channel.ts';

const FRAME_INTERVAL_MS = 20;
const HEAD_INTERVAL_MS = 5000;
/**
 * The greatest number of unsent packets of a client. The server disconnects a client with more, because the client
 * reads too slowly and must catch up from the feed.
 */
const MAX_UNSENT_PACKETS = 200;

/**
 * The events that the server sends (live-events.ts). The data of all events but `feed:head` is already JSON
 * text.
 */
interface ServerEvents {
	'alert:changed': (frame: Encoded) => void;
	'decision:recorded': (decisions: Encoded) => void;
	'page:changed': (change: Encoded) => void;
	'feed:head': (event: FeedHead) => void;
}

export interface LiveServices extends AccessServices {
	log: Log;
	/** A separate Redis connection, because a connection that subscribes can do nothing else. */
	subscriber: Redis;
	alerts: { head(supplierId: number): Promise<number> };
}

export async function attachLive(http: HttpServer, services: LiveServices) {
	const { config, log } = services;
	const listeners = createListeners(services);
	const io = new Server<Record<string, never>, ServerEvents, Record<string, never>, Listener>(http, {
		path: '/socket.io',
		parser,
		serveClient: false,
		perMessageDeflate: false,
		maxHttpBufferSize: 4096,
		pingInterval: 10_000,
		pingTimeout: 10_000,
		// The setting `cors` does not stop a WebSocket from another site, so this function checks the Origin header.
		// Clients with an API key send no Origin header.
		allowRequest: (req, done) =>
			done(null, req.headers.origin === undefined || isOwnOrigin(req, config.origin))
	});

	watchSockets(() => io.of('/').sockets.size);

	io.use((socket, next) => {
		void listeners.admit(socket.request, socket.handshake.auth).then(
			(data) => {
				if (!data)
					return next(
						new Error(
							"Sign in as a person of a Supplier, or send auth.key or Authorization: Bearer with a Supplier's key that has the scope read"
						)
					);
				socket.data = data;
				next();
			},
			() => next(new Error('The database cannot be reached; try again'))
		);
	});

	io.on('connection', (socket) => {
		void socket.join(room(socket.data.supplierId));
		socket.onAny(() => socket.disconnect(true));
		services.alerts
			.head(socket.data.supplierId)
			.then(async (head) => {
				await disconnectEnded([socket.data.supplierId]);
				socket.emit('feed:head', { head });
			})
			.catch(() => {}); // The server sends the head again in a few seconds.
	});

	/** Messages that no flush has sent yet, by Supplier. */
	const unsent = new Map<number, ChannelMessage[]>();
	let flushTimer: NodeJS.Timeout | undefined;
	let lastFlushAt = -FRAME_INTERVAL_MS;

	await subscribeLive(services.subscriber, (message) => {
		if (!io.of('/').adapter.rooms.has(room(message.supplierId))) return;
		const messages = unsent.get(message.supplierId);
		if (messages) messages.push(message);
		else unsent.set(message.supplierId, [message]);
		schedule();
	});

	/** Schedules the next flush. The first change after a quiet period is sent at once. */
	function schedule(): void {
		flushTimer ??= setTimeout(
			() => void flush(),
			Math.max(0, lastFlushAt + FRAME_INTERVAL_MS - performance.now())
		);
	}

	async function flush(): Promise<void> {
		lastFlushAt = performance.now();
		// A message that arrives while the access is being checked is newer than the check. So the message waits for
		// the next flush.
		const batch = [...unsent];
		unsent.clear();
		try {
			await disconnectEnded(batch.map(([supplierId]) => supplierId));
			disconnectSlowReaders();
			for (const [supplierId, messages] of batch) push(supplierId, messages);
		} catch (error) {
			log.warn(
				{ error: (error as Error).message },
				'changes were not pushed; clients see the gap and fetch the changes from the feed'
			);
		}
		flushTimer = undefined;
		if (unsent.size > 0) schedule();
	}

	function push(supplierId: number, messages: readonly ChannelMessage[]): void {
		const to = io.to(room(supplierId));
		const frames = messages.filter((m) => m.event === 'alert:changed');
		for (const frame of coalesce(frames)) to.emit('alert:changed', encodeFrame(frame));
		for (const m of messages) observePushDelay((Date.now() - m.at) / 1000);
		for (const m of messages) if (m.event !== 'alert:changed') to.emit(m.event, new Encoded(m.data));
	}

	/** Disconnects the sockets of these Suppliers whose API key or session is no longer valid. */
	async function disconnectEnded(supplierIds: readonly number[]): Promise<void> {
		const sockets = [...io.of('/').sockets.values()].filter((s) => supplierIds.includes(s.data.supplierId));
		const valid = await listeners.stillValid(sockets.map((socket) => socket.data));
		for (const socket of sockets) if (!valid.has(socket.data)) socket.disconnect(true);
	}

	function disconnectSlowReaders(): void {
		for (const socket of io.of('/').sockets.values()) {
			const unsentPackets = (socket.conn as unknown as { writeBuffer: unknown[] }).writeBuffer.length;
			if (unsentPackets > MAX_UNSENT_PACKETS) socket.disconnect(true);
		}
	}

	const headTimer = setInterval(() => void sendHeads(), HEAD_INTERVAL_MS);

	/**
	 * Sends each client the head of its feed, so that the client finds a gap even if no further change arrives. Also
	 * records that the sessions are in use, and disconnects clients whose access has ended.
	 */
	async function sendHeads(): Promise<void> {
		try {
			const sockets = [...io.of('/').sockets.values()];
			await Promise.all(
				sockets.map(async (socket) => (await socket.data.touch()) || socket.disconnect(true))
			);
			const supplierIds = [...new Set(sockets.map((socket) => socket.data.supplierId))];
			const heads = await Promise.all(supplierIds.map((id) => services.alerts.head(id)));
			await disconnectEnded(supplierIds);
			for (const [i, supplierId] of supplierIds.entries())
				io.to(room(supplierId)).emit('feed:head', { head: heads[i]! });
		} catch (error) {
			log.warn(
				{ error: (error as Error).message },
				'the head of the feed was not sent; the next attempt follows in a few seconds'
			);
		}
	}

	return {
		io,
		async close(): Promise<void> {
			clearInterval(headTimer);
			clearTimeout(flushTimer);
			await io.close();
		}
	};
}

const room = (supplierId: number): string => `supplier:${supplierId}`;
