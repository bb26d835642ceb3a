// Serves standing decisions: preview, proposal, activation by a second person, resumption, end, and the Alerts that each
// decided.
import { z } from 'zod';
import { Verdict } from '#lib/domain/decision.ts';
import { StandingDecisionIn, StandingWhen } from '#lib/domain/standing-decision/rule.ts';
import {
	ActivateIn,
	StandingDecision,
	StandingMatches,
	StandingMatchQuery,
	StandingNoteIn,
	StandingPreview,
	StandingState
} from '#lib/domain/standing-decision/standing-decision.ts';
import { requireSupplier } from '#lib/server/access/caller.ts';
import { jsonBody, parse, readJson } from '#lib/server/http/body.ts';
import { recordIdIn } from '#lib/server/http/path-params.ts';
import { Problem } from '#lib/server/http/problem.ts';
import { readQuery } from '#lib/server/http/query.ts';
import type { Call, Route } from '#lib/server/http/route.ts';
import type { StandingDecisions, StandingRefusal } from './standing-decisions.ts';
import type { StandingMatchReader } from './standing-matches.ts';

export interface StandingServices {
	standingDecisions: StandingDecisions;
	standingMatches: StandingMatchReader;
}

const ListQuery = z.object({ state: StandingState.optional() });
const PreviewIn = z.object({ when: StandingWhen, verdict: Verdict }).meta({ id: 'StandingPreviewIn' });
const Proposed = StandingDecision.extend({ preview: StandingPreview }).meta({
	id: 'ProposedStandingDecision'
});

export const standingRoutes: ReadonlyArray<Route<StandingServices>> = [
	{
		method: 'GET',
		path: '/standing-decisions',
		scope: 'read',
		summary: 'List the standing decisions with their state, their use and their history, the newest first',
		query: ListQuery,
		gives: z.object({ items: z.array(StandingDecision) }),
		async handle({ services, caller, query }) {
			const { state = null } = readQuery(ListQuery, query);
			return {
				status: 200,
				body: { items: await services.standingDecisions.list(requireSupplier(caller), state) }
			};
		}
	},
	{
		method: 'POST',
		path: '/standing-decisions',
		scope: 'manage',
		succeeds: [201],
		refuses: [422],
		summary: 'Propose a standing decision; another person activates it',
		takes: jsonBody(StandingDecisionIn),
		gives: Proposed,
		async handle(call) {
			const input = parse(StandingDecisionIn, readJson(call.body));
			const supplierId = requireSupplier(call.caller);
			const { standing, preview } = given(
				await call.services.standingDecisions.propose(supplierId, input, call.caller)
			);
			return { status: 201, body: { ...standing, preview } };
		}
	},
	{
		method: 'POST',
		path: '/standing-decisions/preview',
		scope: 'manage',
		refuses: [422],
		summary: 'Count what a standing decision would have decided in the last 30 days; nothing is stored',
		takes: jsonBody(PreviewIn),
		gives: StandingPreview,
		async handle(call) {
			const input = parse(PreviewIn, readJson(call.body));
			const preview = await call.services.standingDecisions.preview(requireSupplier(call.caller), input);
			return { status: 200, body: given(preview) };
		}
	},
	{
		method: 'GET',
		path: '/standing-decisions/{id}',
		scope: 'read',
		refuses: [404],
		summary: 'Read one standing decision',
		gives: StandingDecision,
		async handle(call) {
			const standing = await call.services.standingDecisions.one(...idOf(call));
			if (!standing) throw new Problem(404, 'No such standing decision');
			return { status: 200, body: standing };
		}
	},
	{
		method: 'POST',
		path: '/standing-decisions/{id}/activate',
		scope: 'manage',
		refuses: [404, 409, 422],
		summary: 'Activate the proposal of another person, after its preview',
		takes: jsonBody(ActivateIn),
		gives: StandingDecision,
		async handle(call) {
			const input = parse(ActivateIn, readJson(call.body));
			const active = await call.services.standingDecisions.activate(...idOf(call), input, call.caller);
			return { status: 200, body: given(active) };
		}
	},
	{
		method: 'POST',
		path: '/standing-decisions/{id}/resume',
		scope: 'manage',
		refuses: [404, 409],
		summary: 'Let a paused standing decision decide again',
		takes: jsonBody(StandingNoteIn),
		gives: StandingDecision,
		async handle(call) {
			const { note } = parse(StandingNoteIn, readJson(call.body));
			return {
				status: 200,
				body: given(await call.services.standingDecisions.resume(...idOf(call), note, call.caller))
			};
		}
	},
	{
		method: 'POST',
		path: '/standing-decisions/{id}/end',
		scope: 'manage',
		refuses: [404, 409],
		summary: 'End a standing decision, or discard a proposal; decided Alerts stay decided',
		takes: jsonBody(StandingNoteIn),
		gives: StandingDecision,
		async handle(call) {
			const { note } = parse(StandingNoteIn, readJson(call.body));
			return {
				status: 200,
				body: given(await call.services.standingDecisions.end(...idOf(call), note, call.caller))
			};
		}
	},
	{
		method: 'GET',
		path: '/standing-decisions/{id}/matches',
		scope: 'read',
		refuses: [404],
		summary: 'List the Alerts that a standing decision decided, the newest first',
		query: StandingMatchQuery,
		gives: StandingMatches,
		async handle(call) {
			const { reopened, limit, cursor } = readQuery(StandingMatchQuery, call.query);
			const page = await call.services.standingMatches.page(...idOf(call), {
				reopened: reopened === 'true',
				limit,
				cursor
			});
			if (!page) throw new Problem(404, 'No such standing decision');
			return { status: 200, body: page };
		}
	}
];

const idOf = ({ caller, params }: Call<StandingServices>): [supplierId: number, id: string] => [
	requireSupplier(caller),
	recordIdIn(params, 'standing decision')
];

/** Returns the outcome of a step. Throws the problem if the step was refused. */
function given<T extends object>(outcome: T | StandingRefusal): T {
	if (!('refused' in outcome)) return outcome;
	const { refused, why, errors, preview } = outcome;
	throw new Problem(refused, why, { ...(errors && { errors }), ...(preview && { preview }) });
}
