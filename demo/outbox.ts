// Receives the pages of the demo as webhooks and as a mail server, and shows them on one page. Listens on this machine
// only. Keeps its ports, so that pages in flight arrive after a restart.
import { randomBytes, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Server } from 'node:net';
import { join } from 'node:path';
import { buffer, text } from 'node:stream/consumers';
import { SMTPServer } from 'smtp-server';
import { Webhook } from 'standardwebhooks';
import type { PageCloudEvent } from '#lib/domain/on-call/page.ts';
import { headerText, readMail } from './mail.ts';
import type { Receivers } from './on-call.ts';
import { outboxPage, type Message } from './outbox-page.ts';

const MOST_MESSAGES = 200;
const LOOPBACK = '127.0.0.1';

/** Opens the outbox. Its ports, and the secrets of the webhooks of these Suppliers, stay in `folder`. */
export async function openOutbox<Supplier extends string>(folder: string, suppliers: readonly Supplier[]) {
	mkdirSync(folder, { recursive: true });
	/** The newest message comes first. */
	const messages: Message[] = [];
	const add = (message: Omit<Message, 'at'>): void => {
		// Causeway sends an event again if it did not hear the answer. The id is the same then.
		if (messages.some(({ id, by }) => id === message.id && by === message.by)) return;
		messages.unshift({ at: new Date().toISOString(), ...message });
		messages.length = Math.min(messages.length, MOST_MESSAGES);
	};
	const secrets = new Map<string, string>(
		suppliers.map((supplier) => [supplier, keptSecret(folder, supplier)])
	);
	const web = createServer((request, response) => {
		serve(request, response).catch(() => response.destroy());
	});
	const url = `http://${LOOPBACK}:${await listen(web, join(folder, 'outbox-port'), (port) => web.listen(port, LOOPBACK))}`;
	const mail = new SMTPServer({
		hideSTARTTLS: true,
		authOptional: true,
		disabledCommands: ['AUTH'],
		onData(stream, { envelope }, done) {
			buffer(stream).then((bytes) => {
				const { headers, parts } = readMail(bytes.toString('latin1'));
				add({
					id: headers['message-id'] ?? randomUUID(),
					// The sender of a Supplier's mail has the Supplier's name as its domain.
					supplier: (envelope.mailFrom && /@(\w+)\./.exec(envelope.mailFrom.address)?.[1]) || '',
					by: 'e-mail',
					to: envelope.rcptTo.map(({ address }) => address).join(', '),
					type: 'mail',
					title: headerText(headers['subject'] ?? ''),
					text: parts['text/plain'] ?? '',
					page: null
				});
				done();
			}, done);
		}
	});
	mail.on('error', () => {}); // a client that leaves in the middle
	const mailPort = await listen(mail.server, join(folder, 'mail-port'), (port) =>
		mail.listen(port, LOOPBACK)
	);
	return {
		url,
		receiversOf: (supplier: Supplier): Receivers => ({
			hook: `${url}/hook/${supplier}`,
			secret: secrets.get(supplier)!,
			mailServer: `smtp://${LOOPBACK}:${mailPort}`
		}),
		async [Symbol.asyncDispose](): Promise<void> {
			web.close();
			web.closeAllConnections();
			await Promise.all([once(web, 'close'), new Promise<void>((done) => mail.close(done))]);
		}
	};

	async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
		const path = request.url?.split('?')[0];
		const supplier = path?.startsWith('/hook/') ? path.slice('/hook/'.length) : '';
		if (request.method === 'POST' && secrets.has(supplier)) {
			response.writeHead(take(supplier, await text(request), request) ? 204 : 401).end();
		} else if (request.method === 'GET' && path === '/messages.json') {
			response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(messages));
		} else if (request.method === 'GET' && path === '/') {
			response
				.writeHead(200, {
					'content-type': 'text/html; charset=utf-8',
					'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'",
					'referrer-policy': 'no-referrer'
				})
				.end(outboxPage(messages));
		} else response.writeHead(404).end();
	}

	/** Keeps an event of the webhook. Returns `false` if the signature is wrong. */
	function take(supplier: string, body: string, { headers }: IncomingMessage): boolean {
		let event: PageCloudEvent;
		try {
			event = new Webhook(secrets.get(supplier)!).verify(
				body,
				headers as Record<string, string>
			) as PageCloudEvent;
		} catch {
			return false;
		}
		const { page, verdict, url: pageUrl } = event.data;
		const isTest = event.type === 'causeway.channel.test';
		add({
			id: event.id,
			supplier,
			by: 'webhook',
			to: `/hook/${supplier}`,
			type: event.type,
			title: page.headline,
			text: [verdict, page.why, page.by && `By ${page.by}.`, !isTest && pageUrl].filter(Boolean).join('\n'),
			page: isTest ? null : page.id
		});
		return true;
	}
}

/**
 * Listens on the port that the file keeps, or on a free port if there is no such port or it is in use. Returns the port,
 * which the file keeps for the next start.
 */
async function listen(server: Server, file: string, begin: (port: number) => void): Promise<number> {
	const kept = existsSync(file) ? Number.parseInt(readFileSync(file, 'utf8')) : 0;
	try {
		begin(kept);
		await once(server, 'listening');
	} catch {
		begin(0);
		await once(server, 'listening');
	}
	const { port } = server.address() as AddressInfo;
	writeFileSync(file, String(port));
	return port;
}

function keptSecret(folder: string, supplier: string): string {
	const file = join(folder, `webhook-secret-${supplier}`);
	if (!existsSync(file)) writeFileSync(file, `whsec_${randomBytes(32).toString('base64')}`, { mode: 0o600 });
	return readFileSync(file, 'utf8').trim();
}
