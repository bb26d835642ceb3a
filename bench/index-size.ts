// The memory that the index of recent Service Requests takes, at about three requests a Device as in the country.
import { indexMemory } from './baseline-redis.ts';
import type { Bench, Work } from './rounds.ts';
import { createTrace } from './trace.ts';
import { whole } from './wording.ts';

const REQUESTS_PER_DEVICE = 3.3;
const HOURS = 48;

export function indexSize({ options, measured, ground }: Bench): Work {
	const { indexed: requests } = options.amounts;
	return {
		name: `index of ${whole(requests)} Service Requests`,
		seconds: 3 + requests / 40_000,
		async run(onProgress) {
			const { redisUrl, databaseUrl } = (await ground()).services;
			const trace = indexTrace(options.seed, requests);
			measured.index = await indexMemory({ redisUrl, databaseUrl, trace, onProgress });
			const { bytesPerRequest, putsPerSecond } = measured.index;
			return `${bytesPerRequest.toFixed(1)} B each, ${whole(putsPerSecond)} puts/s`;
		}
	};
}

/** So many requests, spread over Devices and over two days as those of the country are. */
export const indexTrace = (seed: number, requests: number) =>
	createTrace({
		seed,
		devices: Math.round(requests / REQUESTS_PER_DEVICE),
		requests,
		now: Date.now(),
		requestsPerSecond: requests / (HOURS * 3600)
	});
