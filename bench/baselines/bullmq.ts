// Measures the throughput of a queue without work: BullMQ with one job for each Alert, added one by one, and a worker
// that does nothing.
import { Queue, Worker } from 'bullmq';
import { bullConnection } from '#lib/server/jobs/queues.ts';
import { createLog } from '#lib/server/process/log.ts';
import { openRedis } from '#lib/server/process/redis.ts';
import { within } from '#lib/server/process/timeout.ts';
import { scratchRedis } from '../../launcher/scratch.ts';
import type { OnProgress } from '../progress.ts';
import type { Trace } from '../trace.ts';
import type { MeasureOptions } from './throughput.ts';

const QUEUE = 'explain-alert';
const CONCURRENT_JOBS = 100;
const WARM_UP_JOBS = 2000;

export interface QueueFigures {
	jobs: number;
	jobsPerSecond: number;
}

/** Measures jobs per second, from the first added job to the last completed job. Adding and working overlap. */
export async function measureBullmq({
	redisUrl,
	trace,
	seconds,
	onProgress
}: MeasureOptions & { redisUrl: string; trace: Trace }): Promise<QueueFigures> {
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
		concurrency: CONCURRENT_JOBS
	});
	worker.on('error', () => {});
	worker.on('completed', () => void (--left === 0 && finished()));
	stack.defer(() => within(2000, worker.close()));
	await worker.waitUntilReady();

	let added = 0;
	async function run(jobs: number, progress?: OnProgress): Promise<number> {
		left = jobs;
		const end = new Promise<void>((resolve) => (finished = resolve));
		const begin = performance.now();
		for (let done = 0; done < jobs; done += CONCURRENT_JOBS) {
			const window = Math.min(CONCURRENT_JOBS, jobs - done);
			await Promise.all(Array.from({ length: window }, () => queue.add(QUEUE, trace.alertAt(added++))));
			progress?.(done + window, jobs);
		}
		await end;
		return jobs / ((performance.now() - begin) / 1000);
	}

	const jobsPerSecond = await run(WARM_UP_JOBS);
	const jobs = Math.max(CONCURRENT_JOBS, Math.round(jobsPerSecond * seconds));
	return { jobs, jobsPerSecond: await run(jobs, onProgress) };
}
