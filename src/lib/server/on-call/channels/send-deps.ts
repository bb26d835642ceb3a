// Defines what a channel needs to send: the outside world, so that a channel itself has no state.
import type pg from 'pg';
import { createAnswerLinks, type AnswerLinks } from '#lib/server/on-call/answers/answer-link.ts';
import type { Config } from '#lib/server/process/config.ts';
import { openHttpPost, type HttpPost } from './http-post.ts';
import type { MailSender, MailServer } from '#lib/server/process/mail-server.ts';
import { createTargets, type Targets } from '#lib/server/process/targets.ts';
import { createPushDevices, type PushDevices } from './web-push/push-devices.ts';

export interface SendDeps {
	post: HttpPost;
	/** The browsers that get pushes. */
	pushes: PushDevices;
	/** Signs the one-time links of messages to people. */
	answerLinks: AnswerLinks;
	/** The addresses to which a channel may connect. Only a channel that does not speak HTTP needs them. */
	targets: Targets;
	/** The mail server and the sender of the installation; `null`: not set. */
	mail: { server: MailServer | null; from: MailSender | null };
	now(): Date;
	/** The address of the console, such as https://causeway.example. */
	origin: string;
}

/** Opens what the channels of a process need. Close it when the process ends. */
export function openSendDeps(
	{
		onCallTargets,
		mail,
		origin,
		authSecret
	}: Pick<Config, 'onCallTargets' | 'mail' | 'origin' | 'authSecret'>,
	pool: pg.Pool
) {
	const targets = createTargets(onCallTargets);
	const { post, close } = openHttpPost({ targets });
	const pushes = createPushDevices({ pool, authSecret });
	const answerLinks = createAnswerLinks(authSecret);
	const deps: SendDeps = { post, pushes, answerLinks, targets, mail, now: () => new Date(), origin };
	return { deps, close };
}
