// Serves the state of the installation to its people: the Devices whose Alerts no Supplier sees.
import { z } from 'zod';
import { Eui64 } from '#lib/domain/eui64.ts';
import { UnknownDevices } from '#lib/domain/unknown-devices.ts';
import { readQuery } from '#lib/server/http/query.ts';
import type { Route } from '#lib/server/http/route.ts';
import type { UnknownDeviceReader } from './unknown-devices.ts';

const UnknownDeviceQuery = z.object({
	limit: z.coerce.number().int().min(1).max(500).optional(),
	cursor: Eui64.optional()
});

export const installationRoutes: ReadonlyArray<Route<{ unknownDevices: UnknownDeviceReader }>> = [
	{
		method: 'GET',
		path: '/installation/unknown-devices',
		scope: 'read',
		action: 'see-installation',
		summary:
			'List the Devices whose Alerts no Supplier sees: in no inventory or no tenure, and without a known addressee',
		query: UnknownDeviceQuery,
		gives: UnknownDevices,
		async handle({ services, query }) {
			const { limit = 50, cursor = null } = readQuery(UnknownDeviceQuery, query);
			return { status: 200, body: await services.unknownDevices.page({ limit, cursor }) };
		}
	}
];
