// Finds the Service Requests of many searches, all at once. The index is read first. The database is read for times that
// the index does not cover.
import type pg from 'pg';
import type { ServiceRequest } from '#lib/domain/service-request.ts';
import { euiToBytes } from '#lib/server/postgres/eui-bytes.ts';
import type { RequestIndex } from './request-index.ts';
import { requestsSince } from './stored-requests.ts';

export interface NearbyRequests {
	/** Returns the requests to the Devices of the search at this place in the list of searches. */
	of(place: number): ServiceRequest[];
	all: readonly ServiceRequest[];
}

/** The Devices and the time from which the requests of one Alert are searched. */
export interface Search {
	deviceIds: readonly string[];
	/** The earliest instant of the search (epoch ms). */
	since: number;
}

export async function findNearbyRequests(
	client: pg.ClientBase,
	index: RequestIndex,
	searches: readonly Search[]
): Promise<NearbyRequests> {
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
	return {
		all,
		of: (place) => [...new Set(searches[place]!.deviceIds)].flatMap((id) => byDevice.get(id) ?? [])
	};
}

const bytesOf = (searches: readonly Search[]): Buffer[] =>
	[...new Set(searches.flatMap(({ deviceIds }) => deviceIds))].map(euiToBytes);
