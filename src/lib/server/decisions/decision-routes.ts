// Serves decisions on one Alert, and the precedents of an Alert. Decisions on several Alerts are in selections/.
import { Alert } from '#lib/domain/alert.ts';
import { DecisionIn } from '#lib/domain/decision.ts';
import type { AnswerChannel } from '#lib/domain/on-call/page.ts';
import { Precedents } from '#lib/domain/precedent.ts';
import { requireSupplier } from '#lib/server/access/caller.ts';
import { jsonBody, parse, readJson } from '#lib/server/http/body.ts';
import { recordIdIn } from '#lib/server/http/path-params.ts';
import { Problem } from '#lib/server/http/problem.ts';
import type { Call, Caller, Reply, Route } from '#lib/server/http/route.ts';
import type { Decisions } from './decisions.ts';
import type { PrecedentReader } from './precedents.ts';

export interface DecisionServices {
	decisions: Decisions;
	precedents: PrecedentReader;
}

export const decisionRoutes: ReadonlyArray<Route<DecisionServices>> = [
	{
		method: 'GET',
		path: '/alerts/{id}/precedents',
		scope: 'read',
		summary: 'Read the earlier decisions on the same pattern, the rarer verdict first',
		gives: Precedents,
		async handle(call) {
			const id = recordIdIn(call.params, 'Alert');
			const precedents = await call.services.precedents.of(requireSupplier(call.caller), id);
			if (!precedents) throw new Problem(404, 'No such Alert');
			return { status: 200, body: precedents };
		}
	},
	{
		method: 'POST',
		path: '/alerts/{id}/decision',
		scope: 'decide',
		refuses: [409],
		summary: 'Decide one Alert, or reopen it',
		takes: jsonBody(DecisionIn),
		gives: Alert,
		handle: decideOne
	}
];

async function decideOne(call: Call<DecisionServices>): Promise<Reply> {
	const supplierId = requireSupplier(call.caller);
	const input = parse(DecisionIn, readJson(call.body));
	const id = recordIdIn(call.params, 'Alert');
	const { verdict, reason, note, version } = input;
	const { done, conflicts } = await call.services.decisions.decide(supplierId, {
		items: [{ id, version }],
		verdict,
		reason: reason ?? null,
		note: note ?? null,
		...actorOf(call.caller)
	});
	if (done[0]) return { status: 200, body: done[0] };
	if (conflicts[0]?.version == null) throw new Problem(404, 'No such Alert');
	throw new Problem(409, 'The Alert has changed since you read it; read it again, then decide', {
		version: conflicts[0].version
	});
}

/** Returns the author of an action, and the way by which the caller acts. */
export const actorOf = (caller: Pick<Caller, 'id' | 'name' | 'keyId'>) => ({
	by: { id: caller.id, name: caller.name },
	channel: channelOf(caller)
});

/** Returns the way by which the caller decides. */
export const channelOf = (caller: Pick<Caller, 'keyId'>): AnswerChannel =>
	caller.keyId === null ? 'console' : 'api';
