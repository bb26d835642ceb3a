// Creates the BullMQ queues. A job carries only the id of a stored row or the version of a cause table. So a lost or
// repeated job costs time, and never an Alert or a page.
import { Queue, createNodeRedisClient } from 'bullmq';
import type { Log } from '#lib/server/process/log.ts';
import type { Redis } from '#lib/server/process/redis.ts';
import { within } from '#lib/server/process/timeout.ts';

export const JOBS = [
	'correlate-alerts',
	'correlate-again',
	'correlate-devices',
	'index-service-requests',
	'settle-pending',
	'what-if',
	'deliver-page',
	'escalate-page',
	'run-selection'
] as const;
export type Job = (typeof JOBS)[number];

/**
 * The shortest time between two runs of a job, in ms. Each run of these jobs takes waiting doorbells, whatever doorbell
 * its job carries. So one job in this time is enough. Consoles get new Alerts 50 times a second, and a changed
 * explanation may come a little later.
 */
export const EVERY_MS = {
	'correlate-alerts': 20,
	'correlate-again': 250,
	'index-service-requests': 200,
	'settle-pending': 100
} as const satisfies Partial<Record<Job, number>>;
const LEAST_MS_BETWEEN: ReadonlyMap<string, number> = new Map(Object.entries(EVERY_MS));

export interface JobData {
	/** The id of a doorbell; absent for a job that needs no doorbell to find its work. */
	doorbell?: string;
	/** The version of the cause table that a what-if replays; absent for other jobs. */
	version?: string;
	/** The id of a delivery that is due; absent for other jobs. */
	delivery?: string;
	/** The page that escalates, and the step at which it waits; absent for other jobs. */
	page?: string;
	step?: number;
	/** The selection whose action the job carries out; absent for other jobs. */
	selection?: string;
}

/**
 * Enqueues a job without waiting. Call this function after the commit of the doorbell. If the call fails, the sweeper, or a
 * timer of the worker for a job without a doorbell, enqueues the job again.
 */
export type Enqueue = (job: Job, doorbell?: bigint) => void;

export const QUEUE_PREFIX = 'causeway';

/** Creates a BullMQ connection that shares a connection of the `redis` package. */
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

	/**
	 * `sentAt`: the time at which each job was last sent (`performance.now`). `delayed`: the jobs that wait for their
	 * turn, each with its timer.
	 */
	const sentAt = new Map<Job, number>();
	const delayed = new Map<Job, { timer: NodeJS.Timeout; send(): void }>();

	const enqueue: Enqueue = (job, doorbell) => {
		const everyMs = LEAST_MS_BETWEEN.get(job);
		if (everyMs === undefined) return add(job, doorbell);
		if (delayed.has(job)) return;
		const send = (): void => {
			delayed.delete(job);
			sentAt.set(job, performance.now());
			add(job, doorbell);
		};
		const waitMs = (sentAt.get(job) ?? -Infinity) + everyMs - performance.now();
		if (waitMs <= 0) send();
		else delayed.set(job, { timer: setTimeout(send, waitMs), send });
	};

	function add(job: Job, doorbell?: bigint): void {
		queues
			.get(job)!
			.add(job, doorbell === undefined ? {} : { doorbell: doorbell.toString() })
			.catch((error: Error) =>
				log.warn({ job, error: error.message }, 'the job was not enqueued; the sweeper enqueues it again')
			);
	}

	/** Enqueues a job, unless a job with this id waits or runs. */
	function addOnce(job: Job, data: JobData, id: string): void {
		queues
			.get(job)!
			.add(job, data, { deduplication: { id } })
			.catch((error: Error) =>
				log.warn(
					{ job, ...data, error: error.message },
					'the job was not enqueued; a worker enqueues it again'
				)
			);
	}

	function addOnCall(job: Job, data: JobData, delayMs: number): void {
		queues
			.get(job)!
			.add(job, data, { delay: Math.max(0, Math.round(delayMs)), attempts: 1 })
			.catch((error: Error) =>
				log.warn(
					{ job, ...data, error: error.message },
					'the job was not enqueued; a worker enqueues it again'
				)
			);
	}

	return {
		enqueue,
		/**
		 * Enqueues the replay of a draft of the cause table. If the job is lost, `enqueueLostWhatIfs` enqueues the
		 * replay again.
		 */
		enqueueReplay: (version: string): void => addOnce('what-if', { version }, version),
		/**
		 * Enqueues the action on a selection. If the job is lost, `runLostSelections` enqueues the action again.
		 */
		runSelection: (id: string): void => addOnce('run-selection', { selection: id }, id),
		/** The jobs of on call. A timer of the worker enqueues lost jobs again, by the rows of PostgreSQL. */
		onCall: {
			/** Sends a delivery after `delayMs`. */
			deliver(deliveryId: bigint, delayMs = 0): void {
				addOnCall('deliver-page', { delivery: deliveryId.toString() }, delayMs);
			},
			/** Escalates a page that still waits at `step` after `delayMs`. */
			escalate(pageId: bigint, step: number, delayMs: number): void {
				addOnCall('escalate-page', { page: pageId.toString(), step }, delayMs);
			}
		},
		// `close()` never ends if Redis is gone (bullmq#4656), so the wait has a limit of 2 s.
		close(): Promise<void> {
			for (const { timer, send } of [...delayed.values()]) {
				clearTimeout(timer);
				send();
			}
			return within(2000, Promise.all([...queues.values()].map((queue) => queue.close())));
		}
	};
}
