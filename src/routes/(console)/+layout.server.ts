// Loads the data that every console page needs: the signed-in person, the first Alerts of the desk and the server time.
import { DESK_FILTERS } from '#lib/ui/views.ts';
import type { LayoutServerLoad } from './$types';

/** The number of Alerts that the server sends with the page. The browser then loads the rest of the desk. */
const FIRST_PAGE_SIZE = 80;

export const load: LayoutServerLoad = async ({ locals }) => {
	const { userId: _, ...viewer } = locals.viewer!;
	const desk = await locals.services.alerts.page(viewer.supplierId, {
		...DESK_FILTERS,
		limit: FIRST_PAGE_SIZE
	});
	return { viewer, desk, now: Date.now() };
};
