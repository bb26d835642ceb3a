import type { AlertPage } from '#lib/domain/live-events.ts';
import { FILTER_NAMES, VIEWS, readQuery } from '#lib/ui/views.ts';
import type { PageServerLoad } from './$types';

const FIRST = 100;
const NOTHING: AlertPage = { items: [], nextCursor: null, head: 0 };

export const load: PageServerLoad = async ({ locals, url, untrack }) => {
	const { supplierId } = locals.viewer!;
	const { alerts } = locals.services;
	const query = readQuery(url.searchParams);
	// The desk comes with the layout; only what is not on it, or is looked for on it, is asked for here.
	const onDesk =
		VIEWS[query.view].order === 'desk' && FILTER_NAMES.every((name) => query.given[name] === undefined);
	const page =
		onDesk || query.filters.explanation?.length === 0
			? NOTHING
			: await alerts.page(supplierId, { ...query.filters, limit: FIRST });
	// Opening another Alert must not load the list again: the address is read without being watched.
	const open = untrack(() => url.searchParams.get('alert'));
	const opened = open && /^\d{1,18}$/.test(open) ? await alerts.one(supplierId, open) : null;
	return { page, opened };
};
