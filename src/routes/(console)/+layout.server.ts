import { DESK } from '#lib/ui/views.ts';
import type { LayoutServerLoad } from './$types';

/** What is sent with the page; the browser reads the rest of the desk itself. */
const FIRST = 80;

export const load: LayoutServerLoad = async ({ locals }) => {
	const { userId: _, ...viewer } = locals.viewer!;
	const desk = await locals.services.alerts.page(viewer.supplierId, { ...DESK, limit: FIRST });
	return { viewer, desk, now: Date.now() };
};
