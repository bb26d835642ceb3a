// The worker process: runs the jobs of the queues, and the jobs that timers start.
import { availableParallelism } from 'node:os';
import { UnrecoverableError, Worker } from 'bullmq';
import { enqueueLostWhatIfs, whatIf } from '#lib/server/cause-table/replay.ts';
import { correlateAlerts } from '#lib/server/correlation/correlate-alerts.ts';
import { correlateDevices } from '#lib/server/correlation/correlate-devices.ts';
import { explainLearned } from '#lib/server/correlation/explain-learned.ts';
import { indexServiceRequests } from '#lib/server/correlation/index-service-requests.ts';
import { settlePending } from '#lib/server/correlation/settle-pending.ts';
import { createRunCheck } from '#lib/server/run-check/check-runs.ts';
import { fillRuns, sampleRuns } from '#lib/server/runs/fill-runs.ts';
import { reindex } from '#lib/server/evidence/reindex.ts';
import { createBatchRunner, type BatchWork } from '#lib/server/jobs/batch-runner.ts';
import { EVERY_MS, QUEUE_PREFIX, type Job, type JobData } from '#lib/server/jobs/queues.ts';
import { readFeedFaults } from '#lib/server/ingest/feed-state.ts';
import { sweep } from '#lib/server/jobs/sweep.ts';
import { learnEvidence } from '#lib/server/learning/learn-evidence.ts';
import { forgetSamples } from '#lib/server/learning/learned-counts.ts';
import { weighEvidence } from '#lib/server/learning/weigh-evidence.ts';
import { pageFeedFaults } from '#lib/server/on-call/pages/feed-faults.ts';
import { deleteOldPages } from '#lib/server/on-call/pages/old-pages.ts';
import { keepPartitions } from '#lib/server/postgres/keep-partitions.ts';
import { createLog } from '#lib/server/process/log.ts';
import { serveMetrics } from '#lib/server/process/metrics-server.ts';
import { writeMetrics } from '#lib/server/process/metrics.ts';
import { onStop } from '#lib/server/process/stop.ts';
import { within } from '#lib/server/process/timeout.ts';
import { countFailedJob, setFigures, workerRegistry } from '#lib/server/process/worker-metrics.ts';
import { readFigures } from '#lib/server/installation-figures.ts';
import { openWorkerServices } from '#lib/server/services.ts';
import { readyConfig, refuseStart } from '#lib/server/start-checks.ts';
import { deskDeps, onCallDeps, workerDeps } from '#lib/server/worker-deps.ts';
import { startHeartbeat } from './heartbeat.ts';
import { deskJobs, deskTimers } from './desk.ts';
import { onCallJobs, onCallTimers } from './on-call.ts';
import { createTimers } from './timers.ts';

const SECOND_MS = 1000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;
/** The longest time that a stopping worker process waits for its running jobs and timers, in ms. */
const STOP_LIMIT_MS = 8000;

const config = await readyConfig({ listens: false });
const log = createLog(config.logLevel, 'worker');
const services = await openWorkerServices(config, log).catch(refuseStart);
const { pool, index, runs, causeTable } = services;
const deps = workerDeps(services);
const onCall = onCallDeps(services);
const desk = deskDeps(services);

const inBatches = (job: keyof typeof EVERY_MS, mostAtOnce: number, work: BatchWork) =>
	createBatchRunner({ everyMs: EVERY_MS[job], mostAtOnce, work });

/**
 * The queues and their jobs. A job of a batch runner ends with the end of a batch that began after the job came. So
 * many jobs wait for the same batch.
 */
const jobs: Record<Job, { concurrency: number; run(data: JobData): Promise<number> }> = {
	'correlate-alerts': {
		concurrency: 20,
		run: inBatches('correlate-alerts', Math.max(2, availableParallelism()), (runAnother) =>
			correlateAlerts(deps, 'correlate-alerts', runAnother)
		)
	},
	'correlate-again': {
		concurrency: 20,
		run: inBatches('correlate-again', 2, (runAnother) => correlateAlerts(deps, 'correlate-again', runAnother))
	},
	'correlate-devices': { concurrency: 1, run: (data) => correlateDevices(deps, doorbellOf(data)) },
	'index-service-requests': {
		concurrency: 20,
		run: inBatches('index-service-requests', 2, (runAnother) => indexServiceRequests(deps, runAnother))
	},
	'settle-pending': { concurrency: 1, run: () => settlePending(deps) },
	'what-if': { concurrency: 1, run: (data) => whatIf(deps, versionOf(data)) },
	...onCallJobs(onCall),
	...deskJobs(desk)
};

