// A process that does the work of on call as the worker does, and kills itself with SIGKILL at the point that
// CRASH_POINT names. `none`: the process works until it is stopped.
import { Worker } from 'bullmq';
import pg from 'pg';
import { QUEUE_PREFIX, type JobData } from '#lib/server/jobs/queues.ts';
import { loadConfig } from '#lib/server/process/config.ts';
import { openWorkerServices } from '#lib/server/services.ts';
import { onCallDeps } from '#lib/server/worker-deps.ts';
import { onCallJobs, onCallTimers } from '../../workers/on-call.ts';

/** Where the process ends. Between every two of these points, nothing that outlasts the process happens. */
export const CRASH_POINTS = [
	'before-commit',
	'before-enqueue',
	'after-enqueue',
	'before-send',
	'after-send',
	'after-note'
] as const;
export type CrashPoint = (typeof CRASH_POINTS)[number];

/** Timers run more often than in the worker, so that a test of many kills ends soon. */
const MOST_MS = 150;

if (process.env['CRASH_POINT']) await work(process.env['CRASH_POINT'] as CrashPoint | 'none');

async function work(point: CrashPoint | 'none'): Promise<void> {
	const services = await openWorkerServices(loadConfig());
	const crash = (here: CrashPoint): void => {
		if (here === point) process.kill(process.pid, 'SIGKILL');
	};
	const deps = onCallDeps(services);
	const crashing = {
		...deps,
		leaseSeconds: 1,
		jobs: {
			deliver(id: bigint, delayMs?: number): void {
				crash('before-enqueue');
				deps.jobs.deliver(id, delayMs);
			},
			escalate(id: bigint, step: number, delayMs: number): void {
				crash('before-enqueue');
				deps.jobs.escalate(id, step, delayMs);
			}
		},
		async publishPages(changes: Parameters<typeof deps.publishPages>[0]): Promise<void> {
			if (changes.length > 0) crash('after-enqueue');
			await deps.publishPages(changes);
		},
		send: {
			...deps.send,
			async post(request: Parameters<typeof deps.send.post>[0]) {
				crash('before-send');
				const answer = await deps.send.post(request);
				crash('after-send');
				return answer;
			}
		}
	};
	// The process ends just before a commit that has written something, or just after the note of a try.
	const send = pg.Client.prototype.query as (...args: unknown[]) => unknown;
	let hasWritten = false;
	let hasNoted = false;
	pg.Client.prototype.query = function (this: pg.Client, ...args: unknown[]) {
		const [statement] = args as [string | { name?: string }];
		const name = typeof statement === 'string' ? statement : (statement?.name ?? '');
		if (name === 'commit' && hasWritten) crash('before-commit');
		if (/^(insert-page|tell-|take-delivery|note-try)/.test(name)) hasWritten = true;
		const result = send.apply(this, args);
		if (name === 'note-try') hasNoted = true;
		else if (name === 'commit' && hasNoted) void Promise.resolve(result).then(() => crash('after-note'));
		return result;
	} as typeof pg.Client.prototype.query;

	for (const [name, { concurrency, run }] of Object.entries(onCallJobs(crashing)))
		new Worker<JobData, number>(name, (job) => run(job.data), {
			connection: services.connection,
			prefix: QUEUE_PREFIX,
			concurrency,
			lockDuration: 5000,
			stalledInterval: 2000,
			maxStalledCount: 1000
		}).on('error', () => {});
	onCallTimers(crashing, (ms, _what, run) =>
		setInterval(() => void run().catch(() => {}), Math.min(ms, MOST_MS))
	);
	process.send?.('ready');
}
