// Serves the Devices of a Supplier: the list, and one Device.
import { DeviceFilters, DeviceInHome, DevicePage } from '#lib/domain/device.ts';
import { Eui64 } from '#lib/domain/eui64.ts';
import { requireSupplier } from '#lib/server/access/caller.ts';
import { Problem } from '#lib/server/http/problem.ts';
import { readQuery } from '#lib/server/http/query.ts';
import type { Route } from '#lib/server/http/route.ts';
import type { DeviceReader } from './device-reader.ts';

export const deviceRoutes: ReadonlyArray<Route<{ devices: DeviceReader }>> = [
	{
		method: 'GET',
		path: '/devices',
		scope: 'read',
		summary: 'List the Devices in whose tenure your Supplier is or was',
		query: DeviceFilters,
		gives: DevicePage,
		handle: async ({ services, caller, query }) => ({
			status: 200,
			body: await services.devices.page(requireSupplier(caller), readQuery(DeviceFilters, query))
		})
	},
	{
		method: 'GET',
		path: '/devices/{id}',
		scope: 'read',
		summary: 'Read one Device with the tenures of your Supplier, and the other Devices of its home',
		gives: DeviceInHome,
		async handle({ services, caller, params }) {
			const supplierId = requireSupplier(caller);
			const id = Eui64.safeParse(params['id']);
			const device = id.success ? await services.devices.one(supplierId, id.data) : null;
			if (!device) throw new Problem(404, 'No such Device');
			return { status: 200, body: device };
		}
	}
];
