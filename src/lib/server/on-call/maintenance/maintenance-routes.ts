// Defines the routes of maintenance windows: list, add and end.
import { z } from 'zod';
import { Maintenance, MaintenanceIn } from '#lib/domain/on-call/maintenance.ts';
import { requireSupplier } from '#lib/server/access/caller.ts';
import { jsonBody, parse, readJson } from '#lib/server/http/body.ts';
import { Problem } from '#lib/server/http/problem.ts';
import type { Route } from '#lib/server/http/route.ts';
import type { MaintenanceWindows } from './maintenance.ts';

/** A window longer than this is a mistake more often than a plan (ms). */
const LONGEST_MS = 14 * 86_400_000;

export const maintenanceRoutes: ReadonlyArray<Route<{ maintenance: MaintenanceWindows }>> = [
	{
		method: 'GET',
		path: '/on-call/maintenance',
		scope: 'read',
		summary: 'List the maintenance windows of now, of the future and of the last seven days',
		gives: z.object({ items: z.array(Maintenance) }),
		handle: async ({ services, caller }) => ({
			status: 200,
			body: { items: await services.maintenance.list(requireSupplier(caller)) }
		})
	},
	{
		method: 'POST',
		path: '/on-call/maintenance',
		scope: 'manage',
		succeeds: [201],
		refuses: [422],
		summary: 'Add a maintenance window, in which pages of expected Alerts wait',
		takes: jsonBody(MaintenanceIn),
		gives: Maintenance,
		async handle({ services, caller, body }) {
			const window = parse(MaintenanceIn, readJson(body));
			const lengthMs = Date.parse(window.to) - Date.parse(window.from);
			const errors = [
				...(lengthMs <= 0 ? [{ path: 'to', message: 'must be later than from' }] : []),
				...(lengthMs > LONGEST_MS ? [{ path: 'to', message: 'must be within 14 days of from' }] : []),
				...(Date.parse(window.to) < Date.now() ? [{ path: 'to', message: 'must be in the future' }] : [])
			];
			if (errors.length > 0) throw new Problem(422, 'The window cannot be added; see errors', { errors });
			return {
				status: 201,
				body: await services.maintenance.add(requireSupplier(caller), window, caller.name)
			};
		}
	},
	{
		method: 'DELETE',
		path: '/on-call/maintenance/{id}',
		scope: 'manage',
		succeeds: [204],
		refuses: [404],
		summary: 'End a maintenance window now; the pages that it holds are sent',
		async handle({ services, caller, params }) {
			const id = params['id']!;
			if (!/^\d{1,9}$/.test(id) || !(await services.maintenance.end(requireSupplier(caller), id)))
				throw new Problem(404, 'No such maintenance window that has not ended');
			return { status: 204 };
		}
	}
];
