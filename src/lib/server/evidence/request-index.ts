// The Redis index of recent Service Requests per Device: written and read in batches, one function call each.
import { readFileSync } from 'node:fs';
import { RESP_TYPES } from 'redis';
import type { ServiceRequest } from '#lib/domain/service-request.ts';
import { bytesToEui, euiToBytes } from '#lib/server/postgres/eui-bytes.ts';
import type { Dictionary } from './dictionary.ts';
import type { Redis } from '#lib/server/process/redis.ts';
import { RECORD_BYTES, isReadable, readRecord, routeOf, userOf, writeRecord } from './request-record.ts';

const LIBRARY = readFileSync(new URL('request-index.lua', import.meta.url), 'utf8');
const ENTRY = 8 + RECORD_BYTES;
/** More on one Device within the window is a fault of the feed; the newest are kept. */
const MOST_PER_DEVICE = 2000;
/** Set when the index holds all that the record holds; gone when Redis was emptied. Changes with the layout. */
const MARKER = { key: 'causeway:index', value: 'complete-1' };

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

	/** Calls a function of the library; loads the library where this Redis has lost it. */
	async function call<T>(
		command: 'FCALL' | 'FCALL_RO',
		name: string,
		args: Array<string | Buffer>
	): Promise<T> {
		const send = () => binary.sendCommand<T>([command, name, '0', ...args]);
		try {
			return await send();
		} catch (error) {
			if (!String(error).includes('Function not found')) throw error;
			await redis.functionLoad(LIBRARY, { REPLACE: true });
			return send();
		}
	}

	return {
		windowMs,

		/** Puts the requests in; a later record of one request takes the place of the earlier. */
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
			const blob = Buffer.alloc(requests.length * ENTRY);
			requests.forEach((request, i) => {
				euiToBytes(request.deviceId).copy(blob, i * ENTRY);
				writeRecord(request, dictionary, blob, i * ENTRY + 8);
			});
			await call('FCALL', 'index_requests', [blob, String(windowMs), String(now), String(MOST_PER_DEVICE)]);
		},

		/** The requests kept for these Devices, or `null` where the index is not complete: ask the record then. */
		async recent(deviceIds: readonly Buffer[]): Promise<ServiceRequest[] | null> {
			if (deviceIds.length === 0) return [];
			const [marker, ...strings] = await call<Buffer[]>('FCALL_RO', 'recent_requests', [
				Buffer.concat(deviceIds)
			]);
			if (marker?.toString() !== MARKER.value) return null;
			const requests: ServiceRequest[] = [];
			for (const [i, string] of strings.entries()) {
				const deviceId = string.length > 0 ? bytesToEui(deviceIds[i]!) : '';
				for (let at = 0; at < string.length; at += RECORD_BYTES) {
					if (!isReadable(string, at, dictionary)) await dictionary.recall();
					requests.push(readRecord(deviceId, string, at, dictionary));
				}
			}
			return requests;
		},

		isComplete: async (): Promise<boolean> => (await redis.get(MARKER.key)) === MARKER.value,
		markComplete: async (): Promise<void> => void (await redis.set(MARKER.key, MARKER.value))
	};
}
