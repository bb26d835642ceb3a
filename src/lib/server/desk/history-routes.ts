// Serves the history of an Alert: who decided, reopened, shelved, assigned or disagreed, and when.
import { HistoryPage, HistoryQuery } from '#lib/domain/desk/history.ts';
import { requireSupplier } from '#lib/server/access/caller.ts';
import { recordIdIn } from '#lib/server/http/path-params.ts';
import { Problem } from '#lib/server/http/problem.ts';
import { readQuery } from '#lib/server/http/query.ts';
import type { Route } from '#lib/server/http/route.ts';
import type { Histories } from './history.ts';

export const historyRoutes: ReadonlyArray<Route<{ histories: Histories }>> = [
	{
		method: 'GET',
		path: '/alerts/{id}/history',
		scope: 'read',
		summary: 'Read who decided, reopened, shelved, assigned or disagreed with an Alert, newest first',
		query: HistoryQuery,
		gives: HistoryPage,
		async handle({ services, caller, params, query }) {
			const page = await services.histories.of(
				requireSupplier(caller),
				recordIdIn(params, 'Alert'),
				readQuery(HistoryQuery, query)
			);
			if (!page) throw new Problem(404, 'No such Alert');
			return { status: 200, body: page };
		}
	}
];
