// Serves the facets of a list of Alerts.
import { AlertFacets, FacetFilters } from '#lib/domain/alert-facets.ts';
import { requireSupplier } from '#lib/server/access/caller.ts';
import { readQuery } from '#lib/server/http/query.ts';
import type { Route } from '#lib/server/http/route.ts';
import { resolvedFor } from './resolved-filters.ts';
import type { FacetReader } from './facet-reader.ts';

export const facetRoutes: ReadonlyArray<Route<{ facets: FacetReader }>> = [
	{
		method: 'GET',
		path: '/alerts/facets',
		scope: 'read',
		summary:
			'Count the Alerts of each value of a filter, under the other filters; at most 6 seconds, then "at least"',
		query: FacetFilters,
		gives: AlertFacets,
		handle: async ({ services, caller, query }) => ({
			status: 200,
			body: await services.facets.of(
				requireSupplier(caller),
				resolvedFor(caller, readQuery(FacetFilters, query))
			)
		})
	}
];
