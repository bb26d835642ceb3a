// What Redis alone can do with the product's own index of recent requests, and what the index costs in memory.
import pg from 'pg';
import { RESP_TYPES } from 'redis';
import { euiToBytes } from '#lib/server/postgres/eui-bytes.ts';
import { createDictionary } from '#lib/server/evidence/dictionary.ts';
import { createLog } from '#lib/server/process/log.ts';
import { migrate } from '#lib/server/postgres/migrate.ts';
import { openRedis, type Redis } from '#lib/server/process/redis.ts';
import { createRequestIndex } from '#lib/server/evidence/request-index.ts';
import { scratchDatabase, scratchRedis } from '../launcher/scratch.ts';
import { throughput, type Measuring } from './throughput.ts';
import type { Trace } from './trace.ts';

const BATCH = 500;
/** Batches in flight. */
const LANES = 4;
const WINDOW_MS = 72 * 3_600_000;

export interface Grounds {
	redisUrl: string;
	/** The index takes its small numbers from the record. */
	databaseUrl: string;
	trace: Trace;
	/** So many requests of the trace are put in; all of its past by default. */
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
	/** Devices a second by the bare function call, nothing read of what it answers. */
	lookupsPerSecond: number;
	/** Devices a second through the product's reader. */
	readLookupsPerSecond: number;
	/** Requests that a Device has, in the mean of those looked up. */
	requestsPerDevice: number;
}

/** Fills an index of its own and tells what it takes. */
export async function indexMemory(
	grounds: Grounds & { onProgress?: Measuring['onProgress'] }
): Promise<IndexMemory> {
	await using ground = await openIndex(grounds);
	return await ground.fill(grounds.onProgress);
}

/** Looks up the Devices of the trace's Alerts in a filled index, 500 a call and four calls in flight. */
export async function measureRedisLookups(grounds: Grounds & Measuring): Promise<LookupFigures> {
	await using ground = await openIndex(grounds);
	const { requests } = await ground.fill();
	const { index, redis } = ground;
	const { trace, seconds, onProgress } = grounds;
	const binary = redis.withTypeMapping({ [RESP_TYPES.BLOB_STRING]: Buffer });
	let next = 0;
	const devices = (): Buffer[] =>
		Array.from({ length: BATCH }, () => euiToBytes(trace.alertAt(next++).deviceId));
	// Made beforehand: what is measured is Redis.
	const blobs = Array.from({ length: 200 }, () => Buffer.concat(devices()));
	let turn = 0;
	let [read, found] = [0, 0];

	const bare = async (): Promise<number> => {
		const blob = blobs[turn++ % blobs.length]!;
		await binary.sendCommand(['FCALL_RO', 'recent_requests', '0', blob]);
		return BATCH;
	};
	const through = async (): Promise<number> => {
		const recent = await index.recent(devices());
		if (recent === null) throw new Error('the index of the benchmark is not complete');
		read += BATCH;
		found += recent.length;
		return BATCH;
	};
	const part = (before: number): Measuring => ({
		seconds,
		onProgress: (done, total) => onProgress?.(before * total + done, 2 * total)
	});
	const lookupsPerSecond = await throughput(LANES, bare, part(0));
	const readLookupsPerSecond = await throughput(LANES, through, part(1));
	return { requests, lookupsPerSecond, readLookupsPerSecond, requestsPerDevice: found / read };
}

/** An empty index on a Redis and a record of its own. */
async function openIndex({ redisUrl, databaseUrl, trace, requests = trace.requests }: Grounds) {
	await using stack = new AsyncDisposableStack();
	const database = stack.adopt(await scratchDatabase(databaseUrl, 'bench'), (s) => s.drop());
	await migrate(database.url);
	const pool = stack.adopt(new pg.Pool({ connectionString: database.url, max: 2 }), (p) => p.end());
	pool.on('error', () => {});
	const scratch = stack.adopt(await scratchRedis(redisUrl, 'bench'), (s) => s.drop());
	const redis = stack.adopt(await openRedis(scratch.url, createLog('silent', 'bench')), (r) => r.destroy());
	const index = createRequestIndex({ redis, dictionary: createDictionary(pool), windowMs: WINDOW_MS });
	const held = stack.move();

	const put = (from: number, to: number): Promise<void> =>
		index.put(Array.from({ length: to - from }, (_, i) => trace.serviceRequestAt(from + i)));

	async function fill(onProgress?: Measuring['onProgress']): Promise<IndexMemory> {
		// The first batch loads the functions and teaches the dictionary; what is measured begins after it.
		const first = Math.min(BATCH, Math.floor(requests / 2));
		await put(0, first);
		const before = await usedMemory(redis);
		const begin = performance.now();
		let next = first;
		const lane = async (): Promise<void> => {
			while (next < requests) {
				const from = next;
				next = Math.min(requests, from + BATCH);
				await put(from, next);
				if (from % (40 * BATCH) === 0) onProgress?.(next, requests);
			}
		};
		await Promise.all(Array.from({ length: LANES }, lane));
		const took = (performance.now() - begin) / 1000;
		const used = (await usedMemory(redis)) - before;
		await index.markComplete();
		onProgress?.(requests, requests);
		return {
			requests,
			bytesPerRequest: used / (requests - first),
			usedMiB: used / 1024 / 1024,
			putsPerSecond: (requests - first) / took
		};
	}

	return { index, redis, fill, [Symbol.asyncDispose]: () => held.disposeAsync() };
}

export async function usedMemory(redis: Redis): Promise<number> {
	return Number(/used_memory:(\d+)/.exec(await redis.info('memory'))?.[1]);
}
