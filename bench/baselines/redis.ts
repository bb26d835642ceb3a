// Measures Causeway's own index of recent requests on Redis alone: lookups per second, and bytes of the index.
import { RESP_TYPES } from 'redis';
import { createDictionary } from '#lib/server/evidence/dictionary.ts';
import { createRequestIndex } from '#lib/server/evidence/request-index.ts';
import { euiToBytes } from '#lib/server/postgres/eui-bytes.ts';
import { migrate } from '#lib/server/postgres/migrate.ts';
import { openOwnerPool } from '#lib/server/postgres/session.ts';
import { createLog } from '#lib/server/process/log.ts';
import { openRedis, type Redis } from '#lib/server/process/redis.ts';
import { scratchDatabase, scratchRedis } from '../../launcher/scratch.ts';
import type { OnProgress } from '../progress.ts';
import type { Trace } from '../trace.ts';
import { inTwoHalves, measureThroughput, type MeasureOptions } from './throughput.ts';

export const INDEX_BATCH_SIZE = 500;
/** Batches that are written to the index at the same time. */
export const INDEX_LANES = 4;
export const INDEX_WINDOW_MS = 72 * 3_600_000;

export interface IndexSource {
	redisUrl: string;
	/** The database of the dictionary, which maps ids of the index to small numbers. */
	databaseUrl: string;
	trace: Trace;
	/** Number of requests of the trace to put into the index. Default: all requests before `now` of the trace. */
	requests?: number;
}

export interface IndexMemory {
	requests: number;
	bytesPerRequest: number;
	usedMiB: number;
	putsPerSecond: number;
}

export interface LookupFigures {
	requests: number;
	/** Devices looked up per second by the Redis function alone, without decoding the answer. */
	lookupsPerSecond: number;
	/** Devices looked up per second through Causeway's own reader, which decodes the answer. */
	readLookupsPerSecond: number;
	/** Mean number of requests of a Device, over the Devices looked up. */
	requestsPerDevice: number;
}

/** Fills a scratch index and returns its memory use. */
export async function indexMemory(source: IndexSource & { onProgress?: OnProgress }): Promise<IndexMemory> {
	await using filledIndex = await openIndex(source);
	return await filledIndex.fill(source.onProgress);
}

/** Looks up the Devices of the trace's Alerts in a filled index: 500 Devices a call, four calls in flight. */
export async function measureRedisLookups(source: IndexSource & MeasureOptions): Promise<LookupFigures> {
	await using filledIndex = await openIndex(source);
	const { requests } = await filledIndex.fill();
	const { index, redis } = filledIndex;
	const { trace, seconds, onProgress } = source;
	const binary = redis.withTypeMapping({ [RESP_TYPES.BLOB_STRING]: Buffer });
	let next = 0;
	const devices = (): Buffer[] =>
		Array.from({ length: INDEX_BATCH_SIZE }, () => euiToBytes(trace.alertAt(next++).deviceId));
	// The ids are prepared before the measurement, so that the measurement covers Redis only.
	const blobs = Array.from({ length: 200 }, () => Buffer.concat(devices()));
	let turn = 0;
	let [read, found] = [0, 0];

	const bare = async (): Promise<number> => {
		const blob = blobs[turn++ % blobs.length]!;
		await binary.sendCommand(['FCALL_RO', 'recent_requests', '0', blob]);
		return INDEX_BATCH_SIZE;
	};
	const viaReader = async (): Promise<number> => {
		const recent = await index.recent(devices());
		if (recent === null)
			throw new Error(
				'the index of the benchmark is not marked complete; it was emptied during the measurement'
			);
		read += INDEX_BATCH_SIZE;
		found += recent.length;
		return INDEX_BATCH_SIZE;
	};
	const [first, second] = inTwoHalves({ seconds, onProgress });
	const lookupsPerSecond = await measureThroughput(INDEX_LANES, bare, first);
	const readLookupsPerSecond = await measureThroughput(INDEX_LANES, viaReader, second);
	return { requests, lookupsPerSecond, readLookupsPerSecond, requestsPerDevice: found / read };
}

/** Opens an empty index on a scratch Redis and a scratch database. */
async function openIndex({ redisUrl, databaseUrl, trace, requests = trace.requests }: IndexSource) {
	await using stack = new AsyncDisposableStack();
	const database = stack.adopt(await scratchDatabase(databaseUrl, 'bench'), (s) => s.drop());
	await migrate(database.url);
	const pool = stack.adopt(openOwnerPool(database.url, 2), (p) => p.end());
	const scratch = stack.adopt(await scratchRedis(redisUrl, 'bench'), (s) => s.drop());
	const redis = stack.adopt(await openRedis(scratch.url, createLog('silent', 'bench')), (r) => r.destroy());
	const index = createRequestIndex({ redis, dictionary: createDictionary(pool), windowMs: INDEX_WINDOW_MS });
	const opened = stack.move();

	const put = (from: number, to: number): Promise<void> =>
		index.put(Array.from({ length: to - from }, (_, i) => trace.serviceRequestAt(from + i)));

	async function fill(onProgress?: OnProgress): Promise<IndexMemory> {
		// The first batch loads the Redis functions and fills the dictionary. The measurement begins after this batch.
		const first = Math.min(INDEX_BATCH_SIZE, Math.floor(requests / 2));
		await put(0, first);
		const before = await usedMemoryBytes(redis);
		const begin = performance.now();
		let next = first;
		const lane = async (): Promise<void> => {
			while (next < requests) {
				const from = next;
				next = Math.min(requests, from + INDEX_BATCH_SIZE);
				await put(from, next);
				if (from % (40 * INDEX_BATCH_SIZE) === 0) onProgress?.(next, requests);
			}
		};
		await Promise.all(Array.from({ length: INDEX_LANES }, lane));
		const tookSeconds = (performance.now() - begin) / 1000;
		const usedBytes = (await usedMemoryBytes(redis)) - before;
		await index.endFilling(await index.beginFilling());
		onProgress?.(requests, requests);
		return {
			requests,
			bytesPerRequest: usedBytes / (requests - first),
			usedMiB: usedBytes / 1024 / 1024,
			putsPerSecond: (requests - first) / tookSeconds
		};
	}

	return { index, redis, fill, [Symbol.asyncDispose]: () => opened.disposeAsync() };
}

export async function usedMemoryBytes(redis: Redis): Promise<number> {
	return Number(/used_memory:(\d+)/.exec(await redis.info('memory'))?.[1]);
}
