// The worker process: runs the jobs of this folder, and the sweeper.
import { availableParallelism } from 'node:os';
import { UnrecoverableError, Worker } from 'bullmq';
import { loadConfig } from '#lib/server/process/config.ts';
import { forgetSamples } from '#lib/server/learning/learned-counts.ts';
import { createLog } from '#lib/server/process/log.ts';
import { EVERY_MS, QUEUE_PREFIX, within, type Job, type JobData } from '#lib/server/jobs/queues.ts';
import { reindex } from '#lib/server/evidence/reindex.ts';
import { openWorkerServices } from '#lib/server/services.ts';
import { onStop } from '#lib/server/process/stop.ts';
import { correlateAlerts } from '#lib/server/correlation/correlate-alerts.ts';
import { correlateDevices } from '#lib/server/correlation/correlate-devices.ts';
import { workerDeps } from '#lib/server/worker-deps.ts';
import { explainLearned } from '#lib/server/correlation/explain-learned.ts';
import { groupEpisodes } from '#lib/server/episodes/group-episodes.ts';
import { indexServiceRequests } from '#lib/server/correlation/index-service-requests.ts';
import { keepPartitions } from '#lib/server/postgres/keep-partitions.ts';
import { learnEvidence } from '#lib/server/learning/learn-evidence.ts';
import { createRounds } from '#lib/server/jobs/rounds.ts';
import { settlePending } from '#lib/server/correlation/settle-pending.ts';
import { sweep } from '#lib/server/jobs/sweep.ts';
import { weighEvidence } from '#lib/server/learning/weigh-evidence.ts';
import { callForWhatIfs, whatIf } from '#lib/server/cause-table/replay.ts';

const config = loadConfig();
const log = createLog(config.logLevel, 'worker');
const services = await openWorkerServices(config, log);
const { pool, index, causeTable, largeEpisodes } = services;
const deps = workerDeps(services);

const explain = createRounds({
	everyMs: EVERY_MS['correlate-alerts'],
	most: Math.max(2, availableParallelism()),
	work: (more) => correlateAlerts(deps, 'correlate-alerts', more)
});
const explainAgain = createRounds({
	everyMs: EVERY_MS['correlate-again'],
	most: 2,
	work: (more) => correlateAlerts(deps, 'correlate-again', more)
});
const indexing = createRounds({
	everyMs: EVERY_MS['index-service-requests'],
	most: 2,
	work: (more) => indexServiceRequests(deps, more)
});

const jobs: Record<Job, { concurrency: number; run(data: JobData): Promise<number> }> = {
	// A round is worth many jobs: all that wait for it end with it.
	'correlate-alerts': { concurrency: 20, run: explain },
	'correlate-again': { concurrency: 20, run: explainAgain },
	'correlate-devices': { concurrency: 1, run: (data) => correlateDevices(deps, doorbellOf(data)) },
	'index-service-requests': { concurrency: 20, run: indexing },
	'settle-pending': { concurrency: 1, run: () => settlePending(deps) },
	'what-if': { concurrency: 1, run: (data) => whatIf(deps, versionOf(data)) }
};

function doorbellOf(data: JobData): bigint {
	if (data.doorbell === undefined || !/^\d+$/.test(data.doorbell))
		throw new UnrecoverableError('a job without a doorbell');
	return BigInt(data.doorbell);
}

function versionOf(data: JobData): string {
	if (data.version === undefined) throw new UnrecoverableError('a what-if without a version');
	return data.version;
}

const running = Object.entries(jobs).map(([name, { concurrency, run }]) => {
	const worker = new Worker<JobData, number>(name, (job) => run(job.data), {
		connection: services.connection,
		prefix: QUEUE_PREFIX,
		concurrency,
		// A worker that is killed is missed within seconds, however often that happens to one job.
		lockDuration: 5000,
		stalledInterval: 2000,
		maxStalledCount: 1000
	});
	worker.on('failed', (job, error) =>
		log.error({ job: name, id: job?.id, attempts: job?.attemptsMade, error: error.message }, 'a job failed')
	);
	worker.on('error', (error) => log.debug({ job: name, error: error.message }, 'queue connection'));
	return worker;
});

const every = (ms: number, what: string, work: () => Promise<unknown>): NodeJS.Timeout => {
	let busy = false;
	return setInterval(() => {
		if (busy) return;
		busy = true;
		work()
			.catch((error: Error) => log.warn({ error: error.message }, `${what} failed; it will be tried again`))
			.finally(() => (busy = false));
	}, ms);
};

const timers = [
	every(2000, 'sweeping', () => sweep(deps)),
	every(1000, 'grouping', () => groupEpisodes(deps)),
	every(1000, 'looking for large episodes', largeEpisodes.refresh),
	every(2000, 'learning', () => learnEvidence(deps)),
	every(config.learnEveryMs, 'weighing what was learned', () => weighEvidence(deps)),
	every(1000, 'explaining by what was learned', () => explainLearned(deps)),
	every(600_000, 'forgetting old samples', () => forgetSamples(pool)),
	every(10_000, 'settling', () => settlePending(deps)),
	every(5000, 'indexing', keepIndex),
	every(2000, 'looking for a new cause table', async () => {
		const version = await causeTable.refresh();
		if (version) log.info({ version }, 'another cause table is active');
	}),
	every(10_000, 'looking for what-ifs', () => callForWhatIfs(deps)),
	every(6 * 3_600_000, 'keeping the partitions', async () => {
		const dropped = await keepPartitions(config.databaseUrl, config.retentionDays, Date.now());
		if (dropped.length > 0) log.info({ dropped }, 'retention has ended for these partitions');
	})
];

/** Fills the index where Redis has lost it; until then the record is asked. */
async function keepIndex(): Promise<void> {
	if (await index.isComplete()) return;
	const begin = performance.now();
	const count = await reindex(pool, index);
	log.info(
		{ count, seconds: Math.round(performance.now() - begin) / 1000 },
		'the index was filled from the record'
	);
}

await keepIndex();
log.info({ jobs: Object.keys(jobs) }, 'ready');
process.send?.('ready');

onStop(log, async () => {
	timers.forEach(clearInterval);
	await within(8000, Promise.all(running.map((worker) => worker.close())));
	await services[Symbol.asyncDispose]();
});
