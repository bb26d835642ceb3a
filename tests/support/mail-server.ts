// Runs a mail server for tests (smtp-server). It records the mails, and refuses or delays what a test asks.
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';
import { readMail, type MailContent } from '../../demo/mail.ts';
import { CERTIFICATE } from './proxy.ts';

export interface ReceivedMail extends MailContent {
	from: string;
	to: string[];
	/** Whether the mail came over TLS. */
	secure: boolean;
	/** The user who signed in. */
	user: string | undefined;
}

/** What the server answers at a step instead of accepting it, such as 452. */
export interface Refusals {
	recipient?: (address: string) => number | undefined;
	data?: number;
}

interface Options {
	/** `starttls`: offers STARTTLS. `none`: speaks in clear only. `begin`: begins with TLS. */
	tls?: 'starttls' | 'none' | 'begin';
	/** The only user and password. Absent: nobody signs in. */
	account?: { user: string; password: string };
}

const KEY = readFileSync(new URL('proxy-key.pem', import.meta.url), 'utf8');

export type MailServer = Awaited<ReturnType<typeof startMailServer>>;

export async function startMailServer({ tls = 'none', account }: Options = {}) {
	const mails: ReceivedMail[] = [];
	let refusals: Refusals = {};
	const refusal = (responseCode: number): Error =>
		Object.assign(new Error('a reply with a secret in it'), { responseCode });
	const options: SMTPServerOptions = {
		secure: tls === 'begin',
		...(tls === 'none' ? { hideSTARTTLS: true } : { cert: CERTIFICATE, key: KEY }),
		authOptional: account === undefined,
		allowInsecureAuth: true,
		disabledCommands: account === undefined ? ['AUTH'] : [],
		onAuth: ({ username, password }, _session, done) =>
			username === account?.user && password === account?.password
				? done(null, { user: username })
				: done(refusal(535)),
		onRcptTo({ address }, _session, done) {
			const code = refusals.recipient?.(address);
			done(code ? refusal(code) : undefined);
		},
		onData(stream, session, done) {
			const chunks: Buffer[] = [];
			stream.on('data', (chunk: Buffer) => chunks.push(chunk));
			stream.on('end', () => {
				if (refusals.data) return done(refusal(refusals.data));
				const { mailFrom, rcptTo } = session.envelope;
				mails.push({
					from: mailFrom ? mailFrom.address : '',
					to: rcptTo.map(({ address }) => address),
					secure: session.secure,
					user: session.user as string | undefined,
					...readMail(Buffer.concat(chunks).toString('latin1'))
				});
				done();
			});
		}
	};
	const server = new SMTPServer(options);
	// A client that leaves in the middle is what some tests are about.
	server.on('error', () => {});
	const listener = server.listen(0, '127.0.0.1');
	await once(listener, 'listening');
	const { port } = listener.address() as AddressInfo;
	return {
		port,
		url: `${tls === 'begin' ? 'smtps' : 'smtp'}://127.0.0.1:${port}`,
		mails,
		refuse(next: Refusals): void {
			refusals = next;
		},
		[Symbol.asyncDispose]: () => new Promise<void>((done) => server.close(() => done()))
	};
}
