// Writes and reads the Redis index: the recent Service Requests of each Device. One call of a Redis function handles a
// whole batch.
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { RESP_TYPES } from 'redis';
import type { ServiceRequest } from '#lib/domain/service-request.ts';
import { bytesToEui, euiToBytes } from '#lib/server/postgres/eui-bytes.ts';
import { callFunction } from '#lib/server/process/redis-function.ts';
import type { Redis } from '#lib/server/process/redis.ts';
import type { Dictionary } from './dictionary.ts';
import { RECORD_BYTES, isReadable, readRecord, routeOf, userOf, writeRecord } from './request-record.ts';

const LIBRARY = readFileSync(new URL('request-index.lua', import.meta.url), 'utf8');
const DEVICE_ID_BYTES = 8;
const ENTRY_BYTES = DEVICE_ID_BYTES + RECORD_BYTES;
/**
 * The greatest number of requests to a Device that the index stores. More requests within the window are a fault of the
 * audit data, and then only the newest are stored.
 */
const MAX_REQUESTS_PER_DEVICE = 2000;
/**
 * The marker of a complete index, which holds all requests of the window that the database holds. If Redis was emptied,
 * the marker is gone. The value of the marker changes with the layout of the index.
 */
const MARKER = { key: 'causeway:index', value: 'complete-1' };
/** Names the filling of the index that runs. If Redis was emptied during the filling, the key is gone. */
const FILLING_KEY = 'causeway:index-filling';

export type RequestIndex = ReturnType<typeof createRequestIndex>;

export function createRequestIndex({
	redis,
	dictionary,
	windowMs
}: {
	redis: Redis;
	dictionary: Dictionary;
	windowMs: number;
}) {
	const binary = redis.withTypeMapping({ [RESP_TYPES.BLOB_STRING]: Buffer });

	const call = <T>(command: 'FCALL' | 'FCALL_RO', name: string, args: Array<string | Buffer>): Promise<T> =>
		callFunction<T>(binary, LIBRARY, command, name, args);

	return {
		windowMs,

		/** Adds the requests to the index. A later record of a request replaces the earlier record. */
		async put(requests: readonly ServiceRequest[], now = Date.now()): Promise<void> {
			if (requests.length === 0) return;
			await dictionary.learn('route', requests.map(routeOf));
			await dictionary.learn('user', requests.map(userOf));
			await dictionary.learn(
				'variant',
				requests.map((r) => r.serviceReferenceVariant)
			);
			await dictionary.learn(
				'response-code',
				requests.flatMap((r) => r.responseCode ?? [])
			);
			const blob = Buffer.alloc(requests.length * ENTRY_BYTES);
			requests.forEach((request, i) => {
				euiToBytes(request.deviceId).copy(blob, i * ENTRY_BYTES);
				writeRecord(request, dictionary, blob, i * ENTRY_BYTES + DEVICE_ID_BYTES);
			});
			await call('FCALL', 'index_requests', [
				blob,
				String(windowMs),
				String(now),
				String(MAX_REQUESTS_PER_DEVICE)
			]);
		},

		/**
		 * Returns the indexed requests to these Devices. `null`: the index is not complete, so the caller must read the
		 * database.
		 */
		async recent(deviceIds: readonly Buffer[]): Promise<ServiceRequest[] | null> {
			if (deviceIds.length === 0) return [];
			const [marker, ...stored] = await call<Buffer[]>('FCALL_RO', 'recent_requests', [
				Buffer.concat(deviceIds)
			]);
			if (marker?.toString() !== MARKER.value) return null;
			const requests: ServiceRequest[] = [];
			for (const [i, records] of stored.entries()) {
				const deviceId = records.length > 0 ? bytesToEui(deviceIds[i]!) : '';
				for (let at = 0; at < records.length; at += RECORD_BYTES) {
					if (!isReadable(records, at, dictionary)) await dictionary.recall();
					requests.push(readRecord(deviceId, records, at, dictionary));
				}
			}
			return requests;
		},

		isComplete: async (): Promise<boolean> => (await redis.get(MARKER.key)) === MARKER.value,

		/** Marks the index incomplete until `endFilling`, so that readers use the database. Returns the name of the filling. */
		async beginFilling(): Promise<string> {
			const filling = randomUUID();
			await redis.multi().del(MARKER.key).set(FILLING_KEY, filling).exec();
			return filling;
		},

		/**
		 * Marks the index complete. Returns `false` if Redis was emptied since `beginFilling`, or if another filling has
		 * begun. The index then stays incomplete.
		 */
		endFilling: async (filling: string): Promise<boolean> =>
			(await call<number>('FCALL', 'end_filling', [MARKER.key, MARKER.value, FILLING_KEY, filling])) === 1
	};
}
