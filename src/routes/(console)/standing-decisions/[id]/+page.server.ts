// Loads one standing decision, and one page of the Alerts that it decided.
import { error } from '@sveltejs/kit';
import { whyNot } from '#lib/domain/access.ts';
import { RecordId } from '#lib/domain/record-id.ts';
import * as messages from '#messages/standing.ts';
import { supplierOf } from '../../viewer-supplier.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, params, url, depends }) => {
	depends('causeway:standing');
	const { services, viewer } = locals;
	const supplierId = supplierOf(viewer);
	const id = RecordId.safeParse(params.id);
	const cursor = RecordId.safeParse(url.searchParams.get('cursor'));
	const reopened = url.searchParams.get('reopened') === 'true';
	const [standing, matches] = id.success
		? await Promise.all([
				services.standingDecisions.one(supplierId, id.data),
				services.standingMatches.page(supplierId, id.data, {
					reopened,
					...(cursor.success && { cursor: cursor.data })
				})
			])
		: [null, null];
	if (!standing || !matches) error(404, messages.no_such_rule());
	return {
		standing,
		matches,
		reopened,
		isFirstPage: !cursor.success,
		isAuthor: standing.proposed.id === viewer!.userId,
		whyNotManage: whyNot('manage', { ...viewer!, scopes: [] })
	};
};
