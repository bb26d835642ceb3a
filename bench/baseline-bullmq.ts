// What a queue alone can do: BullMQ with one job for each Alert, added one by one, and a worker that does nothing.
import { Queue, Worker } from 'bullmq';
import { createLog } from '#lib/server/process/log.ts';
import { bullConnection } from '#lib/server/jobs/queues.ts';
import { within } from '#lib/server/process/timeout.ts';
import { openRedis } from '#lib/server/process/redis.ts';
import { scratchRedis } from '../launcher/scratch.ts';
import type { Measuring } from './throughput.ts';
import type { Trace } from './trace.ts';

const QUEUE = 'explain-alert';
const AT_ONCE = 100;
const WARM_UP_JOBS = 2000;

export interface QueueFigures {
	jobs: number;
	jobsPerSecond: number;
}

/** From the first job added to the last completed, while adding and working go on together. */
export async function measureBullmq({
	redisUrl,
	trace,
	seconds,
	onProgress
}: Measuring & { redisUrl: string; trace: Trace }): Promise<QueueFigures> {
	await using stack = new AsyncDisposableStack();
	const scratch = stack.adopt(await scratchRedis(redisUrl, 'bench'), (s) => s.drop());
	const log = createLog('silent', 'bench');
	const adding = stack.adopt(await openRedis(scratch.url, log), (redis) => redis.destroy());
	const working = stack.adopt(await openRedis(scratch.url, log), (redis) => redis.destroy());
	const queue = new Queue(QUEUE, {
		connection: bullConnection(adding),
		prefix: 'bench',
		defaultJobOptions: { removeOnComplete: true, removeOnFail: true }
	});
	queue.on('error', () => {});
	stack.defer(() => within(2000, queue.close()));

	let finished: () => void = () => {};
	let left = 0;
	const worker = new Worker(QUEUE, () => Promise.resolve(), {
		connection: bullConnection(working),
		prefix: 'bench',
		concurrency: AT_ONCE
	});
	worker.on('error', () => {});
	worker.on('completed', () => void (--left === 0 && finished()));
	stack.defer(() => within(2000, worker.close()));
	await worker.waitUntilReady();

	let added = 0;
	async function run(jobs: number, progress?: Measuring['onProgress']): Promise<number> {
		left = jobs;
		const end = new Promise<void>((resolve) => (finished = resolve));
		const begin = performance.now();
		for (let done = 0; done < jobs; done += AT_ONCE) {
			const window = Math.min(AT_ONCE, jobs - done);
			await Promise.all(Array.from({ length: window }, () => queue.add(QUEUE, trace.alertAt(added++))));
			progress?.(done + window, jobs);
		}
		await end;
		return jobs / ((performance.now() - begin) / 1000);
	}

	const pace = await run(WARM_UP_JOBS);
	const jobs = Math.max(AT_ONCE, Math.round(pace * seconds));
	return { jobs, jobsPerSecond: await run(jobs, onProgress) };
}
