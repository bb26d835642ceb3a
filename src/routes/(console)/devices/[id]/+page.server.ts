// Loads one Device of the person's Supplier: its home, one page of its Alerts, its newest decisions, and one week of its
// Alerts and Service Requests.
import { error } from '@sveltejs/kit';
import { Eui64, Instant } from '#lib/domain/eui64.ts';
import { RecordId } from '#lib/domain/record-id.ts';
import { supplierOf } from '../../viewer-supplier.ts';
import * as messages from '#messages/devices.ts';
import type { PageServerLoad } from './$types';

const ALERTS_PER_PAGE = 25;
const DECISIONS_SHOWN = 10;
const WEEK_MS = 7 * 86_400_000;

export const load: PageServerLoad = async ({ locals, params, url }) => {
	const supplierId = supplierOf(locals.viewer);
	const { alerts, devices, timeline } = locals.services;
	const id = Eui64.safeParse(params.id);
	const device = id.success ? await devices.one(supplierId, id.data) : null;
	if (!device) error(404, messages.device_missing());

	const { deviceId } = device;
	const before = RecordId.safeParse(url.searchParams.get('before'));
	const until = Instant.safeParse(url.searchParams.get('until'));
	const to = until.success ? new Date(until.data) : new Date();
	const from = new Date(to.getTime() - WEEK_MS);
	const [page, decided, activity] = await Promise.all([
		alerts.page(supplierId, {
			device: deviceId,
			limit: ALERTS_PER_PAGE,
			...(before.success && { cursor: before.data })
		}),
		alerts.page(supplierId, { device: deviceId, decision: 'any', limit: DECISIONS_SHOWN }),
		timeline.of(supplierId, deviceId, from, to)
	]);
	return {
		device,
		page,
		decided,
		/** Whether the page shows the newest Alerts. */
		isNewest: !before.success,
		activity: {
			items: activity ?? [],
			from: from.toISOString(),
			to: to.toISOString(),
			endsNow: !until.success
		}
	};
};
