// Takes answers that people give in PagerDuty: an acknowledged incident acknowledges its page, and a resolved incident
// ends it. PagerDuty decides nothing about Alerts.
import type pg from 'pg';
import { createSeal } from '#lib/server/access/seal.ts';
import { readChannelById, secretsOf } from '#lib/server/on-call/channels/channel-rows.ts';
import { createInboundTokens } from '#lib/server/on-call/channels/inbound-token.ts';
import { pageOfIncidentKey } from '#lib/server/on-call/channels/pagerduty/pagerduty.ts';
import type { Answers } from '#lib/server/on-call/pages/answers.ts';
import type { Actor } from '#lib/server/on-call/pages/page-rows.ts';
import { asSupplier } from '#lib/server/postgres/transaction.ts';
import { isSigned, readPagerDutyEvent } from './pagerduty-event.ts';

interface Deps {
	pool: pg.Pool;
	authSecret: string;
	/** The address of the console. */
	origin: string;
	answers: Pick<Answers, 'acknowledge' | 'resolve'>;
}

/** Why an event is refused; `null`: it was taken, or it is about nothing that a page needs. */
type Refusal = { status: 400 | 401; why: string } | null;

export type Inbound = ReturnType<typeof createInbound>;

const NOT_SIGNED = {
	status: 401,
	why: 'The event is not signed with the webhook secret of a channel: check the address, and enter the secret of the webhook in the channel'
} as const;

export function createInbound({ pool, authSecret, origin, answers }: Deps) {
	const tokens = createInboundTokens(authSecret);
	const seal = createSeal(authSecret);

	return async function take(token: string, signature: string, body: Buffer): Promise<Refusal> {
		const target = tokens.open(token);
		if (!target) return NOT_SIGNED;
		const { supplierId, channelId } = target;
		const row = await asSupplier(pool, supplierId, (client) =>
			readChannelById(client, supplierId, channelId)
		);
		const secret =
			row?.kind === 'pagerduty' ? secretsOf(seal, supplierId, row)?.['webhookSecret'] : undefined;
		if (!secret || !isSigned(body, signature, secret)) return NOT_SIGNED;
		let event: unknown;
		try {
			event = JSON.parse(body.toString('utf8'));
		} catch {
			return { status: 400, why: 'The body is not valid JSON' };
		}
		const answer = readPagerDutyEvent(event);
		const pageId = answer && pageOfIncidentKey(answer.incidentKey, origin);
		if (!answer || !pageId) return null;
		// The result does not matter: a repeat, or a person who was too late, changes nothing.
		const actor: Actor = { by: answer.by, byId: answer.byId, channel: 'pagerduty' };
		if (answer.did === 'acknowledged') await answers.acknowledge(supplierId, pageId, actor);
		if (answer.did === 'resolved')
			await answers.resolve(supplierId, pageId, 'The incident was resolved in PagerDuty', actor);
		return null;
	};
}
