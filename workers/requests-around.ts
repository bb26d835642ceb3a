// The Service Requests around the Alerts of a batch, fetched at once: from the index, and from the record where the index
// cannot know.
import type pg from 'pg';
import type { ServiceRequest } from '#lib/domain/service-request.ts';
import { euiToBytes } from '#lib/server/database.ts';
import { requestsSince, type StoredAlert, type Surroundings } from '#lib/server/evidence-store.ts';
import type { RequestIndex } from '#lib/server/request-index.ts';

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
	const wanted = new Map<string, Buffer>();
	const devicesOf = new Map<bigint, ReadonlySet<string>>();
	let oldest = Infinity;
	for (const alert of alerts) {
		const { devices, since } = ask(alert);
		devicesOf.set(alert.id, new Set(devices));
		oldest = Math.min(oldest, since);
		for (const id of devices) if (!wanted.has(id)) wanted.set(id, euiToBytes(id));
	}
	const devices = [...wanted.values()];
	const indexed = await index.recent(devices);
	// The record is asked where the index cannot know: it was emptied, or it does not reach back that far.
	const beyond = oldest < Date.now() - index.windowMs;
	const all = indexed ?? [];
	if (!indexed || beyond) all.push(...(await requestsSince(client, devices, oldest)));
	const byDevice = Map.groupBy(all, (request) => request.deviceId);
	return { all, of: (alert) => [...devicesOf.get(alert.id)!].flatMap((id) => byDevice.get(id) ?? []) };
}
