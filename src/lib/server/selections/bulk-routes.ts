// Serves actions on many Alerts: several Alerts by id and version, the members of an episode, or a selection.
import { z } from 'zod';
import { BulkDecisionIn, DecisionResult } from '#lib/domain/decision.ts';
import { Selection, SelectionDecisionIn } from '#lib/domain/desk/selection.ts';
import { EpisodeDecisionIn } from '#lib/domain/episode.ts';
import { RecordId } from '#lib/domain/record-id.ts';
import { requireSupplier } from '#lib/server/access/caller.ts';
import { channelOf } from '#lib/server/decisions/decision-routes.ts';
import type { Decisions } from '#lib/server/decisions/decisions.ts';
import type { AlertVersion, Conflict } from '#lib/server/decisions/exact-change.ts';
import { jsonBody, parse, readJson } from '#lib/server/http/body.ts';
import { Problem } from '#lib/server/http/problem.ts';
import type { Call, Caller, Reply, Route } from '#lib/server/http/route.ts';
import { startAction, type SelectionServices } from './selection-routes.ts';

export interface BulkServices extends SelectionServices {
	decisions: Decisions;
}

export const bulkRoutes: ReadonlyArray<Route<BulkServices>> = [
	{
		method: 'POST',
		path: '/decisions',
		scope: 'decide',
		succeeds: [200, 202],
		refuses: [404, 409, 410],
		summary: 'Decide several Alerts, an episode, or a selection',
		takes: jsonBody(z.union([BulkDecisionIn, EpisodeDecisionIn, SelectionDecisionIn])),
		gives: z.union([DecisionResult, Selection]),
		handle: decideMany
	}
];

/** Returns the author of an action, and the way by which the caller acts. */
const actorOf = (caller: Caller) => ({
	by: { id: caller.id, name: caller.name },
	channel: channelOf(caller)
});

const has = (body: unknown, field: string): boolean =>
	typeof body === 'object' && body !== null && field in body;

/** Splits the Alerts of a call into stored ids, and ids that no Alert can have. */
function splitItems(items: readonly AlertVersion[]): { valid: AlertVersion[]; invalid: Conflict[] } {
	const isId = ({ id }: AlertVersion): boolean => RecordId.safeParse(id).success;
	return {
		valid: items.filter(isId),
		invalid: items.filter((item) => !isId(item)).map(({ id }) => ({ id, version: null }))
	};
}

async function decideMany({ services, caller, body: text }: Call<BulkServices>): Promise<Reply> {
	const supplierId = requireSupplier(caller);
	const body = readJson(text);
	if (has(body, 'selection')) {
		const { selection, verdict, reason, note } = parse(SelectionDecisionIn, body);
		return startAction(services, caller, selection, {
			kind: 'decide',
			...decisionOf(caller, { verdict, reason, note })
		});
	}
	if (has(body, 'episode')) {
		const { episode, version, ...decision } = parse(EpisodeDecisionIn, body);
		const request = { episode, version, ...decisionOf(caller, decision) };
		const outcome = await services.decisions.decideEpisode(supplierId, request);
		if (!outcome) throw new Problem(404, 'No such episode');
		return { status: 200, body: { done: outcome.done.map(({ id }) => id), conflicts: outcome.conflicts } };
	}
	const { items, ...decision } = parse(BulkDecisionIn, body);
	const { valid, invalid } = splitItems(items);
	const request = { items: valid, ...decisionOf(caller, decision) };
	const { done, conflicts } = await services.decisions.decide(supplierId, request);
	return {
		status: 200,
		body: { done: done.map(({ id }) => id), conflicts: [...conflicts, ...invalid] }
	};
}

const decisionOf = (
	caller: Caller,
	{ verdict, reason, note }: Pick<z.infer<typeof BulkDecisionIn>, 'verdict' | 'reason' | 'note'>
) => ({ verdict, reason: reason ?? null, note: note ?? null, ...actorOf(caller) });