function doorbellOf(data: JobData): bigint {
	if (data.doorbell === undefined || !/^\d+$/.test(data.doorbell))
		throw new UnrecoverableError('the job names no doorbell');
	return BigInt(data.doorbell);
}

function versionOf(data: JobData): string {
	if (data.version === undefined)
		throw new UnrecoverableError('the what-if names no version of the cause table');
	return data.version;
}

const workers = Object.entries(jobs).map(([name, { concurrency, run }]) => {
	const worker = new Worker<JobData, number>(name, (job) => run(job.data), {
		connection: services.connection,
		prefix: QUEUE_PREFIX,
		concurrency,
		// BullMQ notices a killed worker within seconds. Another worker takes over its jobs, however often that happens
		// to the same job.
		lockDuration: 5000,
		stalledInterval: 2000,
		maxStalledCount: 1000
	});
	worker.on('failed', (job, error) => {
		countFailedJob(name);
		log.error({ job: name, id: job?.id, attempts: job?.attemptsMade, error: error.message }, 'a job failed');
	});
	worker.on('error', (error) => log.debug({ job: name, error: error.message }, 'queue connection'));
	return worker;
});

const { every, stop: stopTimers } = createTimers(log);
every(2 * SECOND_MS, 'sweeping', () => sweep(deps));
every(SECOND_MS / 4, 'checking runs', createRunCheck(deps));
every(10 * SECOND_MS, 'sampling runs', () => sampleRuns(pool));
every(10 * SECOND_MS, 'cleaning the index of runs', runs.clean);
every(SECOND_MS, 'filling the index of runs', () => keepRuns());
every(2 * SECOND_MS, 'learning', () => learnEvidence(deps));
every(config.learnEveryMs, 'weighing learned evidence', () => weighEvidence(deps));
every(SECOND_MS, 'explaining again by learned patterns', () => explainLearned(deps));
every(10 * MINUTE_MS, 'deleting old samples', () => forgetSamples(pool));
every(10 * SECOND_MS, 'settling', () => settlePending(deps));
every(5 * SECOND_MS, 'filling the index', () => keepIndex());
every(2 * SECOND_MS, 'reading the active cause table', async () => {
	const version = await causeTable.refresh();
	if (version) log.info({ version }, 'another cause table is active');
});
every(10 * SECOND_MS, 'looking for lost what-ifs', () => enqueueLostWhatIfs(deps));
onCallTimers(onCall, every);
deskTimers(desk, every);
every(15 * SECOND_MS, 'paging about the feeds', () =>
	pageFeedFaults(onCall, (supplierId) => readFeedFaults(pool, supplierId, config.feedSilentSeconds))
);
every(6 * HOUR_MS, 'deleting old pages', () => deleteOldPages(pool, config.retentionDays));
every(6 * HOUR_MS, 'keeping the partitions', async () => {
	const dropped = await keepPartitions(config.databaseUrl, config.retentionDays, Date.now());
	if (dropped.length > 0) log.info({ dropped }, 'dropped partitions older than the retention');
});

/**
 * Fills an index in Redis if Redis has lost it, and logs how long that took. One of several workers does so. Until the
 * index is full, the database answers in its place.
 */
async function keepFull(
	what: string,
	isFull: Promise<boolean>,
	fill: () => Promise<number | null>
): Promise<void> {
	if (await isFull) return;
	const startedAt = performance.now();
	const count = await fill();
	if (count === null) return; // another worker fills the index, or the next call starts again
	log.info(
		{ count, seconds: Math.round(performance.now() - startedAt) / 1000 },
		`filled the index of ${what} from the database`
	);
}
const keepIndex = () => keepFull('Service Requests', index.isComplete(), () => reindex(pool, index));
const keepRuns = () => keepFull('runs', runs.isFilled(), () => fillRuns(pool, runs));

const endHeartbeat = config.heartbeatFile
	? startHeartbeat({ ...services, file: config.heartbeatFile, workers })
	: () => {};

const metrics = await serveMetrics(config, log, async () => {
	setFigures(await readFigures(services).catch(() => null));
	return writeMetrics(workerRegistry);
});

await keepIndex();
await keepRuns();
log.info({ jobs: Object.keys(jobs) }, 'ready');
process.send?.('ready');

onStop(log, async () => {
	metrics.close();
	endHeartbeat();
	await within(STOP_LIMIT_MS, Promise.all([stopTimers(), ...workers.map((worker) => worker.close())]));
	await services[Symbol.asyncDispose]();
});
