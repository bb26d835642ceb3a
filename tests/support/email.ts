// Sends e-mails of the e-mail channel in tests.
import { afterEach } from 'vitest';
import { createAnswerLinks } from '#lib/server/on-call/answers/answer-link.ts';
import { email } from '#lib/server/on-call/channels/email/email.ts';
import type { SendDeps } from '#lib/server/on-call/channels/send-deps.ts';
import { parseMailSender, parseMailServer } from '#lib/server/process/mail-server.ts';
import { createTargets, parseTargets } from '#lib/server/process/targets.ts';
import { startMailServer, type MailServer } from './mail-server.ts';
import { noticeOf } from './notices.ts';

const NEVER_POSTS = () => Promise.reject(new Error('an e-mail needs no HTTP'));
const NO_PUSHES = new Proxy({} as SendDeps['pushes'], {
	get: () => () => Promise.reject(new Error('an e-mail needs no push'))
});
export const targets = createTargets(parseTargets([])!);
export const ADA = { userId: 'ada', name: 'Ada Engineer', email: 'ada@brightwell.example' };

/** `server`: MAIL_SERVER of the installation. */
export const depsWith = (server: string | null): SendDeps => ({
	post: NEVER_POSTS,
	pushes: NO_PUSHES,
	answerLinks: createAnswerLinks('only-for-tests-'.repeat(3)),
	targets,
	mail: {
		server: server === null ? null : parseMailServer(server),
		from: parseMailSender('Causeway <pager@causeway.example>')
	},
	now: () => new Date('2026-11-05T02:14:21.000Z'),
	origin: 'https://causeway.example'
});
export const personal = (changes: Parameters<typeof noticeOf>[0] = {}) =>
	noticeOf({ recipient: ADA, answerUrl: 'https://causeway.example/answer/abc?x=1&y=2', ...changes });
export const send = (settings: object, notice = personal(), server: string | null = null) =>
	email.send(email.settings.parse({ kind: 'email', ...settings }), notice, depsWith(server));

/** Starts mail servers that end with the test. */
export function mailServers() {
	const started: MailServer[] = [];
	const start = async (options?: Parameters<typeof startMailServer>[0]): Promise<MailServer> => {
		const server = await startMailServer(options);
		started.push(server);
		return server;
	};
	afterEach(async () => {
		for (const server of started.splice(0)) await server[Symbol.asyncDispose]();
	});
	return start;
}
