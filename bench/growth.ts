// Measures throughput and latency of a fresh Causeway while the index of recent Service Requests grows.
import { createDictionary } from '#lib/server/evidence/dictionary.ts';
import { createRequestIndex } from '#lib/server/evidence/request-index.ts';
import { createLog } from '#lib/server/process/log.ts';
import { openRedis } from '#lib/server/process/redis.ts';
import { INDEX_BATCH_SIZE, INDEX_LANES, INDEX_WINDOW_MS, usedMemoryBytes } from './baselines/redis.ts';
import { median } from './figures.ts';
import { formatMs, formatNumber } from './format.ts';
import { indexTrace } from './index-size.ts';
import { NATIONAL_LOAD } from './national-load.ts';
import type { OnProgress } from './progress.ts';
import type { BenchContext, Task } from './report/rounds.ts';
import type { LoadedSystem } from './system.ts';
import type { Trace } from './trace.ts';

/** Length of a stage at a fixed rate. The stage is short, because its own requests enlarge the index. */
const FIXED_RATE_SECONDS = 10;
/**
 * The throughput at one size is the median of this many stages, so that one slow minute of the machine does not count.
 */
const STAGES_PER_SIZE = 3;

/** Lists the tasks of this part. `reopen` starts a fresh Causeway, whose index holds only the requests sent to it. */
export function growth(bench: BenchContext, reopen: (onProgress: OnProgress) => Promise<void>): Task[] {
	const { options, measured, stageRunner } = bench;
	const { seed, amounts } = options;
	let indexed = 0;
	/** Bytes per request, by number of requests in the index. `null`: the index already had this number of requests. */
	const bytesBySize = new Map<number, number | null>();

	const start: Task = {
		name: 'starting a fresh Causeway with a small index',
		expectedSeconds: 8 + amounts.devices / 1000 + amounts.requests / 5000,
		async run(onProgress) {
			await reopen(onProgress);
			indexed = amounts.requests;
			return 'ready';
		}
	};
	const tasksAt = (requests: number): Task[] => [
		{
			name: `filling the index up to ${formatNumber(requests)} Service Requests`,
			expectedSeconds: requests / 40_000,
			async run(onProgress) {
				const wanted = Math.max(0, requests - indexed);
				// These requests belong to homes outside the inventory. More requests belong to more homes.
				const trace = indexTrace(seed + requests, requests);
				const bytes = await fill(stageRunner().system, trace, requests - wanted, requests, onProgress);
				indexed = Math.max(indexed, requests);
				bytesBySize.set(requests, bytes);
				return bytes === null ? 'the index already has this size' : `${bytes.toFixed(1)} B per request`;
			}
		},
		{
			name: `with ${formatNumber(requests)} Service Requests in the index`,
			expectedSeconds: STAGES_PER_SIZE * (amounts.saturatingSeconds + 4) + FIXED_RATE_SECONDS + 4,
			async run(onProgress) {
				const { saturate, runAtFixedRate } = stageRunner();
				const rates: number[] = [];
				for (let i = 0; i < STAGES_PER_SIZE; i++)
					rates.push((await saturate('alertsBy1000', amounts.saturatingSeconds, onProgress)).alertsPerSecond);
				const alertsPerSecond = median(rates)!;
				const atNationalLoad = await runAtFixedRate(
					`with ${formatNumber(requests)} Service Requests in the index`,
					{
						alerts: NATIONAL_LOAD.alertsPerSecond,
						requests: NATIONAL_LOAD.serviceRequestsPerSecond,
						seconds: FIXED_RATE_SECONDS
					},
					onProgress
				);
				const p99Ms = atNationalLoad.latencyMs!.p99;
				const bytesPerServiceRequest = bytesBySize.get(requests) ?? null;
				measured.growth.push({ requests, alertsPerSecond, p99Ms, bytesPerServiceRequest });
				return `${formatNumber(alertsPerSecond)} Alerts/s, p99 ${formatMs(p99Ms)}`;
			}
		}
	];
	return [start, ...options.growth.flatMap(tasksAt)];
}

/**
 * Puts the requests `from` to `to` into the system's own index. Returns the bytes per request, or `null` if there are
 * no such requests.
 */
async function fill(
	system: LoadedSystem,
	trace: Trace,
	from: number,
	to: number,
	onProgress: OnProgress
): Promise<number | null> {
	if (to === from) return null;
	await using stack = new AsyncDisposableStack();
	const redis = stack.adopt(await openRedis(system.redisUrl, createLog('silent', 'bench')), (r) =>
		r.destroy()
	);
	const index = createRequestIndex({
		redis,
		dictionary: createDictionary(system.pool),
		windowMs: INDEX_WINDOW_MS
	});
	const before = await usedMemoryBytes(redis);
	let next = from;
	const lane = async (): Promise<void> => {
		while (next < to) {
			const first = next;
			next = Math.min(to, first + INDEX_BATCH_SIZE);
			await index.put(Array.from({ length: next - first }, (_, i) => trace.serviceRequestAt(first + i)));
			onProgress(next - from, to - from);
		}
	};
	await Promise.all(Array.from({ length: INDEX_LANES }, lane));
	return ((await usedMemoryBytes(redis)) - before) / (to - from);
}
