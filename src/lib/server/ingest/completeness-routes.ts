// Defines the routes of completeness: reports a mark, and registers, lists and deletes the sources of audit data.
import { CompletenessIn, CompletenessSources, SourceName } from '#lib/domain/completeness.ts';
import { jsonBody, parse, readJson } from '#lib/server/http/body.ts';
import { Problem } from '#lib/server/http/problem.ts';
import type { Route } from '#lib/server/http/route.ts';
import type { Completeness, MarkResult } from './completeness.ts';

const PATH = '/service-requests/completeness';

export const completenessRoutes: ReadonlyArray<Route<{ completeness: Completeness }>> = [
	{
		method: 'GET',
		path: PATH,
		scope: 'read',
		action: 'see-feeds',
		summary: 'List the sources of audit data with their completeness marks and lags',
		gives: CompletenessSources,
		handle: async ({ services, caller }) => ({
			status: 200,
			body: await services.completeness.list(caller.supplierId)
		})
	},
	{
		method: 'POST',
		path: PATH,
		scope: 'ingest',
		succeeds: [204],
		refuses: [404],
		summary: 'Report up to which instant the audit data of a source is complete',
		takes: jsonBody(CompletenessIn),
		async handle({ services, caller, body }) {
			const { source, completeUntil } = parse(CompletenessIn, readJson(body));
			const result = await services.completeness.mark(caller.supplierId, source, completeUntil);
			if (result !== 'stored') throw refusal(result);
			return { status: 204 };
		}
	},
	{
		method: 'PUT',
		path: `${PATH}/{source}`,
		scope: 'ingest',
		succeeds: [201, 204],
		summary: "Register a further source of audit data of the key's owner",
		async handle({ services, caller, params }) {
			const result = await services.completeness.register(caller.supplierId, nameIn(params));
			if (result === 'foreign') throw refusal(result);
			return { status: result === 'registered' ? 201 : 204 };
		}
	},
	{
		method: 'DELETE',
		path: `${PATH}/{source}`,
		scope: 'ingest',
		succeeds: [204],
		summary: "Delete a source of audit data of the key's owner",
		async handle({ services, caller, params }) {
			if (!(await services.completeness.remove(caller.supplierId, nameIn(params))))
				throw new Problem(404, `This key has no such source; GET ${PATH} lists the sources`);
			return { status: 204 };
		}
	}
];

function nameIn(params: Readonly<Record<string, string>>): string {
	const name = SourceName.safeParse(params['source']);
	if (!name.success) throw new Problem(404, `No such source; GET ${PATH} lists the sources`);
	return name.data;
}

function refusal(result: Exclude<MarkResult, 'stored'>): Problem {
	if (result === 'in-future') {
		const message = 'must not be later than 5 minutes from now; check the clock of the sender';
		return new Problem(400, 'The completeness mark lies in the future; see errors', {
			errors: [{ path: 'completeUntil', message }]
		});
	}
	if (result === 'foreign')
		return new Problem(
			403,
			'The source of this name belongs to the installation, and only keys of the installation move it. Give your own source another name'
		);
	const hint = result.nearest ? `The nearest registered source is "${result.nearest}". ` : '';
	return new Problem(
		404,
		`This source is not registered. ${hint}Correct the name, or register a further source with PUT ${PATH}/NAME`
	);
}
