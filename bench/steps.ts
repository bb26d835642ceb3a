// Where the time goes: each step from the call to the episode by itself, with nothing beside, in full batches. The steps of
// the worker are called here, so that what Node takes for each of them is known.
import { loadConfig } from '#lib/server/process/config.ts';
import { suppliersWithNews } from '#lib/server/episodes/episode-turn.ts';
import type { Job } from '#lib/server/jobs/queues.ts';
import { openWorkerServices } from '#lib/server/services.ts';
import { correlateAlerts } from '#lib/server/correlation/correlate-alerts.ts';
import { workerDeps, type WorkerDeps } from '#lib/server/worker-deps.ts';
import { createGrouping } from '#lib/server/episodes/group-episodes.ts';
import { indexServiceRequests } from '#lib/server/correlation/index-service-requests.ts';
import { learnEvidence } from '#lib/server/learning/learn-evidence.ts';
import { messageIdsOf, send } from './send.ts';
import type { StepCost } from './report.ts';
import type { Bench, Work } from './rounds.ts';
import { arrive, nothingLost } from './stage.ts';
import { INDEX_SETTINGS, quiet, settled, type Loaded } from './system.ts';
import type { Trial } from './trial.ts';
import { between, usage, type Part } from './usage.ts';
import { whole } from './wording.ts';

export function steps({ options, measured, trial }: Bench): Work {
	const { steps: count } = options.amounts;
	return {
		name: `each step by itself, ${whole(count)} Alerts and requests`,
		seconds: 8 + count / 500,
		async run(at) {
			const { system } = trial();
			await settled(system);
			await system.stopWorker();
			try {
				measured.steps = await measure(trial(), count, at);
			} finally {
				await system.startWorker();
			}
			await quiet(system);
			const sum = measured.steps.reduce((all, { us }) => all + Object.values(us).reduce((a, b) => a + b), 0);
			return `${whole(sum)} us an Alert and a request`;
		}
	};
}

async function measure(
	trial: Trial,
	count: number,
	at: (done: number, of: number) => void
): Promise<StepCost[]> {
	const { databaseUrl, redisUrl } = trial.system;
	await using services = await openWorkerServices(
		loadConfig({
			DATABASE_URL: databaseUrl,
			REDIS_URL: redisUrl,
			AUTH_SECRET: 'nobody signs in to the benchmark',
			LOG_LEVEL: 'silent',
			...INDEX_SETTINGS
		})
	);
	const deps = {
		...workerDeps(services),
		backlog: { alerts: 0, requests: 0, isPressed: false }
	} as WorkerDeps;
	// The first pass does not count: code is compiled, and the large episodes that Alerts join come about in it.
	let costs: StepCost[] = [];
	for (const pass of [0, 1]) {
		await services.largeEpisodes.refresh();
		costs = await onePass(trial, deps, count, (done, of) => at(pass * of + done, 2 * of));
	}
	return costs;
}

async function onePass(
	{ system, course }: Trial,
	deps: WorkerDeps,
	count: number,
	at: (done: number, of: number) => void
): Promise<StepCost[]> {
	const { pool } = system;
	const sent = { count, batch: 1000, perSecond: null, inFlight: 4 };
	const requests = course.next({ requests: sent });
	const alerts = course.next({ alerts: sent });
	const messageIds = messageIdsOf(alerts);
	const groupEpisodes = createGrouping(deps);
	const toDo: Array<[name: string, of: StepCost['of'], work: () => Promise<unknown>]> = [
		['kept', 'Service Request', () => send(system, requests)],
		[
			'indexed',
			'Service Request',
			() => whileRung(system, 'index-service-requests', () => indexServiceRequests(deps, () => {}))
		],
		['kept', 'Alert', () => send(system, alerts)],
		[
			'explained and pushed',
			'Alert',
			async () => {
				await whileRung(system, 'correlate-alerts', () =>
					correlateAlerts(deps, 'correlate-alerts', () => {})
				);
				await whileRung(system, 'correlate-again', () => correlateAlerts(deps, 'correlate-again', () => {}));
				await arrive(system, count, () => {}, Promise.resolve());
			}
		],
		[
			'grouped',
			'Alert',
			async () => {
				while ((await suppliersWithNews(pool, 0)).length > 0) await groupEpisodes();
			}
		],
		['learned from', 'Alert', () => learnEvidence(deps)]
	];
	await system.expect({ messageIds });
	const costs: StepCost[] = [];
	for (const [name, of, work] of toDo) {
		costs.push({ name, of, us: await costOf(work, count) });
		at(costs.length, toDo.length);
	}
	await nothingLost(system, messageIds);
	return costs;
}

/** Round after round while doorbells of the job wait. */
async function whileRung({ pool }: Loaded, job: Job, round: () => Promise<unknown>): Promise<void> {
	while ((await pool.query('select from doorbell where job = $1 limit 1', [job])).rows.length > 0)
		await round();
}

/** Microseconds of CPU a record; `worker` is this process. */
async function costOf(work: () => Promise<unknown>, records: number): Promise<Record<Part, number>> {
	const [before, own] = [usage(), process.cpuUsage()];
	await work();
	const { user, system } = process.cpuUsage(own);
	const spent = between(before, usage());
	if (!spent) throw new Error('this system does not tell what a process takes of it');
	const of = (seconds: number): number => Math.round((1e6 * seconds) / records);
	return {
		web: of(spent.web),
		worker: of((user + system) / 1e6),
		postgres: of(spent.postgres),
		redis: of(spent.redis)
	};
}
