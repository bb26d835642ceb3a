// Loads the pages with their deliveries, newest first, and the deliveries that failed for good.
import { PageState } from '#lib/domain/on-call/page.ts';
import { RecordId } from '#lib/domain/record-id.ts';
import { supplierOf } from '../../viewer-supplier.ts';
import type { PageServerLoad } from './$types';

const PAGE_SIZE = 50;

export const load: PageServerLoad = async ({ locals, url, depends }) => {
	depends('causeway:on-call');
	const supplierId = supplierOf(locals.viewer);
	const state = PageState.safeParse(url.searchParams.get('state')).data;
	const cursor = RecordId.safeParse(url.searchParams.get('cursor')).data;
	const [list, dead] = await Promise.all([
		locals.services.pages.list(supplierId, { state, cursor, limit: PAGE_SIZE }),
		locals.services.pages.dead(supplierId)
	]);
	return { list, dead, state: state ?? null };
};
