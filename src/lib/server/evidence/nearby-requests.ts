// Finds the Service Requests near the Alerts of a batch, all at once. The index is read first. The database is read for
// times that the index does not cover.
import type pg from 'pg';
import type { ServiceRequest } from '#lib/domain/service-request.ts';
import { euiToBytes } from '#lib/server/postgres/eui-bytes.ts';
import type { AlertContext, StoredAlert } from './alert-context.ts';
import type { RequestIndex } from './request-index.ts';
import { requestsSince } from './stored-requests.ts';

export interface NearbyRequests {
	/** Returns the requests to the Devices that were searched for this Alert. */
	of(alert: StoredAlert): ServiceRequest[];
	all: readonly ServiceRequest[];
}

/** The Devices and the time from which the requests of one Alert are searched. */
interface Search {
	deviceIds: readonly string[];
	/** The earliest instant of the search (epoch ms). */
	since: number;
}

export async function findNearbyRequests(
	client: pg.ClientBase,
	index: RequestIndex,
	{ alerts }: Pick<AlertContext, 'alerts'>,
	searchOf: (alert: StoredAlert) => Search
): Promise<NearbyRequests> {
	const searches = alerts.map((alert) => ({ alert, ...searchOf(alert) }));
	const devicesOf = new Map(searches.map(({ alert, deviceIds }) => [alert.id, new Set(deviceIds)]));
	const indexed = await index.recent(bytesOf(searches));
	// If the index is incomplete or does not reach back far enough, the requests are read from the database.
	const indexStart = indexed ? Date.now() - index.windowMs : Infinity;
	const beyond = searches.filter(({ since }) => since < indexStart);
	const all = indexed ?? [];
	if (beyond.length > 0) {
		const since = beyond.reduce((least, search) => Math.min(least, search.since), Infinity);
		all.push(...(await requestsSince(client, bytesOf(beyond), since)));
	}
	const byDevice = Map.groupBy(all, (request) => request.deviceId);
	return { all, of: (alert) => [...devicesOf.get(alert.id)!].flatMap((id) => byDevice.get(id) ?? []) };
}

const bytesOf = (searches: readonly Search[]): Buffer[] =>
	[...new Set(searches.flatMap(({ deviceIds }) => deviceIds))].map(euiToBytes);
