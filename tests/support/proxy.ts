// Runs a proxy with TLS in front of a web process, as nginx would: it ends TLS, adds X-Forwarded-For, and passes
// WebSockets on. The certificate beside this file belongs to the tests alone.
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { request, type IncomingMessage, type OutgoingHttpHeaders } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';

const read = (name: string): string => readFileSync(new URL(name, import.meta.url), 'utf8');
/** The certificate that a client of the proxy must trust. */
export const CERTIFICATE = read('proxy-certificate.pem');

/** `from`: the address from which the proxy calls. `prefix`: the proxy serves only this path, and removes it. */
export async function startProxy({ from, prefix = '' }: { from: string; prefix?: string }) {
	let target = new URL('http://127.0.0.1');
	let client = '';

	const forward = (req: IncomingMessage) =>
		request({
			host: target.hostname,
			port: target.port,
			localAddress: from,
			method: req.method,
			path: req.url!.slice(prefix.length),
			headers: forwarded(req)
		});
	const forwarded = (req: IncomingMessage): OutgoingHttpHeaders => ({
		...req.headers,
		'x-forwarded-for': [req.headers['x-forwarded-for'], client].filter(Boolean).join(', ')
	});

	const server = createServer({ cert: CERTIFICATE, key: read('proxy-key.pem') }, (req, res) => {
		if (!req.url!.startsWith(prefix)) return void res.writeHead(404).end();
		const call = forward(req);
		call.on('error', () => res.destroy());
		call.on('response', (answer) => {
			res.writeHead(answer.statusCode!, answer.rawHeaders);
			answer.pipe(res);
		});
		req.pipe(call);
	});
	server.on('upgrade', (req, socket) => {
		const call = forward(req);
		call.on('error', () => socket.destroy());
		call.on('response', () => socket.destroy());
		call.on('upgrade', (answer, upstream, head) => {
			const lines = answer.rawHeaders.map((text, i) => (i % 2 === 0 ? `\r\n${text}: ` : text)).join('');
			socket.write(`HTTP/1.1 101 Switching Protocols${lines}\r\n\r\n`);
			socket.write(head);
			for (const end of [socket, upstream]) end.on('error', () => end.destroy());
			socket.pipe(upstream).pipe(socket);
		});
		call.end();
	});
	server.listen(0, '127.0.0.1');
	await once(server, 'listening');

	return {
		origin: `https://127.0.0.1:${(server.address() as AddressInfo).port}`,
		/** Sends all calls to this web process. */
		pointTo(url: string): void {
			target = new URL(url);
		},
		/** Sets the address of the client that the proxy reports. */
		reportClient(address: string): void {
			client = address;
		},
		async [Symbol.asyncDispose](): Promise<void> {
			server.close();
			server.closeAllConnections();
		}
	};
}
