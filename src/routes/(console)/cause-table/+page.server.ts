// Loads one version of the cause table, the active version, the what-if of the shown version, and the learned patterns.
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
	if (!table) error(404, `Cause table ${version} does not exist.`);
	const isActive = table.status === 'active';
	return {
		list,
		table,
		/** The active table, with which the page compares `table`. */
		active: isActive ? table : (await causeTables.one(list.active.version, userId))!,
		whatIf: isActive ? null : await whatIfs.of(supplierId, version),
		learned: await learned.forReview(supplierId),
		mayEdit: EDITOR_ROLES.includes(role)
	};
};
