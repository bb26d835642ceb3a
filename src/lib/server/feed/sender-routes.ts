// Serves what one User sends to the Devices of a Supplier.
import { Eui64 } from '#lib/domain/eui64.ts';
import { Sender, SenderQuery } from '#lib/domain/sender.ts';
import { requireSupplier } from '#lib/server/access/caller.ts';
import { Problem } from '#lib/server/http/problem.ts';
import { readQuery } from '#lib/server/http/query.ts';
import type { Route } from '#lib/server/http/route.ts';
import type { SenderReader } from './sender-reader.ts';

export const senderRoutes: ReadonlyArray<Route<{ senders: SenderReader }>> = [
	{
		method: 'GET',
		path: '/senders/{id}',
		scope: 'read',
		summary:
			'Count the Service Requests of one User to the Devices of your Supplier, and the Alerts that followed',
		query: SenderQuery,
		gives: Sender,
		async handle({ services, caller, params, query }) {
			const supplierId = requireSupplier(caller);
			const { days, until } = readQuery(SenderQuery, query);
			const id = Eui64.safeParse(params['id']);
			if (!id.success) throw new Problem(404, 'No such User');
			const end = until ? { until: Date.parse(until) } : {};
			return { status: 200, body: await services.senders.of(supplierId, id.data, { days, ...end }) };
		}
	}
];
