// Loads the data that every console page needs: the signed-in person, the first Alerts of the desk, the
// saved views, the state of the feeds, what the person may do with standing decisions, and the server time.
import { mayDo, whyNot } from '#lib/domain/access.ts';
import { deviceAlertTable } from '#lib/domain/alert-code.ts';
import { causeTable } from '#lib/domain/cause-table/cause-table.ts';
import type { ViewList } from '#lib/domain/desk/saved-view.ts';
import type { AlertPage } from '#lib/domain/live-events.ts';
import { NEVER_COVERED_CATEGORIES, whyNeverCovered } from '#lib/domain/standing-decision/rule.ts';
import { pagesOf } from '#lib/ui/pages.ts';
import { DESK_FILTERS } from '#lib/ui/views.ts';
import type { LayoutServerLoad } from './$types';

/** The number of Alerts that the server sends with the page. The browser then loads the rest of the desk. */
const FIRST_PAGE_SIZE = 80;
/** Without the explanation: a code is listed if no standing decision covers it in any case. */
const NEVER_COVERED = {
	codes: deviceAlertTable.codes
		.filter(
			({ code, category }) =>
				whyNeverCovered({ code, category, explanation: 'not-command' }, causeTable) !== null
		)
		.map(({ code }) => code),
	categories: NEVER_COVERED_CATEGORIES
};
/** The desk of a person of the installation, who sees no Alerts. */
const NO_DESK: AlertPage = { items: [], nextCursor: null, head: 0 };
const NO_VIEWS: ViewList = { names: [], items: [], looks: [] };

export const load: LayoutServerLoad = async ({ locals }) => {
	const { userId: callerId, ...viewer } = locals.viewer!;
	const { alerts, feedState, savedViews } = locals.services;
	const { supplierId } = viewer;
	const mayManage = mayDo('manage', { ...viewer, scopes: [] });
	const [desk, views, feeds] = await Promise.all([
		supplierId === null ? NO_DESK : alerts.page(supplierId, { ...DESK_FILTERS, limit: FIRST_PAGE_SIZE }),
		supplierId === null
			? NO_VIEWS
			: savedViews.list({ supplierId, personId: callerId, name: viewer.name, mayManage }),
		feedState.read(supplierId)
	]);
	return {
		viewer,
		callerId,
		pages: pagesOf(viewer).map(({ path, label }) => ({ path, label: label() })),
		whyNotDecide: whyNot('decide', { ...viewer, scopes: [] }),
		standing: { mayManage, neverCovered: NEVER_COVERED },
		desk,
		views,
		feeds,
		now: Date.now()
	};
};
