// Measures the memory of the index of recent Service Requests, with about three requests per Device as at the national
// load.
import { indexMemory } from './baselines/redis.ts';
import { formatNumber } from './format.ts';
import type { BenchContext, Task } from './report/rounds.ts';
import { createTrace } from './trace.ts';

const REQUESTS_PER_DEVICE = 3.3;
const SPREAD_HOURS = 48;

export function indexSize({ options, measured, testbed }: BenchContext): Task {
	const { indexedRequests: requests } = options.amounts;
	return {
		name: `index of ${formatNumber(requests)} Service Requests`,
		expectedSeconds: 3 + requests / 40_000,
		async run(onProgress) {
			const { redisUrl, databaseUrl } = (await testbed()).services;
			const trace = indexTrace(options.seed, requests);
			measured.index = await indexMemory({ redisUrl, databaseUrl, trace, onProgress });
			const { bytesPerRequest, putsPerSecond } = measured.index;
			return `${bytesPerRequest.toFixed(1)} B per request, ${formatNumber(putsPerSecond)} writes/s`;
		}
	};
}

/** Makes a trace with `requests` Service Requests, spread over Devices and over two days as at the national load. */
export const indexTrace = (seed: number, requests: number) =>
	createTrace({
		seed,
		devices: Math.round(requests / REQUESTS_PER_DEVICE),
		requests,
		now: Date.now(),
		requestsPerSecond: requests / (SPREAD_HOURS * 3600)
	});
