// Finds the Service Requests near the Alerts of a batch, all at once: in the index, and in the database where the index
// cannot know them.
import type pg from 'pg';
import type { ServiceRequest } from '#lib/domain/service-request.ts';
import { euiToBytes } from '#lib/server/postgres/eui-bytes.ts';
import type { AlertContext, StoredAlert } from './alert-context.ts';
import type { RequestIndex } from './request-index.ts';
import { requestsSince } from './stored-requests.ts';

export interface NearbyRequests {
	/** The requests to the Devices that were asked for this Alert. */
	of(alert: StoredAlert): ServiceRequest[];
	all: readonly ServiceRequest[];
}

/** Where the requests of one Alert are looked for. */
interface Search {
	deviceIds: readonly string[];
	/** Epoch ms. */
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
	// The index was emptied, or does not reach back that far: then the database is asked.
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
