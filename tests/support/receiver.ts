// Runs an HTTP receiver for channels. It records what it gets, checks signatures, and behaves as badly as a test asks.
import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { Webhook } from 'standardwebhooks';

export interface Received {
	headers: IncomingHttpHeaders;
	path: string;
	text: string;
	bytes: Buffer;
	/** The body, if it is JSON. */
	body: any; // eslint-disable-line @typescript-eslint/no-explicit-any -- tests look at bodies of any shape
}

/** Answers one request. */
export type Manner = (req: IncomingMessage, res: ServerResponse, received: Received) => void;

/** How a receiver may behave. */
export const MANNERS = {
	accepts: (_req, res) => void res.writeHead(204).end(),
	/** Closes the connection before an answer. */
	closes: (req) => void req.socket.destroy(),
	neverAnswers: () => {},
	/** Answers without an end. */
	answersHugely: (_req, res) => {
		res.writeHead(200);
		const more = (): void => {
			while (res.write('x'.repeat(64 * 1024)));
			res.once('drain', more);
		};
		more();
	},
	/** Writes two answers to one request: 204, and then 500 that nobody has asked for. */
	answersTwice: (req) =>
		void req.socket.write(
			'HTTP/1.1 204 No Content\r\n\r\nHTTP/1.1 500 Internal Server Error\r\ncontent-length: 0\r\n\r\n'
		),
	/** Writes the second answer a moment later, when the connection is idle. */
	answersAgainLater: (req) =>
		void req.socket.write('HTTP/1.1 204 No Content\r\n\r\n', () =>
			setImmediate(() => req.socket.write('HTTP/1.1 500 Internal Server Error\r\ncontent-length: 0\r\n\r\n'))
		),
	/** Sends the beginning of an answer only. */
	stopsInTheAnswer: (_req, res) => void res.writeHead(200, { 'content-length': '100' }).write('ok')
} satisfies Record<string, Manner>;

/** Answers with a status. */
export const answers =
	(status: number, headers: Record<string, string> = {}, body = ''): Manner =>
	(_req, res) =>
		void res.writeHead(status, headers).end(body);

export type Receiver = Awaited<ReturnType<typeof startReceiver>>;

/** `tls`: the receiver speaks TLS with this certificate. */
export async function startReceiver({ tls }: { tls?: { cert: string; key: string } } = {}) {
	let manner: Manner = MANNERS.accepts;
	const received: Received[] = [];
	const sockets = new Set<Socket>();
	const serve = (req: IncomingMessage, res: ServerResponse): void => {
		const chunks: Buffer[] = [];
		req.on('data', (chunk: Buffer) => chunks.push(chunk));
		req.on('end', () => {
			const bytes = Buffer.concat(chunks);
			const text = bytes.toString('utf8');
			const isJson = /json/.test(req.headers['content-type'] ?? '');
			const one = {
				headers: req.headers,
				path: req.url!,
				text,
				bytes,
				body: isJson ? JSON.parse(text) : null
			};
			received.push(one);
			manner(req, res, one);
		});
	};
	const server = tls ? createTlsServer(tls, serve) : createServer(serve);
	let connections = 0;
	server.on(tls ? 'secureConnection' : 'connection', (socket: Socket) => {
		connections += 1;
		sockets.add(socket);
		socket.once('close', () => sockets.delete(socket));
	});
	server.listen(0, '127.0.0.1');
	await once(server, 'listening');
	const { port } = server.address() as AddressInfo;
	return {
		url: `${tls ? 'https' : 'http'}://127.0.0.1:${port}`,
		received,
		/** Sets how the receiver answers from now on. */
		behave(next: Manner): void {
			manner = next;
		},
		/** The number of connections that the receiver has seen, and has now. */
		connections: () => ({ seen: connections, open: sockets.size }),
		/** Closes the connections that are open, as a receiver does with idle ones. */
		closeConnections(): void {
			for (const socket of sockets) socket.destroy();
		},
		async [Symbol.asyncDispose]() {
			server.close();
			for (const socket of sockets) socket.destroy();
		}
	};
}

/** Checks the signature of a received event as Standard Webhooks says, and returns the event. Throws if it is wrong. */
export const verified = (secret: string, { text, headers }: Received): unknown =>
	new Webhook(secret).verify(text, headers as Record<string, string>);
