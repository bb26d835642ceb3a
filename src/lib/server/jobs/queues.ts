// The doorbells: BullMQ jobs that carry the id of a committed `doorbell` row and nothing else. A lost or doubled job
// costs latency, never an Alert.
import { Queue, createNodeRedisClient } from 'bullmq';
import type { Log } from '#lib/server/process/log.ts';
import type { Redis } from '#lib/server/process/redis.ts';

export const JOBS = [
	'correlate-alerts',
	'correlate-again',
	'correlate-devices',
	'index-service-requests',
	'settle-pending',
	'what-if'
] as const;
export type Job = (typeof JOBS)[number];

/**
 * These work on whatever is due, so that of those rung for within so many ms one job is enough, whosever doorbell it
 * carries, and the worker begins a round no more often. Consoles are told of new Alerts twenty times a second; an
 * explanation that changes may come a little later.
 */
export const EVERY_MS = {
	'correlate-alerts': 50,
	'correlate-again': 250,
	'index-service-requests': 200,
	'settle-pending': 100
} as const satisfies Partial<Record<Job, number>>;
const GATHERED: ReadonlyMap<string, number> = new Map(Object.entries(EVERY_MS));

export interface JobData {
	doorbell?: string;
	/** Of the cause table, for a what-if. */
	version?: string;
}

/** Rings without waiting: the row is committed, so that the sweeper rings again where this fails. */
export type Ring = (job: Job, doorbell?: bigint) => void;

export const QUEUE_PREFIX = 'causeway';

/** How BullMQ shares a connection of the `redis` package. */
export const bullConnection = (redis: Redis) => createNodeRedisClient(redis as never);

export function createQueues(redis: Redis, log: Log) {
	const connection = bullConnection(redis);
	const queues = new Map(
		JOBS.map((job) => {
			const queue = new Queue<JobData>(job, {
				connection,
				prefix: QUEUE_PREFIX,
				defaultJobOptions: {
					removeOnComplete: true,
					removeOnFail: { count: 1000 },
					attempts: 8,
					backoff: { type: 'exponential', delay: 200, jitter: 0.5 }
				}
			});
			queue.on('error', (error) => log.debug({ job, error: error.message }, 'queue connection'));
			return [job, queue] as const;
		})
	);

	/** When each was last rung for, and the job that goes out at the end of the moment. */
	const rungAt = new Map<Job, number>();
	const held = new Map<Job, { timer: NodeJS.Timeout; send(): void }>();

	const ring: Ring = (job, doorbell) => {
		const moment = GATHERED.get(job);
		if (moment === undefined) return add(job, doorbell);
		if (held.has(job)) return;
		const send = (): void => {
			held.delete(job);
			rungAt.set(job, performance.now());
			add(job, doorbell);
		};
		const wait = (rungAt.get(job) ?? -Infinity) + moment - performance.now();
		if (wait <= 0) send();
		else held.set(job, { timer: setTimeout(send, wait), send });
	};

	function add(job: Job, doorbell?: bigint): void {
		queues
			.get(job)!
			.add(job, doorbell === undefined ? {} : { doorbell: doorbell.toString() })
			.catch((error: Error) =>
				log.warn({ job, error: error.message }, 'a doorbell was not rung; the sweeper will')
			);
	}

	return {
		ring,
		/** Has a draft of the cause table replayed; a call that is lost is made again (callForWhatIfs). */
		replay(version: string): void {
			queues
				.get('what-if')!
				.add('what-if', { version }, { deduplication: { id: version } })
				.catch((error: Error) => log.warn({ version, error: error.message }, 'a what-if was not called for'));
		},
		// `close()` waits for ever where Redis is gone (bullmq#4656), so it is raced with a limit.
		close(): Promise<void> {
			for (const { timer, send } of [...held.values()]) {
				clearTimeout(timer);
				send();
			}
			return within(2000, Promise.all([...queues.values()].map((queue) => queue.close())));
		}
	};
}

/** Waits for `work`, but no longer than `ms`. */
export async function within(ms: number, work: Promise<unknown>): Promise<void> {
	let timer: NodeJS.Timeout | undefined;
	const limit = new Promise<void>((resolve) => (timer = setTimeout(resolve, ms)));
	await Promise.race([
		work.then(
			() => {},
			() => {}
		),
		limit
	]);
	clearTimeout(timer);
}
