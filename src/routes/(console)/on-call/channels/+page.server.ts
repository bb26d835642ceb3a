// Loads the channels of the Supplier, and the forms of the kinds of channels.
import { whyNot } from '#lib/domain/access.ts';
import { channelForms } from '#lib/server/on-call/channels/forms.ts';
import { supplierOf } from '../../viewer-supplier.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, depends }) => {
	depends('causeway:channels');
	const supplierId = supplierOf(locals.viewer);
	const { userId: id, name, role } = locals.viewer!;
	const caller = { supplierId, role, scopes: [], keyId: null, id, name };
	const whyNotManage = whyNot('manage', caller);
	const mayManage = whyNotManage === null;
	return {
		channels: await locals.services.channels.list({ supplierId, mayManage }),
		forms: channelForms(),
		whyNotManage
	};
};
