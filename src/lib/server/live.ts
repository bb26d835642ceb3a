// Live push: Socket.IO rooms, one for each Supplier. The server puts a socket in its room; a client names none and sends
// nothing. Frames are coalesced to at most twenty a second; what a client misses it fetches from the feed.
import type { IncomingMessage, Server as HttpServer } from 'node:http';
import { Server } from 'socket.io';
import type { AlertChanged, ServerToClient } from '#lib/domain/live-events.ts';
import { headersOf, isOwnOrigin } from './caller.ts';
import { coalesce } from './frames.ts';
import { subscribeLive } from './live-channel.ts';
import type { WebServices } from './services.ts';

const FRAME_MS = 50;
const HEAD_MS = 5000;
/** More unsent packets than this: the client does not read, and has to catch up from the feed. */
const MOST_UNSENT = 200;

interface SocketData {
	supplierId: number;
	/** Asked again every few seconds: a session or key that has ended leaves its room. */
	stillAllowed(): Promise<boolean>;
}

export async function attachLive(http: HttpServer, services: WebServices) {
	const { config, log } = services;
	const io = new Server<Record<string, never>, ServerToClient, Record<string, never>, SocketData>(http, {
		path: '/socket.io',
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
		void admit(socket.request, socket.handshake.auth).then(
			(data) => {
				if (!data) return next(new Error('Sign in, or send auth.key with the scope read'));
				socket.data = data;
				next();
			},
			() => next(new Error('The record cannot be reached; try again'))
		);
	});

	async function admit(req: IncomingMessage, auth: Record<string, unknown>): Promise<SocketData | null> {
		if (typeof auth['key'] === 'string') {
			const key = auth['key'];
			const allowed = async () => {
				const holder = await services.apiKeys.holderOf(key);
				return holder && holder.supplierId !== null && holder.scopes.includes('read')
					? holder.supplierId
					: null;
			};
			const supplierId = await allowed();
			return supplierId === null
				? null
				: { supplierId, stillAllowed: async () => (await allowed()) === supplierId };
		}
		// A session comes from a browser, and a browser says from which site.
		if (!isOwnOrigin(req, config.origin)) return null;
		const headers = headersOf(req);
		const viewer = await services.auth.viewerOf(headers);
		if (!viewer) return null;
		const { supplierId } = viewer;
		return {
			supplierId,
			stillAllowed: async () => (await services.auth.viewerOf(headers))?.supplierId === supplierId
		};
	}

	io.on('connection', (socket) => {
		void socket.join(room(socket.data.supplierId));
		socket.onAny(() => socket.disconnect(true));
		services.alerts.head(socket.data.supplierId).then(
			(head) => socket.emit('feed:head', { head }),
			() => {}
		);
	});

	const waiting = new Map<number, AlertChanged[]>();
	let timer: NodeJS.Timeout | undefined;
	let lastFrame = -FRAME_MS;

	await subscribeLive(services.subscriber, (message) => {
		if (!io.of('/').adapter.rooms.has(room(message.supplierId))) return;
		if (message.event === 'decision:recorded')
			return void io.to(room(message.supplierId)).emit(message.event, message.data);
		const frames = waiting.get(message.supplierId);
		if (frames) frames.push(message.data);
		else waiting.set(message.supplierId, [message.data]);
		// The first change after a quiet moment goes out at once.
		timer ??= setTimeout(flush, Math.max(0, lastFrame + FRAME_MS - performance.now()));
	});

	function flush(): void {
		timer = undefined;
		lastFrame = performance.now();
		dropSlowReaders();
		for (const [supplierId, frames] of waiting)
			for (const frame of coalesce(frames)) io.to(room(supplierId)).emit('alert:changed', frame);
		waiting.clear();
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
			for (const supplierId of new Set(sockets.map((socket) => socket.data.supplierId)))
				io.to(room(supplierId)).emit('feed:head', { head: await services.alerts.head(supplierId) });
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
