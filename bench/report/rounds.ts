// Defines the stages of Causeway in one round.
import type { Testbed } from '../../launcher/testbed.ts';
import { databaseGrowth, databaseSize } from '../database-size.ts';
import { formatMs, formatNumber } from '../format.ts';
import { appendTo, type Measured } from '../measured.ts';
import { NATIONAL_LOAD } from '../national-load.ts';
import type { Options } from '../options.ts';
import type { OnProgress, TimedTask } from '../progress.ts';
import { LOADS, WARM_UP_SECONDS, type LoadName, type StageRunner } from '../stage-runner.ts';
import type { Trace } from '../trace.ts';

/** A task of the run. `run` returns the result as a text for the progress lines. */
export interface Task extends TimedTask {
	run(onProgress: OnProgress): Promise<string>;
}

/** The services of the tasks. `testbed` and `stageRunner` are functions, because the services start later. */
export interface BenchContext {
	options: Options;
	measured: Measured;
	trace: Trace;
	testbed(): Promise<Testbed>;
	stageRunner(): StageRunner;
}

/** The estimated time to start a sender, make the bodies, and wait until Causeway has settled. */
const OVERHEAD_SECONDS = 4;

export function stagesOfRound(bench: BenchContext): Task[] {
	const { parts } = bench.options;
	return [
		...(parts.has('throughput')
			? (Object.keys(LOADS) as LoadName[]).map((name) => saturating(bench, name))
			: []),
		...(parts.has('latency') ? [nationalLoad(bench), halfLoad(bench)] : [])
	];
}

function saturating({ options, measured, stageRunner }: BenchContext, name: LoadName): Task {
	const seconds = options.amounts.saturatingSeconds;
	return {
		name: LOADS[name].name,
		expectedSeconds: seconds + 2 * OVERHEAD_SECONDS,
		async run(onProgress) {
			const { system, saturate, sustainedRateOf } = stageRunner();
			await sustainedRateOf(name);
			const before = name === 'alertsBy1000' ? await databaseSize(system.pool) : null;
			const stage = await saturate(name, seconds, onProgress);
			appendTo(measured.saturated, name, stage);
			if (before) {
				const { bytes, tables } = databaseGrowth(before, await databaseSize(system.pool));
				measured.databaseGrowth.push({ alerts: stage.alerts, bytes, tables });
			}
			const figures = [
				...(stage.alerts > 0 ? [`${formatNumber(stage.alertsPerSecond)} Alerts/s`] : []),
				...(stage.serviceRequests > 0 ? [`${formatNumber(stage.serviceRequestsPerSecond)} requests/s`] : [])
			];
			return `${figures.join(' and ')}; grouping and learning finished ${stage.settledSeconds} s later`;
		}
	};
}

function nationalLoad({ options, measured, stageRunner }: BenchContext): Task {
	const { alertsPerSecond: alerts, serviceRequestsPerSecond: requests } = NATIONAL_LOAD;
	const seconds = options.amounts.fixedRateSeconds;
	const name = `national load, ${formatNumber(alerts)} Alerts/s and ${formatNumber(requests)} requests/s`;
	return {
		name,
		expectedSeconds: seconds + WARM_UP_SECONDS + 2 * OVERHEAD_SECONDS,
		async run(onProgress) {
			const stage = await stageRunner().runAtFixedRate(name, { alerts, requests, seconds }, onProgress);
			measured.at1150.push(stage);
			return `p50 ${formatMs(stage.latencyMs!.p50)}, p99 ${formatMs(stage.latencyMs!.p99)}`;
		}
	};
}

function halfLoad({ options, measured, stageRunner }: BenchContext): Task {
	const name = 'half of the measured maximum';
	const seconds = options.amounts.fixedRateSeconds;
	return {
		name,
		expectedSeconds: seconds + WARM_UP_SECONDS + 2 * OVERHEAD_SECONDS,
		async run(onProgress) {
			const last = measured.saturated.get('mixed')?.at(-1);
			const maximum = last
				? Math.min(last.alertsPerSecond, last.serviceRequestsPerSecond)
				: await stageRunner().sustainedRateOf('mixed');
			const half = Math.max(100, Math.round(maximum / 2));
			const rates = { alerts: half, requests: half, seconds };
			const stage = await stageRunner().runAtFixedRate(name, rates, onProgress);
			measured.at50pct.push(stage);
			const { p50, p99 } = stage.latencyMs!;
			return `p50 ${formatMs(p50)}, p99 ${formatMs(p99)} at ${formatNumber(half)} Alerts/s`;
		}
	};
}
