// Defines the routes of pages: list, read, open by hand, acknowledge, decide, escalate, and send dead letters again.
import { z } from 'zod';
import {
	Delivery,
	Page,
	PageByHandIn,
	PageDecisionIn,
	PageList,
	PageQuery
} from '#lib/domain/on-call/page.ts';
import { checkReason } from '#lib/domain/decision.ts';
import { requireSupplier } from '#lib/server/access/caller.ts';
import { channelOf } from '#lib/server/decisions/decision-routes.ts';
import { jsonBody, parse, readJson } from '#lib/server/http/body.ts';
import { recordIdIn } from '#lib/server/http/path-params.ts';
import { Problem } from '#lib/server/http/problem.ts';
import { readQuery } from '#lib/server/http/query.ts';
import type { Call, Caller, Reply, Route } from '#lib/server/http/route.ts';
import type { Resend } from '#lib/server/on-call/deliveries/resend.ts';
import type { AnswerResult, Answers } from './answers.ts';
import type { Actor } from './page-rows.ts';
import type { PageReader } from './page-reader.ts';

interface PageServices {
	pages: PageReader;
	answers: Answers;
	resend: Resend;
}

const DecisionIn = PageDecisionIn.superRefine(checkReason);
/** The page on which a person answers. `phone`: the page for phones. */
const AnswerIn = z.object({ from: z.enum(['console', 'phone']).optional() }).meta({ id: 'PageAnswerIn' });

export const pageRoutes: ReadonlyArray<Route<PageServices>> = [
	{
		method: 'GET',
		path: '/on-call/pages',
		scope: 'read',
		summary: 'List the pages with their deliveries, newest first',
		query: PageQuery,
		gives: PageList,
		handle: async (call) => ({
			status: 200,
			body: await call.services.pages.list(requireSupplier(call.caller), readQuery(PageQuery, call.query))
		})
	},
	{
		method: 'GET',
		path: '/on-call/pages/{id}',
		scope: 'read',
		refuses: [404],
		summary: 'Read one page with its deliveries and its history',
		gives: Page,
		handle: async (call) => ({ status: 200, body: await pageOf(call, recordIdIn(call.params, 'page')) })
	},
	{
		method: 'POST',
		path: '/on-call/pages',
		scope: 'decide',
		succeeds: [201],
		refuses: [404, 409],
		summary: 'Page the person on call about an Alert or an episode by hand',
		takes: jsonBody(PageByHandIn),
		gives: Page,
		async handle(call) {
			const input = parse(PageByHandIn, readJson(call.body));
			const opened = await call.services.answers.openByHand(
				requireSupplier(call.caller),
				input,
				actorOf(call.caller)
			);
			if (opened === 'no-subject')
				throw new Problem(404, 'No such Alert or episode that waits for a decision');
			if (opened === 'no-route')
				throw new Problem(409, 'There is no such route: add a route with a rota and a channel first');
			return { status: 201, body: await pageOf(call, opened.pageId) };
		}
	},
	{
		method: 'POST',
		path: '/on-call/pages/{id}/acknowledge',
		scope: 'decide',
		refuses: [404, 409],
		summary: 'Acknowledge a page, so that it escalates no further',
		takes: jsonBody(AnswerIn),
		gives: Page,
		handle: answer(AnswerIn, (call, id, { from }) =>
			call.services.answers.acknowledge(requireSupplier(call.caller), id, actorOf(call.caller, from))
		)
	},
	{
		method: 'POST',
		path: '/on-call/pages/{id}/decision',
		scope: 'decide',
		refuses: [404, 409],
		summary: 'Decide all Alerts of a page that wait for a decision, and resolve the page',
		takes: jsonBody(DecisionIn.and(AnswerIn)),
		gives: Page,
		handle: answer(DecisionIn.and(AnswerIn), (call, id, { from, ...decision }) =>
			call.services.answers.decide(requireSupplier(call.caller), id, decision, actorOf(call.caller, from))
		)
	},
	{
		method: 'POST',
		path: '/on-call/pages/{id}/escalate',
		scope: 'decide',
		refuses: [404, 409],
		summary: 'Take an open page one step further now',
		gives: Page,
		handle: async (call) => {
			const id = recordIdIn(call.params, 'page');
			const result = await call.services.answers.escalate(
				requireSupplier(call.caller),
				id,
				actorOf(call.caller)
			);
			refuse(result);
			return { status: 200, body: await pageOf(call, id) };
		}
	},
	{
		method: 'GET',
		path: '/on-call/dead-letters',
		scope: 'read',
		summary: 'List the deliveries of the last 30 days that failed for good',
		gives: z.object({ items: z.array(Delivery.extend({ page: Page })) }),
		handle: async ({ services, caller }) => ({
			status: 200,
			body: { items: await services.pages.dead(requireSupplier(caller)) }
		})
	},
	{
		method: 'POST',
		path: '/on-call/deliveries/{id}/send',
		scope: 'decide',
		succeeds: [202],
		refuses: [404],
		summary: 'Send a delivery that failed for good again',
		async handle({ services, caller, params }) {
			if (!(await services.resend(requireSupplier(caller), recordIdIn(params, 'delivery'))))
				throw new Problem(404, 'No such delivery that has failed for good');
			return { status: 202 };
		}
	}
];

/** Returns the handler of an answer to a page. */
function answer<Input>(
	schema: z.ZodType<Input>,
	give: (call: Call<PageServices>, id: string, input: Input) => Promise<AnswerResult>
): (call: Call<PageServices>) => Promise<Reply> {
	return async (call) => {
		const id = recordIdIn(call.params, 'page');
		refuse(await give(call, id, parse(schema, readJson(call.body))));
		return { status: 200, body: await pageOf(call, id) };
	};
}

/** Throws a 404 or 409 problem unless the answer stands. */
function refuse(result: AnswerResult): void {
	if ('unknown' in result) throw new Problem(404, 'No such page');
	if ('late' in result) throw new Problem(409, result.text);
}

async function pageOf(call: Call<PageServices>, id: string): Promise<Page> {
	const page = await call.services.pages.one(requireSupplier(call.caller), id);
	if (!page) throw new Problem(404, 'No such page');
	return page;
}

const actorOf = (caller: Caller, from?: 'console' | 'phone'): Actor => ({
	by: caller.name,
	byId: caller.id,
	channel: caller.keyId === null ? (from ?? 'console') : channelOf(caller)
});
