// Serves decisions on one Alert, on several Alerts and on an episode, and the precedents of an Alert.
import { z } from 'zod';
import { Alert } from '#lib/domain/alert.ts';
import { BulkDecisionIn, DecisionIn, DecisionResult } from '#lib/domain/decision.ts';
import { EpisodeDecisionIn } from '#lib/domain/episode.ts';
import type { AnswerChannel } from '#lib/domain/on-call/page.ts';
import { Precedents } from '#lib/domain/precedent.ts';
import { RecordId } from '#lib/domain/record-id.ts';
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
	},
	{
		method: 'POST',
		path: '/decisions',
		scope: 'decide',
		refuses: [404],
		summary: 'Decide several Alerts, or an episode',
		takes: jsonBody(z.union([BulkDecisionIn, EpisodeDecisionIn])),
		gives: DecisionResult,
		handle: decideMany
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
		by: call.caller,
		channel: channelOf(call.caller)
	});
	if (done[0]) return { status: 200, body: done[0] };
	if (conflicts[0]?.version == null) throw new Problem(404, 'No such Alert');
	throw new Problem(409, 'The Alert has changed since you read it; read it again, then decide', {
		version: conflicts[0].version
	});
}

/** Returns the way by which the caller decides. */
export const channelOf = (caller: Pick<Caller, 'keyId'>): AnswerChannel =>
	caller.keyId === null ? 'console' : 'api';

/** Decides several Alerts by id and version, or the members of one episode. */
async function decideMany(call: Call<DecisionServices>): Promise<Reply> {
	const supplierId = requireSupplier(call.caller);
	const body = readJson(call.body);
	if (typeof body === 'object' && body !== null && 'episode' in body)
		return decideEpisode(call, supplierId, body);
	const { items, verdict, reason, note } = parse(BulkDecisionIn, body);
	const valid = items.filter((item) => RecordId.safeParse(item.id).success);
	const invalid = items
		.filter((item) => !valid.includes(item))
		.map((item) => ({ id: item.id, version: null }));
	const { done, conflicts } = await call.services.decisions.decide(supplierId, {
		items: valid,
		verdict,
		reason: reason ?? null,
		note: note ?? null,
		by: call.caller,
		channel: channelOf(call.caller)
	});
	return {
		status: 200,
		body: { done: done.map((alert) => alert.id), conflicts: [...conflicts, ...invalid] }
	};
}

async function decideEpisode(
	call: Call<DecisionServices>,
	supplierId: number,
	body: unknown
): Promise<Reply> {
	const { reason, note, ...input } = parse(EpisodeDecisionIn, body);
	const outcome = await call.services.decisions.decideEpisode(supplierId, {
		...input,
		reason: reason ?? null,
		note: note ?? null,
		by: call.caller,
		channel: channelOf(call.caller)
	});
	if (!outcome) throw new Problem(404, 'No such episode');
	return { status: 200, body: { done: outcome.done.map((alert) => alert.id), conflicts: outcome.conflicts } };
}
