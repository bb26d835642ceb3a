// Measures how Causeway scales with its processes on one machine: 1, 2 and 4 workers, and then 2 web processes, all at full
// speed on one stream of Alerts.
import type pg from 'pg';
import { median, medians, sum } from '../figures.ts';
import type { OnProgress } from '../progress.ts';
import type { Scaling } from '../report/report.ts';
import type { BenchContext, Task } from '../report/rounds.ts';
import { LOADS, type StageRunner } from '../stage-runner.ts';
import { runStage } from '../stage.ts';
import { quiet, settled } from '../system.ts';
import { percentBusy, readMachineTime } from '../usage.ts';
import { endOfScaling, processesOf } from './scaling.ts';
import { sampleWaits, type Waits } from './waits.ts';

type Processes = Pick<Scaling, 'workers' | 'webs'>;

export const PROCESSES: readonly Processes[] = [
	{ workers: 1, webs: 1 },
	{ workers: 2, webs: 1 },
	{ workers: 4, webs: 1 },
	{ workers: 4, webs: 2 }
];
const LOAD = LOADS.alertsBy1000;
/** Length of the stage before each measured stage, as a share of it. New processes have not compiled their code yet. */
const WARM_UP_SHARE = 0.5;

export function workers({ options, measured, stageRunner }: BenchContext): Task {
	const seconds = options.amounts.workersSeconds;
	const { rounds } = options;
	return {
		name: 'several workers and web processes',
		expectedSeconds: 5 + rounds * PROCESSES.length * (2 * seconds + 8),
		async run(onProgress) {
			const runner = stageRunner();
			const rate = await runner.sustainedRateOf('alertsBy1000');
			const count = LOAD.alerts * Math.max(2, Math.round((rate * seconds) / LOAD.alerts));
			const runs: Scaling[] = [];
			for (let round = 0; round < rounds; round++)
				// The database grows from stage to stage. Every second round runs backwards, so that no number of processes
				// always has the larger database.
				for (const processes of round % 2 === 0 ? PROCESSES : PROCESSES.toReversed())
					runs.push(
						await measure(runner, processes, count, (done, total) =>
							onProgress(runs.length + done / total, rounds * PROCESSES.length)
						)
					);
			measured.workers = PROCESSES.map((processes) => combined(runs, processes));
			return endOfScaling(measured.workers);
		}
	};
}

/** Runs one stage with these processes, after a warm-up. The stage fails if an Alert is lost or doubled. */
async function measure(
	{ system, planner, stages }: StageRunner,
	processes: Processes,
	count: number,
	onProgress: OnProgress
): Promise<Scaling> {
	const stageOf = (count: number) =>
		planner.next({
			alerts: { count, batch: LOAD.alerts, perSecond: null, inFlight: LOAD.inFlight }
		});
	const finish = async (): Promise<void> => {
		await quiet(system);
		await settled(system);
	};
	const more = await system.startMore({ webs: processes.webs - 1, workers: processes.workers - 1 });
	try {
		if (more.urls.length > 0) await system.spreadOver([system.url, ...more.urls]);
		await runStage(system, stageOf(LOAD.alerts * Math.ceil((WARM_UP_SHARE * count) / LOAD.alerts)));
		await finish();
		const observer = observe(system.pool);
		const result = await runStage(system, stageOf(count), (done, total) => {
			onProgress(done, total);
			observer.note(done);
		}).finally(observer.stop);
		const { machinePercent, waits, busySessions } = await observer.stop();
		await finish();
		stages.push({
			name: `${processesOf(processes)}, ${LOAD.name}`,
			offeredPerSecond: null,
			settledSeconds: null,
			...result
		});
		const { alertsPerSecond, cores } = result;
		return { ...processes, alertsPerSecond, cores, machinePercent, waits, busySessions };
	} finally {
		if (more.urls.length > 0) await system.spreadOver([system.url]);
		await more.stop();
	}
}

/** Observes the machine and PostgreSQL from the first arrived Alert of a stage to the last one. */
function observe(pool: pg.Pool) {
	let before: ReturnType<typeof readMachineTime> = null;
	let machinePercent: number | null = null;
	let sampler: ReturnType<typeof sampleWaits> | undefined;
	let stopped: Promise<Waits> | undefined;
	return {
		/** Notes that `arrived` Alerts have arrived. The bodies of the calls are prepared before the first arrival. */
		note(arrived: number): void {
			if (arrived === 0) return;
			if (sampler) machinePercent = percentBusy(before, readMachineTime());
			else [before, sampler] = [readMachineTime(), sampleWaits(pool)];
		},
		async stop(): Promise<Waits & Pick<Scaling, 'machinePercent'>> {
			stopped ??= sampler?.stop() ?? Promise.resolve({ waits: [], busySessions: 0 });
			return { machinePercent, ...(await stopped) };
		}
	};
}

/** Combines the runs of several rounds with the same processes: medians, and the mean share of each wait. */
function combined(runs: readonly Scaling[], { workers, webs }: Processes): Scaling {
	const same = runs.filter((run) => run.workers === workers && run.webs === webs);
	const names = new Set(same.flatMap((run) => run.waits.map(({ name }) => name)));
	const shareOf = (name: string): number =>
		sum(same.map((run) => run.waits.find((wait) => wait.name === name)?.share ?? 0)) / same.length;
	return {
		workers,
		webs,
		alertsPerSecond: median(same.map((run) => run.alertsPerSecond))!,
		cores: medians(same.flatMap((run) => run.cores ?? [])),
		machinePercent: median(same.flatMap((run) => run.machinePercent ?? [])),
		waits: [...names].map((name) => ({ name, share: shareOf(name) })).sort((a, b) => b.share - a.share),
		busySessions: median(same.map((run) => run.busySessions))!
	};
}
