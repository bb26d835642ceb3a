// Sends a page by e-mail, to the person on call or to fixed addresses. All mails of a page to one recipient are one thread.
import { createHash } from 'node:crypto';
import { z } from 'zod';
import {
	MAIL_SENDER_RULE,
	MAIL_SERVER_RULE,
	parseMailSender,
	parseMailServer,
	type MailServer
} from '#lib/server/process/mail-server.ts';
import type { ChannelKind, Notice, Outcome } from '../channel.ts';
import type { SendDeps } from '../send-deps.ts';
import { mailText } from './message.ts';
import { sendMail } from './smtp.ts';

const ADDRESS_RULE = 'must be an e-mail address';

function isServer(text: string): boolean {
	const server = parseMailServer(text);
	return server !== null && server.user === null && server.password === null;
}

const EmailSettings = z
	.object({
		kind: z.literal('email'),
		to: z
			.array(z.email(ADDRESS_RULE))
			.min(1)
			.max(20)
			.optional()
			.meta({
				title: 'Recipients',
				description: 'Leave it empty to send to the person on call.',
				examples: ['control-room@example.com']
			}),
		server: z
			.string(MAIL_SERVER_RULE)
			.trim()
			.refine(isServer, `${MAIL_SERVER_RULE}. The user and the secret have fields of their own`)
			.optional()
			.meta({
				title: 'Mail server',
				description: 'Leave it empty for the mail server of the installation.',
				examples: ['smtp://mail.example.com:587']
			}),
		user: z.string().trim().min(1).max(200).optional().meta({
			title: 'User',
			description: 'The user with whom to sign in at this mail server, if it wants one.'
		}),
		secret: z.string().min(1).max(500).optional().meta({
			title: 'Password',
			description: 'The password of this user.'
		}),
		from: z
			.string(MAIL_SENDER_RULE)
			.trim()
			.max(200)
			.refine((text) => parseMailSender(text) !== null, MAIL_SENDER_RULE)
			.optional()
			.meta({
				title: 'Sender',
				description: 'Leave it empty for the sender of the installation.',
				examples: ['Causeway <pager@example.com>']
			})
	})
	.meta({ title: 'E-mail', description: 'Sends a mail to the person on call, or to fixed addresses.' })
	.refine(
		({ server, user, secret }) => server !== undefined || (user === undefined && secret === undefined),
		{
			path: ['server'],
			error: 'must be given with a user or a secret, because they belong to this server'
		}
	);
type EmailSettings = z.infer<typeof EmailSettings>;

export const email: ChannelKind<EmailSettings> = {
	kind: 'email',
	settings: EmailSettings,
	secrets: ['secret'],
	secretsGoTo: ['server'],
	addresses: ({ to }) => (to ? 'target' : 'person'),
	describe({ to, server }) {
		const host = server && parseMailServer(server)!.host;
		return `${to?.join(', ') ?? 'the person on call'}${host ? ` by ${host}` : ''}`;
	},
	async send(settings, notice, deps) {
		const server = serverOf(settings, deps);
		if (!server) return unset('mail server is set: set MAIL_SERVER, or give the channel a server');
		const from = settings.from === undefined ? deps.mail.from : parseMailSender(settings.from);
		if (!from) return unset('sender is set: set MAIL_FROM, or give the channel a sender');
		const isTest = notice.type === 'test';
		const options = { targets: deps.targets, refusesPart: isTest };
		const to = settings.to ?? (notice.recipient ? [notice.recipient.email] : []);
		// A key has no e-mail address, so its test only signs in at the server.
		if (to.length === 0)
			return isTest ? sendMail(server, null, options) : unset('person to whom the mail could go');
		return sendMail(
			server,
			{
				from,
				to,
				date: deps.now(),
				...(notice.page.priority === 1 && notice.type === 'opened' ? { priority: 'high' as const } : {}),
				...threadOf(notice, to, from.address),
				...mailText(notice)
			},
			options
		);
	}
};

/** The user and the password of the installation go to no server but its own. */
function serverOf({ server, user, secret }: EmailSettings, { mail }: SendDeps): MailServer | null {
	if (server === undefined) return mail.server;
	return { ...parseMailServer(server)!, user: user ?? null, password: secret ?? null };
}

/**
 * Returns the ids of a mail. The id of an event is the same in every try, so that a mailbox can tell a repeat. All mails
 * of a page name one mail before them that never existed, so that a mailbox shows them as one thread.
 */
function threadOf({ key, page, supplier, type }: Notice, to: readonly string[], sender: string) {
	const who = createHash('sha256').update(to.join()).digest('hex').slice(0, 12);
	const domain = sender.slice(sender.lastIndexOf('@') + 1);
	const thread = `<page-${page.id}.${supplier.slug}.${who}@${domain}>`;
	return {
		messageId: `<${key}.${who}@${domain}>`,
		...(type === 'test' ? {} : { inReplyTo: thread, references: thread }),
		headers: { 'Auto-Submitted': 'auto-generated', 'X-Auto-Response-Suppress': 'All' }
	};
}

const unset = (what: string): Outcome => ({
	state: 'failed',
	status: null,
	error: `no ${what}`,
	again: false
});
