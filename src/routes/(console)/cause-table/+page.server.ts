// Loads one version of the cause table, the active version, the what-if of the shown version, and the learned patterns.
import { error } from '@sveltejs/kit';
import { mayDo, whyNot } from '#lib/domain/access.ts';
import * as messages from '#messages/cause-table.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, url, depends }) => {
	depends('causeway:cause-table');
	const { userId, name, supplierId, role } = locals.viewer!;
	const reader = { id: userId, name, supplierId };
	const holder = { supplierId, role, scopes: [] };
	const { causeTables, whatIfs, learned } = locals.services;
	const list = await causeTables.list(reader);
	const version = url.searchParams.get('version') ?? list.active.version;
	const table = await causeTables.one(version, reader);
	if (!table) error(404, messages.missing({ version }));
	const isActive = table.status === 'active';
	return {
		list,
		table,
		/** The active table, with which the page compares `table`. */
		active: isActive ? table : (await causeTables.one(list.active.version, reader))!,
		whatIf: isActive ? null : await whatIfs.of(reader, version),
		/** The learned patterns of the person's Supplier; `null`: the person belongs to the installation. */
		learned: supplierId === null ? null : await learned.forReview(supplierId),
		/** Why the person may not change the cause table; `null`: the person may draft. */
		whyReadOnly: whyNot('draft-cause-table', holder),
		mayRelease: mayDo('activate-cause-table', holder)
	};
};
