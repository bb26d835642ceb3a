// Measures a backlog: Causeway accepts Alerts while no worker runs, then the worker starts and drains them. The result
// says how long the worker takes and whether urgent Alerts come first.
import { describeAlert } from '#lib/domain/alert-code.ts';
import { monotonicMs } from './clock.ts';
import { formatNumber } from './format.ts';
import type { OnProgress } from './progress.ts';
import type { BenchContext, Task } from './report/rounds.ts';
import { messageIdsOf, sendStage } from './send.ts';
import { collectArrivals, waitForArrivals, type Stage } from './stage.ts';
import type { LoadedSystem } from './system.ts';
import { createTrace } from './trace.ts';

/** Alerts that one load process sends. Several portions keep the memory of the sender small. */
const PORTION_ALERTS = 100_000;

export function backlog({ options, measured, stageRunner }: BenchContext): Task {
	const { backlog: alerts } = options;
	const name = `backlog of ${formatNumber(alerts)} Alerts`;
	return {
		name,
		expectedSeconds: 10 + alerts / 3000,
		async run(onProgress) {
			const { system, planner, stages } = stageRunner();
			await system.stopWorker();
			const portions: Stage[] = [];
			for (let left = alerts; left > 0; left -= PORTION_ALERTS)
				portions.push(
					planner.next({
						alerts: { count: Math.min(PORTION_ALERTS, left), batch: 1000, perSecond: null, inFlight: 4 }
					})
				);
			let accepted: { messageIds: string[]; seconds: number };
			try {
				accepted = await sendPortions(system, portions, (done) => onProgress(done, 4 * alerts));
			} finally {
				await system.startWorker();
			}
			const workerStartedAt = monotonicMs();
			const onArrivals: OnProgress = (done) => onProgress(alerts + 3 * done, 4 * alerts);
			await waitForArrivals(system, alerts, onArrivals, Promise.resolve());
			const { arrivedAt, gaps, explained } = await collectArrivals(system, accepted.messageIds);
			const drainSeconds = (arrivedAt.reduce((a, b) => Math.max(a, b), 0) - workerStartedAt) / 1000;
			const urgent = isUrgentInOrder(portions);
			const endOfFirstTenth = arrivedAt.toSorted()[Math.floor(arrivedAt.length / 10)]!;
			const firstTenth = urgent.filter((_, i) => arrivedAt[i]! <= endOfFirstTenth);
			measured.backlog = {
				alerts,
				takenInPerSecond: alerts / accepted.seconds,
				drainSeconds,
				drainedPerSecond: alerts / drainSeconds,
				urgentShare: share(urgent),
				urgentShareOfFirstTenth: share(firstTenth)
			};
			stages.push({
				name,
				offeredPerSecond: null,
				settledSeconds: null,
				alerts,
				serviceRequests: 0,
				seconds: drainSeconds,
				alertsPerSecond: alerts / drainSeconds,
				serviceRequestsPerSecond: 0,
				latencyMs: null,
				cores: null,
				rssMiB: null,
				explained,
				pushedBack: 0,
				gaps
			});
			return `drained in ${formatNumber(drainSeconds)} s, ${formatNumber(alerts / drainSeconds)} Alerts/s`;
		}
	};
}

/** Registers all Alerts with the listener, then sends the portions one after the other. */
async function sendPortions(
	system: LoadedSystem,
	portions: readonly Stage[],
	onProgress: (done: number) => void
): Promise<{ messageIds: string[]; seconds: number }> {
	const messageIds = portions.flatMap(messageIdsOf);
	await system.expectAlerts({ messageIds });
	let [seconds, done] = [0, 0];
	for (const portion of portions) {
		seconds += (await sendStage(system, portion)).seconds;
		onProgress((done += portion.streams[0]!.count));
	}
	return { messageIds, seconds };
}

/** Returns for each Alert, in the order of sending, whether the Alert has priority 1. */
const isUrgentInOrder = (portions: readonly Stage[]): boolean[] =>
	portions.flatMap(({ plan, streams }) => {
		const trace = createTrace(plan);
		const { from, count } = streams[0]!;
		return Array.from({ length: count }, (_, i) => describeAlert(trace.alertAt(from + i)).priority === 1);
	});

/** Returns the share of flags that are `true`, from 0 to 1. Without flags the share is 0. */
const share = (flags: readonly boolean[]): number => flags.filter(Boolean).length / Math.max(1, flags.length);
