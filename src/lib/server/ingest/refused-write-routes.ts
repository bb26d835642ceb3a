// Defines the route that reads refused writes: records that the key of a Supplier was not entitled to feed.
import { z } from 'zod';
import { Instant } from '#lib/domain/eui64.ts';
import { RefusedWrites } from '#lib/domain/refused-write.ts';
import { readQuery } from '#lib/server/http/query.ts';
import type { Route } from '#lib/server/http/route.ts';
import type { RefusedWriteLog } from './refused-writes.ts';

const DAY_MS = 86_400_000;
const Query = z.object({ since: Instant.optional() });

export const refusedWriteRoutes: ReadonlyArray<Route<{ refusedWrites: RefusedWriteLog }>> = [
	{
		method: 'GET',
		path: '/refused-writes',
		scope: 'read',
		action: 'see-feeds',
		summary: 'List the records that keys of Suppliers were not entitled to feed, by default of the last day',
		query: Query,
		gives: RefusedWrites,
		async handle({ services, caller, query }) {
			const { since } = readQuery(Query, query);
			const at = since ? new Date(since) : new Date(Date.now() - DAY_MS);
			return { status: 200, body: { items: await services.refusedWrites.since(caller.supplierId, at) } };
		}
	}
];
