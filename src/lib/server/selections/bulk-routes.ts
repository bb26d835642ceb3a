// Serves actions on many Alerts: several Alerts by id and version, the members of an episode, or a selection.
import { z } from 'zod';
import { BulkDecisionIn, DecisionResult } from '#lib/domain/decision.ts';
import { BulkAssignmentIn, EpisodeAssignmentIn, SelectionAssignmentIn } from '#lib/domain/desk/assignment.ts';
import { DeskResult, Selection, SelectionDecisionIn } from '#lib/domain/desk/selection.ts';
import {
	BulkShelvingIn,
	EpisodeShelvingIn,
	SelectionShelvingIn,
	type ShelvingIn
} from '#lib/domain/desk/shelving.ts';
import { EpisodeDecisionIn } from '#lib/domain/episode.ts';
import { RecordId } from '#lib/domain/record-id.ts';
import { requireSupplier } from '#lib/server/access/caller.ts';
import { actorOf } from '#lib/server/decisions/decision-routes.ts';
import type { Decisions } from '#lib/server/decisions/decisions.ts';
import type { AlertVersion, Conflict } from '#lib/server/decisions/exact-change.ts';
import type { Assignments } from '#lib/server/desk/assignments.ts';
import { assignmentOf } from '#lib/server/desk/desk-routes.ts';
import type { Shelving } from '#lib/server/desk/shelving.ts';
import { jsonBody, parse, readJson } from '#lib/server/http/body.ts';
import { Problem } from '#lib/server/http/problem.ts';
import type { Call, Reply, Route } from '#lib/server/http/route.ts';
import { startAction, type SelectionServices } from './selection-routes.ts';

export interface BulkServices extends SelectionServices {
	decisions: Decisions;
	shelving: Shelving;
	assignments: Assignments;
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
	},
	{
		method: 'POST',
		path: '/shelvings',
		scope: 'decide',
		succeeds: [200, 202],
		refuses: [404, 409, 410],
		summary:
			'Shelve several Alerts, the open members of an episode, or a selection, or take them off the shelf',
		takes: jsonBody(z.union([BulkShelvingIn, EpisodeShelvingIn, SelectionShelvingIn])),
		gives: z.union([DeskResult, Selection]),
		handle: shelveMany
	},
	{
		method: 'POST',
		path: '/assignments',
		scope: 'decide',
		succeeds: [200, 202],
		refuses: [404, 409, 410, 422],
		summary:
			'Assign several Alerts, the open members of an episode, or a selection to a person, or to nobody',
		takes: jsonBody(z.union([BulkAssignmentIn, EpisodeAssignmentIn, SelectionAssignmentIn])),
		gives: z.union([DeskResult, Selection]),
		handle: assignMany
	}
];

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

type OneDecision = Pick<z.infer<typeof BulkDecisionIn>, 'verdict' | 'reason' | 'note'>;

async function decideMany({ services, caller, body: text }: Call<BulkServices>): Promise<Reply> {
	const supplierId = requireSupplier(caller);
	const body = readJson(text);
	const decisionOf = ({ verdict, reason, note }: OneDecision) => ({
		verdict,
		reason: reason ?? null,
		note: note ?? null,
		...actorOf(caller)
	});
	if (has(body, 'selection')) {
		const { selection, ...decision } = parse(SelectionDecisionIn, body);
		return startAction(services, caller, selection, { kind: 'decide', ...decisionOf(decision) });
	}
	if (has(body, 'episode')) {
		const { episode, version, ...decision } = parse(EpisodeDecisionIn, body);
		const request = { episode, version, ...decisionOf(decision) };
		return answer(await services.decisions.decideEpisode(supplierId, request));
	}
	const { items, ...decision } = parse(BulkDecisionIn, body);
	const { valid, invalid } = splitItems(items);
	const request = { items: valid, ...decisionOf(decision) };
	return answer(await services.decisions.decide(supplierId, request), invalid);
}

async function shelveMany({ services, caller, body: text }: Call<BulkServices>): Promise<Reply> {
	const supplierId = requireSupplier(caller);
	const body = readJson(text);
	const { shelving } = services;
	const requestOf = ({ for: time, note }: Omit<z.infer<typeof ShelvingIn>, 'version'>) => ({
		for: time,
		note: note ?? null,
		...actorOf(caller)
	});
	if (has(body, 'selection')) {
		const { selection, ...fields } = parse(SelectionShelvingIn, body);
		return startAction(services, caller, selection, { kind: 'shelve', ...requestOf(fields) });
	}
	if (has(body, 'episode')) {
		const { episode, version, ...fields } = parse(EpisodeShelvingIn, body);
		return answer(await shelving.shelveEpisode(supplierId, { episode, version }, requestOf(fields)));
	}
	const { items, ...fields } = parse(BulkShelvingIn, body);
	const { valid, invalid } = splitItems(items);
	return answer(await shelving.shelve(supplierId, valid, requestOf(fields)), invalid);
}

async function assignMany({ services, caller, body: text }: Call<BulkServices>): Promise<Reply> {
	const supplierId = requireSupplier(caller);
	const body = readJson(text);
	const { assignments } = services;
	if (has(body, 'selection')) {
		const { selection, to } = parse(SelectionAssignmentIn, body);
		const request = await assignmentOf(services, caller, to);
		return startAction(services, caller, selection, { kind: 'assign', ...request });
	}
	if (has(body, 'episode')) {
		const { to, ...episode } = parse(EpisodeAssignmentIn, body);
		const request = await assignmentOf(services, caller, to);
		return answer(await assignments.assignEpisode(supplierId, episode, request));
	}
	const { items, to } = parse(BulkAssignmentIn, body);
	const { valid, invalid } = splitItems(items);
	const request = await assignmentOf(services, caller, to);
	return answer(await assignments.assign(supplierId, valid, request), invalid);
}

/** Answers a change of several Alerts. `invalid`: the ids of the call that no Alert can have. */
function answer(
	outcome: { done: Array<{ id: string }>; conflicts: Conflict[] } | null,
	invalid: readonly Conflict[] = []
): Reply {
	if (!outcome) throw new Problem(404, 'No such episode');
	const { done, conflicts, ...rest } = outcome;
	return {
		status: 200,
		body: { ...rest, done: done.map(({ id }) => id), conflicts: [...conflicts, ...invalid] }
	};
}
