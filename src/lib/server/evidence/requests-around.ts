// The Service Requests around the Alerts of a batch, fetched at once: from the index, and from the record where the index
// cannot know.
import type pg from 'pg';
import type { ServiceRequest } from '#lib/domain/service-request.ts';
import { euiToBytes } from '#lib/server/postgres/database.ts';
import { requestsSince, type StoredAlert, type Surroundings } from './evidence-store.ts';
import type { RequestIndex } from './request-index.ts';

export interface Around {
	/** Those to the Devices that were asked for an Alert. */
	of(alert: StoredAlert): ServiceRequest[];
	all: readonly ServiceRequest[];
}

/** `ask`: to which Devices, and from which instant on (epoch ms). */
export async function requestsAround(
	client: pg.ClientBase,
	index: RequestIndex,
	{ alerts }: Pick<Surroundings, 'alerts'>,
	ask: (alert: StoredAlert) => { devices: readonly string[]; since: number }
): Promise<Around> {
	const asked = alerts.map((alert) => ({ alert, ...ask(alert) }));
	const devicesOf = new Map(asked.map(({ alert, devices }) => [alert.id, new Set(devices)]));
	const indexed = await index.recent(bytesOf(asked));
	// The record is asked where the index cannot know: it was emptied, or it does not reach back that far.
	const edge = indexed ? Date.now() - index.windowMs : Infinity;
	const beyond = asked.filter(({ since }) => since < edge);
	const all = indexed ?? [];
	if (beyond.length > 0) {
		const oldest = beyond.reduce((least, { since }) => Math.min(least, since), Infinity);
		all.push(...(await requestsSince(client, bytesOf(beyond), oldest)));
	}
	const byDevice = Map.groupBy(all, (request) => request.deviceId);
	return { all, of: (alert) => [...devicesOf.get(alert.id)!].flatMap((id) => byDevice.get(id) ?? []) };
}

const bytesOf = (asked: ReadonlyArray<{ devices: readonly string[] }>): Buffer[] =>
	[...new Set(asked.flatMap(({ devices }) => devices))].map(euiToBytes);
