import { error } from '@sveltejs/kit';
import { EDITOR_ROLES } from '#lib/domain/cause-table/version.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, url, depends }) => {
	depends('causeway:cause-table');
	const { userId, supplierId, role } = locals.viewer!;
	const { causeTables, whatIfs, learned } = locals.services;
	const list = await causeTables.list(userId);
	const version = url.searchParams.get('version') ?? list.active.version;
	const table = await causeTables.one(version, userId);
	if (!table) error(404, `There is no cause table ${version}.`);
	const isActive = table.status === 'active';
	return {
		list,
		table,
		/** What the table is compared with. */
		active: isActive ? table : (await causeTables.one(list.active.version, userId))!,
		whatIf: isActive ? null : await whatIfs.of(supplierId, version),
		learned: await learned.forReview(supplierId),
		mayEdit: EDITOR_ROLES.includes(role)
	};
};
