// Loads what one User sends to the Devices of the person's Supplier.
import { error } from '@sveltejs/kit';
import { Eui64 } from '#lib/domain/eui64.ts';
import { SenderQuery } from '#lib/domain/sender.ts';
import { supplierOf } from '../../viewer-supplier.ts';
import * as messages from '#messages/users.ts';
import type { PageServerLoad } from './$types';

export const load: PageServerLoad = async ({ locals, params, url }) => {
	const supplierId = supplierOf(locals.viewer);
	const id = Eui64.safeParse(params.id);
	if (!id.success) error(404, messages.not_an_id());
	const query = SenderQuery.safeParse(Object.fromEntries(url.searchParams));
	const { days, until } = query.success ? query.data : SenderQuery.parse({});
	const end = until ? { until: Date.parse(until) } : {};
	return {
		sender: await locals.services.senders.of(supplierId, id.data, { days, ...end }),
		days,
		until: until ?? null
	};
};
