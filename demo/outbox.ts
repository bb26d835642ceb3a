// Receives the pages of the demo as a webhook and as a mail server, and shows them on one page. Listens on this machine
// only, on free ports.
import { randomBytes } from 'node:crypto';
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

/** Opens the outbox. The secret of the webhook stays in `folder`. */
export async function openOutbox(folder: string): Promise<Receivers & { url: string }> {
	/** The newest message comes first. */
	const messages: Message[] = [];
	const add = (message: Omit<Message, 'at'>): void => {
		messages.unshift({ at: new Date().toISOString(), ...message });
		messages.length = Math.min(messages.length, MOST_MESSAGES);
	};
	const secret = keptSecret(folder);
	const web = createServer((request, response) => {
		serve(request, response).catch(() => response.destroy());
	});
	const url = `http://${LOOPBACK}:${await listen(web)}`;
	const mail = new SMTPServer({
		hideSTARTTLS: true,
		authOptional: true,
		disabledCommands: ['AUTH'],
		onData(stream, { envelope }, done) {
			buffer(stream).then((bytes) => {
				const { headers, parts } = readMail(bytes.toString('latin1'));
				add({
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
	return {
		url,
		hook: `${url}/hook`,
		secret,
		mailServer: `smtp://${LOOPBACK}:${await listen(mail.server, () => mail.listen(0, LOOPBACK))}`
	};

	async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
		const path = request.url?.split('?')[0];
		if (request.method === 'POST' && path === '/hook') {
			response.writeHead(take(await text(request), request) ? 204 : 401).end();
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
	function take(body: string, { headers }: IncomingMessage): boolean {
		let event: PageCloudEvent;
		try {
			event = new Webhook(secret).verify(body, headers as Record<string, string>) as PageCloudEvent;
		} catch {
			return false;
		}
		const { page, verdict, url: pageUrl } = event.data;
		const isTest = event.type === 'causeway.channel.test';
		add({
			by: 'webhook',
			to: '/hook',
			type: event.type,
			title: page.headline,
			text: [verdict, page.why, page.by && `By ${page.by}.`, !isTest && pageUrl].filter(Boolean).join('\n'),
			page: isTest ? null : page.id
		});
		return true;
	}
}

async function listen(server: Server, begin: () => void = () => server.listen(0, LOOPBACK)): Promise<number> {
	begin();
	await once(server, 'listening');
	return (server.address() as AddressInfo).port;
}

function keptSecret(folder: string): string {
	const file = join(folder, 'webhook-secret');
	mkdirSync(folder, { recursive: true });
	if (!existsSync(file)) writeFileSync(file, `whsec_${randomBytes(32).toString('base64')}`, { mode: 0o600 });
	return readFileSync(file, 'utf8').trim();
}
