// Sends one mail over SMTP, on a connection of its own, within the limit of time of all channels.
import { connect, type Socket } from 'node:net';
import { createTransport, type SendMailOptions } from 'nodemailer';
import type { MailServer } from '#lib/server/process/mail-server.ts';
import type { Targets } from '#lib/server/process/targets.ts';
import type { Outcome } from '../channel.ts';
import { connectionProblem } from '../connection-problem.ts';
import { SEND_LIMIT_MS } from '../http-post.ts';

/** The SMTP reply to a mail that the server accepted. */
const ACCEPTED = 250;

interface SmtpError extends Error {
	code?: string;
	responseCode?: number;
	command?: string;
	cause?: unknown;
}

interface SendOptions {
	targets: Targets;
	/** Whether the mail counts as failed if the server refuses some of its recipients. */
	refusesPart: boolean;
	limitMs?: number;
}

/** `mail: null`: only connects and signs in. */
export async function sendMail(
	server: MailServer,
	mail: SendMailOptions | null,
	{ targets, refusesPart, limitMs = SEND_LIMIT_MS }: SendOptions
): Promise<Outcome> {
	const { host, port, secure, needsTls, user, password } = server;
	let socket: Socket | undefined;
	let failure: Error | undefined;
	let isLate = false;
	const timer = setTimeout(() => {
		isLate = true;
		socket?.destroy(new Error('late'));
	}, limitMs);
	const transport = createTransport({
		host,
		port,
		secure,
		requireTLS: needsTls && !secure,
		// Where TLS is optional, an attacker on the way could leave it out, so its certificate proves nothing.
		tls: { rejectUnauthorized: needsTls },
		...(user === null ? {} : { auth: { user, pass: password ?? '' } }),
		// The timer above ends a try. The limits of the library must not end it a moment earlier, with other words.
		connectionTimeout: 2 * limitMs,
		greetingTimeout: 2 * limitMs,
		socketTimeout: 2 * limitMs,
		disableFileAccess: true,
		disableUrlAccess: true,
		getSocket(_options: unknown, done: (error: Error | null, socket?: { connection: Socket }) => void) {
			const refused = targets.whyNotLiteral(host);
			if (refused) return done((failure = refused));
			socket = connect({ host, port, lookup: targets.lookup });
			socket.on('error', (error) => (failure ??= error));
			socket.once('error', done);
			socket.once('connect', () => {
				socket!.removeListener('error', done);
				done(null, { connection: socket! });
			});
		}
	});
	try {
		if (mail === null) {
			await transport.verify();
			return { state: 'sent', status: null };
		}
		const { rejected } = await transport.sendMail(mail);
		return rejected.length > 0 && refusesPart ? partly(rejected.length) : { state: 'sent', status: ACCEPTED };
	} catch (error) {
		if (isLate)
			return {
				state: 'failed',
				status: null,
				error: `the mail server has not accepted the mail within ${limitMs / 1000} seconds`,
				again: true
			};
		return failed(error as SmtpError, failure);
	} finally {
		clearTimeout(timer);
		transport.close();
		socket?.destroy();
	}
}

const partly = (count: number): Outcome => ({
	state: 'failed',
	status: null,
	error: `the mail server refused ${count} of the recipients; check their addresses`,
	again: false
});

/** What a person does about a reply of the mail server. */
const REMEDIES: Readonly<Record<string, string>> = {
	EAUTH: 'the mail server refused the user or the secret',
	ENOAUTH: 'the mail server wants a user and a secret',
	EENVELOPE: 'the mail server refused the address of the sender or of the recipient'
};

/** Words an error of the library. The text of the server is left out, because it may repeat secrets. */
function failed(error: SmtpError, socketError: Error | undefined): Outcome {
	const { code = '', responseCode } = error;
	if (responseCode !== undefined && responseCode >= 400) {
		const what =
			responseCode === 530 ? REMEDIES['ENOAUTH']! : (REMEDIES[code] ?? 'the mail server refused the mail');
		return {
			state: 'failed',
			status: responseCode,
			error: `${what} (${responseCode})`,
			again: responseCode < 500
		};
	}
	if (REMEDIES[code]) return { state: 'failed', status: null, error: REMEDIES[code], again: false };
	if (code === 'ETLS')
		return {
			state: 'failed',
			status: null,
			error: 'the mail server does not offer STARTTLS, or its certificate is not valid',
			again: true
		};
	const { problem, again } = connectionProblem(socketError ?? error);
	return {
		state: 'failed',
		status: null,
		error: problem.replaceAll('the receiver', 'the mail server'),
		again
	};
}
