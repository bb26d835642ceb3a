// Measures the CPU time of each processing step, from the HTTP call to the episode, in full batches and without other
// load. The worker process is stopped. This process calls the steps of the worker, to measure the CPU time of Node for
// each step.
import { correlateAlerts } from '#lib/server/correlation/correlate-alerts.ts';
import { indexServiceRequests } from '#lib/server/correlation/index-service-requests.ts';
import { createRunCheck } from '#lib/server/run-check/check-runs.ts';
import type { Job } from '#lib/server/jobs/queues.ts';
import { learnEvidence } from '#lib/server/learning/learn-evidence.ts';
import { loadConfig } from '#lib/server/process/config.ts';
import { openWorkerServices } from '#lib/server/services.ts';
import { workerDeps, type WorkerDeps } from '#lib/server/worker-deps.ts';
import { sum } from './figures.ts';
import { formatNumber } from './format.ts';
import type { OnProgress } from './progress.ts';
import type { StepCost } from './report/report.ts';
import type { BenchContext, Task } from './report/rounds.ts';
import { messageIdsOf, sendStage } from './send.ts';
import type { StageRunner } from './stage-runner.ts';
import { verifyNothingLost, waitForArrivals } from './stage.ts';
import { INDEX_SETTINGS, quiet, settled, type LoadedSystem } from './system.ts';
import { cpuSecondsBetween, readUsage, type Component } from './usage.ts';

export function steps({ options, measured, stageRunner }: BenchContext): Task {
	const { stepRecords: count } = options.amounts;
	return {
		name: `single steps, ${formatNumber(count)} Alerts and requests`,
		expectedSeconds: 8 + count / 500,
		async run(onProgress) {
			const { system } = stageRunner();
			await settled(system);
			await system.stopWorker();
			try {
				measured.steps = await measure(stageRunner(), count, onProgress);
			} finally {
				await system.startWorker();
			}
			await quiet(system);
			const total = sum(measured.steps.map(({ us }) => sum(Object.values(us))));
			return `${formatNumber(total)} us of CPU for one Alert and one request`;
		}
	};
}

async function measure(runner: StageRunner, count: number, onProgress: OnProgress): Promise<StepCost[]> {
	const { databaseUrl, redisUrl } = runner.system;
	await using services = await openWorkerServices(
		loadConfig({
			DATABASE_URL: databaseUrl,
			REDIS_URL: redisUrl,
			AUTH_SECRET: 'unused, nobody signs in to this process',
			LOG_LEVEL: 'silent',
			...INDEX_SETTINGS
		})
	);
	const deps = {
		...workerDeps(services),
		backlog: { alerts: 0, requests: 0, isPressed: false }
	} as WorkerDeps;
	// The first pass does not count: Node compiles the code, and the index of runs
	// gets its first runs.
	let costs: StepCost[] = [];
	for (const pass of [0, 1]) {
		costs = await onePass(runner, deps, count, (done, total) => onProgress(pass * total + done, 2 * total));
	}
	return costs;
}

async function onePass(
	{ system, planner }: StageRunner,
	deps: WorkerDeps,
	count: number,
	onProgress: OnProgress
): Promise<StepCost[]> {
	const { pool } = system;
	const amount = { count, batch: 1000, perSecond: null, inFlight: 4 };
	const requests = planner.next({ requests: amount });
	const alerts = planner.next({ alerts: amount });
	const messageIds = messageIdsOf(alerts);
	const checkRuns = createRunCheck(deps);
	const steps: Array<[name: string, of: StepCost['of'], work: () => Promise<unknown>]> = [
		['stored', 'Service Request', () => sendStage(system, requests)],
		[
			'indexed',
			'Service Request',
			() => whileJobsWait(system, 'index-service-requests', () => indexServiceRequests(deps, () => {}))
		],
		['stored', 'Alert', () => sendStage(system, alerts)],
		[
			'explained, grouped and pushed',
			'Alert',
			async () => {
				await whileJobsWait(system, 'correlate-alerts', () =>
					correlateAlerts(deps, 'correlate-alerts', () => {})
				);
				await whileJobsWait(system, 'correlate-again', () =>
					correlateAlerts(deps, 'correlate-again', () => {})
				);
				await waitForArrivals(system, count, () => {}, Promise.resolve());
			}
		],
		[
			'runs checked',
			'Alert',
			async () => {
				while ((await pool.query('select from run_doubt limit 1')).rows.length > 0) await checkRuns();
			}
		],
		['used for learning', 'Alert', () => learnEvidence(deps)]
	];
	await system.expectAlerts({ messageIds });
	const costs: StepCost[] = [];
	for (const [name, of, work] of steps) {
		costs.push({ name, of, us: await costOf(work, count) });
		onProgress(costs.length, steps.length);
	}
	await verifyNothingLost(system, messageIds);
	return costs;
}

/** Runs batches of a job until no doorbell of the job waits. */
async function whileJobsWait(
	{ pool }: LoadedSystem,
	job: Job,
	runBatch: () => Promise<unknown>
): Promise<void> {
	while ((await pool.query('select from doorbell where job = $1 limit 1', [job])).rows.length > 0)
		await runBatch();
}

/** Measures the microseconds of CPU per record by component. The component `worker` is this process. */
async function costOf(work: () => Promise<unknown>, records: number): Promise<Record<Component, number>> {
	const [before, own] = [readUsage(), process.cpuUsage()];
	await work();
	const { user, system } = process.cpuUsage(own);
	const spent = cpuSecondsBetween(before, readUsage());
	if (!spent)
		throw new Error(
			'the single steps cannot be measured: this operating system has no /proc with the CPU time of processes'
		);
	const of = (seconds: number): number => Math.round((1e6 * seconds) / records);
	return {
		web: of(spent.web),
		worker: of((user + system) / 1e6),
		postgres: of(spent.postgres),
		redis: of(spent.redis)
	};
}
