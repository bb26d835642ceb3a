// Loads the maintenance windows of now, of the future and of the last seven days.
import { whyNot } from '#lib/domain/access.ts';
import { supplierOf } from '../../viewer-supplier.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, depends }) => {
	depends('causeway:on-call');
	return {
		windows: await locals.services.maintenance.list(supplierOf(locals.viewer)),
		whyNotManage: whyNot('manage', { ...locals.viewer!, scopes: [] })
	};
};
