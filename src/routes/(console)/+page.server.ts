// Loads the first page of the Alert list, and the Alert that is open beside the list.
import type { AlertPage } from '#lib/domain/live-events.ts';
import { RecordId } from '#lib/domain/record-id.ts';
import { readQuery } from '#lib/ui/views.ts';
import { resolveFilters } from '#lib/domain/alert-filter.ts';
import { viewNamed } from '#lib/domain/desk/list-view.ts';
import { supplierOf } from './viewer-supplier.ts';
import type { PageServerLoad } from './$types';

/** The number of Alerts that the server sends with the page. */
const FIRST_PAGE_SIZE = 100;
const EMPTY_PAGE: AlertPage = { items: [], nextCursor: null, head: 0 };

export const load: PageServerLoad = async ({ locals, url, untrack }) => {
	const supplierId = supplierOf(locals.viewer);
	const { alerts } = locals.services;
	const query = readQuery(url.searchParams);
	// The layout loads the desk without filters. This page loads the archive, and the desk with filters.
	const isUnfilteredDesk = viewNamed(query.view).order === 'desk' && Object.keys(query.given).length === 0;
	const page =
		isUnfilteredDesk || query.unmet
			? EMPTY_PAGE
			: await alerts.page(supplierId, {
					...resolveFilters(query.filters, { callerId: locals.viewer!.userId, nowMs: Date.now() }),
					limit: FIRST_PAGE_SIZE
				});
	// With `untrack`, opening another Alert does not load the list again.
	const openId = untrack(() => url.searchParams.get('alert'));
	const opened = openId && RecordId.safeParse(openId).success ? await alerts.one(supplierId, openId) : null;
	return { page, opened };
};
