// Growth: the same measurement on a fresh Causeway while the index of recent Service Requests becomes larger.
import { createDictionary } from '#lib/server/evidence/dictionary.ts';
import { createLog } from '#lib/server/process/log.ts';
import { openRedis } from '#lib/server/process/redis.ts';
import { createRequestIndex } from '#lib/server/evidence/request-index.ts';
import { usedMemory } from './baseline-redis.ts';
import { median } from './figures.ts';
import { indexTrace } from './index-size.ts';
import { COUNTRY } from './report.ts';
import type { Bench, Told, Work } from './rounds.ts';
import type { Loaded } from './system.ts';
import type { Trace } from './trace.ts';
import { inMs, whole } from './wording.ts';

const BATCH = 500;
const LANES = 4;
const HOUR = 3_600_000;
const WINDOW_MS = 72 * HOUR;
/** Longer stages would put the requests of the measurement itself into the index. */
const PACED_SECONDS = 10;
/** The pace at one size is the median of so many stages: a slow minute of the machine is no growth. */
const TIMES = 3;

/** `reopen` gives a fresh Causeway: its index holds the requests that were sent to it and no others. */
export function growth(bench: Bench, reopen: (at: Told) => Promise<void>): Work[] {
	const { options, measured, trial } = bench;
	const { seed, amounts } = options;
	let indexed = 0;
	/** Bytes a request, by size of the index. */
	const grown = new Map<number, number | null>();

	const start: Work = {
		name: 'starting a fresh Causeway for growth',
		seconds: 8 + amounts.devices / 1000 + amounts.requests / 5000,
		async run(at) {
			await reopen(at);
			indexed = amounts.requests;
			return 'it is up';
		}
	};
	const at = (requests: number): Work[] => [
		{
			name: `filling the index up to ${whole(requests)} Service Requests`,
			seconds: requests / 40_000,
			async run(told) {
				const wanted = Math.max(0, requests - indexed);
				// Of other homes than those of the inventory, and the more of them the more requests there are.
				const trace = indexTrace(seed + requests, requests);
				const bytes = await fill(trial().system, trace, requests - wanted, requests, told);
				indexed = Math.max(indexed, requests);
				grown.set(requests, bytes);
				return bytes === null ? 'they are there' : `${bytes.toFixed(1)} B each`;
			}
		},
		{
			name: `with ${whole(requests)} Service Requests`,
			seconds: TIMES * (amounts.saturating + 4) + PACED_SECONDS + 4,
			async run(told) {
				const { saturate, pace } = trial();
				const paces: number[] = [];
				for (let i = 0; i < TIMES; i++)
					paces.push((await saturate('alertsBy1000', amounts.saturating, told)).alertsPerSecond);
				const alertsPerSecond = median(paces)!;
				const paced = await pace(
					`with ${whole(requests)} Service Requests indexed`,
					{
						alerts: COUNTRY.alertsPerSecond,
						requests: COUNTRY.serviceRequestsPerSecond,
						seconds: PACED_SECONDS
					},
					told
				);
				const p99Ms = paced.latencyMs!.p99;
				const bytesPerServiceRequest = grown.get(requests) ?? null;
				measured.growth.push({ requests, alertsPerSecond, p99Ms, bytesPerServiceRequest });
				return `${whole(alertsPerSecond)} Alerts/s, p99 ${inMs(p99Ms)}`;
			}
		}
	];
	return [start, ...options.growth.flatMap(at)];
}

/** Puts the requests `from` to `to` into the system's own index. Returns the bytes that each took; `null` where there are none. */
async function fill(
	system: Loaded,
	trace: Trace,
	from: number,
	to: number,
	told: Told
): Promise<number | null> {
	if (to === from) return null;
	await using stack = new AsyncDisposableStack();
	const redis = stack.adopt(await openRedis(system.redisUrl, createLog('silent', 'bench')), (r) =>
		r.destroy()
	);
	const index = createRequestIndex({
		redis,
		dictionary: createDictionary(system.pool),
		windowMs: WINDOW_MS
	});
	const before = await usedMemory(redis);
	let next = from;
	const lane = async (): Promise<void> => {
		while (next < to) {
			const first = next;
			next = Math.min(to, first + BATCH);
			await index.put(Array.from({ length: next - first }, (_, i) => trace.serviceRequestAt(first + i)));
			told(next - from, to - from);
		}
	};
	await Promise.all(Array.from({ length: LANES }, lane));
	return ((await usedMemory(redis)) - before) / (to - from);
}
