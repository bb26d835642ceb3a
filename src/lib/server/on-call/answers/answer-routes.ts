// Serves the answers that arrive without a session: by a one-time link, and from incident services.
import { LinkAnswerIn, LinkAnswered } from '#lib/domain/on-call/link-answer.ts';
import { addressOf, type RateLimit } from '#lib/server/access/rate-limit.ts';
import { jsonBody, parse, readJson } from '#lib/server/http/body.ts';
import { Problem } from '#lib/server/http/problem.ts';
import type { Route } from '#lib/server/http/route.ts';
import type { Inbound } from './inbound.ts';
import type { LinkAnswers } from './link-answers.ts';
import { PagerDutyEvent } from './pagerduty-event.ts';

interface AnswerServices {
	linkAnswers: LinkAnswers;
	inbound: Inbound;
	openCalls: RateLimit;
}

const MOST_WEBHOOK_BYTES = 256 * 1024;
const TOO_OFTEN = 'Too many calls came from this network address; wait a minute, then try again';

export const answerRoutes: ReadonlyArray<Route<AnswerServices>> = [
	{
		method: 'POST',
		path: '/on-call/answers',
		scope: null,
		refuses: [401, 403, 409, 410, 429],
		summary: 'Answer a page once by the signed link of an e-mail or of a push, without signing in',
		takes: jsonBody(LinkAnswerIn),
		gives: LinkAnswered,
		async handle({ services, req, body }) {
			if (!(await services.openCalls(addressOf(req)))) throw new Problem(429, TOO_OFTEN, { retryAfter: 60 });
			const answered = await services.linkAnswers.answer(parse(LinkAnswerIn, readJson(body)));
			if (!('refused' in answered)) return { status: 200, body: answered };
			const { refused, text, page } = answered;
			throw new Problem(
				refused,
				text,
				page ? { state: page.state, acknowledged: page.acknowledged, url: page.url } : {}
			);
		}
	},
	{
		method: 'POST',
		path: '/on-call/inbound/{token}',
		scope: null,
		succeeds: [202],
		refuses: [401, 429],
		summary: 'Take an event of PagerDuty (webhook V3), signed with the webhook secret of the channel',
		takes: { types: ['application/json'], bytes: MOST_WEBHOOK_BYTES, schema: PagerDutyEvent },
		async handle({ services, params, req, body }) {
			if (!(await services.openCalls(addressOf(req)))) throw new Problem(429, TOO_OFTEN, { retryAfter: 60 });
			const signature = String(req.headers['x-pagerduty-signature'] ?? '');
			const refusal = await services.inbound(params['token']!, signature, body);
			if (refusal) throw new Problem(refusal.status, refusal.why);
			return { status: 202 };
		}
	}
];
