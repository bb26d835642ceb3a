// Loads the episodes, the members of the open episode, and the similar Alerts outside the open episode.
import { RecordId } from '#lib/domain/record-id.ts';
import { supplierOf } from '../viewer-supplier.ts';
import { readListQuery } from './list-query.ts';
import type { PageServerLoad } from './$types';

/** The highest number of members that the page shows. */
const MAX_MEMBERS = 500;

export const load: PageServerLoad = async ({ locals, url, depends }) => {
	depends('causeway:episodes');
	const supplierId = supplierOf(locals.viewer);
	const { alerts, episodes } = locals.services;
	const id = url.searchParams.get('episode');
	const { open, kind, code, sort, shown } = readListQuery(url.searchParams);
	const [list, opened] = await Promise.all([
		episodes.page(supplierId, {
			open,
			kind: kind ?? undefined,
			code: code ?? undefined,
			sort,
			limit: shown
		}),
		id && RecordId.safeParse(id).success ? episodes.one(supplierId, id) : null
	]);
	if (!opened) return { list, opened, members: [], outside: null };
	const [members, outside] = await Promise.all([
		alerts.page(supplierId, { episode: opened.id, sort: 'oldest', limit: MAX_MEMBERS }),
		episodes.outside(supplierId, opened.id)
	]);
	return { list, opened, members: members.items, outside };
};
