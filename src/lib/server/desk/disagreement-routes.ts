// Serves disagreements with explanations: records one, takes it back, and counts them.
import { Disagreement, DisagreementFigures, DisagreementIn } from '#lib/domain/desk/disagreement.ts';
import { requireSupplier } from '#lib/server/access/caller.ts';
import { jsonBody, parse, readJson } from '#lib/server/http/body.ts';
import { recordIdIn } from '#lib/server/http/path-params.ts';
import { Problem } from '#lib/server/http/problem.ts';
import type { Reply, Route } from '#lib/server/http/route.ts';
import type { Disagreements } from './disagreements.ts';

export interface DisagreementServices {
	disagreements: Disagreements;
}

const PATH = '/alerts/{id}/disagreement';

export const disagreementRoutes: ReadonlyArray<Route<DisagreementServices>> = [
	{
		method: 'GET',
		path: PATH,
		scope: 'read',
		summary: 'Count the people who disagree with the explanation of an Alert',
		gives: Disagreement,
		async handle({ services, caller, params }) {
			const id = recordIdIn(params, 'Alert');
			return answer(await services.disagreements.of(requireSupplier(caller), id, caller.id));
		}
	},
	{
		method: 'POST',
		path: PATH,
		scope: 'decide',
		summary: 'Record that the person who calls disagrees with the explanation of an Alert',
		takes: jsonBody(DisagreementIn),
		gives: Disagreement,
		async handle({ services, caller, params, body }) {
			const { version } = parse(DisagreementIn, readJson(body));
			const request = { alertId: recordIdIn(params, 'Alert'), version, by: caller };
			return answer(await services.disagreements.disagree(requireSupplier(caller), request));
		}
	},
	{
		method: 'DELETE',
		path: PATH,
		scope: 'decide',
		summary: 'Take back the disagreement of the person who calls',
		gives: Disagreement,
		async handle({ services, caller, params }) {
			const id = recordIdIn(params, 'Alert');
			return answer(await services.disagreements.takeBack(requireSupplier(caller), id, caller));
		}
	},
	{
		method: 'GET',
		path: '/disagreements',
		scope: 'read',
		summary: 'Count the disagreements of the last 90 days by Alert code and explanation',
		gives: DisagreementFigures,
		handle: async ({ services, caller }) => ({
			status: 200,
			body: await services.disagreements.figures(requireSupplier(caller))
		})
	}
];

function answer(disagreement: Disagreement | null): Reply {
	if (!disagreement) throw new Problem(404, 'No such Alert, or no such version of it');
	return { status: 200, body: disagreement };
}
