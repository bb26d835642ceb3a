// A backlog: Alerts are taken in while no worker runs. How long it takes to work them off, and what comes first.
import { describeAlert } from '#lib/domain/alert-code.ts';
import { instant } from './clock.ts';
import type { Bench, Work } from './rounds.ts';
import { messageIdsOf, send } from './send.ts';
import { arrive, nothingLost, type Stage } from './stage.ts';
import type { Loaded } from './system.ts';
import { createTrace } from './trace.ts';
import { whole } from './wording.ts';

/** Alerts that are sent at once; the rest waits, so that the sender needs no memory for a million bodies. */
const PORTION = 100_000;

export function backlog({ options, measured, trial }: Bench): Work {
	const { backlog: alerts } = options;
	return {
		name: `backlog of ${whole(alerts)} Alerts`,
		seconds: 10 + alerts / 3000,
		async run(at) {
			const { system, course, stages } = trial();
			await system.stopWorker();
			const portions: Stage[] = [];
			for (let left = alerts; left > 0; left -= PORTION)
				portions.push(
					course.next({
						alerts: { count: Math.min(PORTION, left), batch: 1000, perSecond: null, inFlight: 4 }
					})
				);
			let taken: { messageIds: string[]; seconds: number };
			try {
				taken = await takeIn(system, portions, (done) => at(done, 4 * alerts));
			} finally {
				await system.startWorker();
			}
			const begin = instant();
			const { messageIds } = taken;
			await arrive(system, alerts, (done) => at(alerts + 3 * done, 4 * alerts), Promise.resolve());
			const { at: came, astray, gaps } = await system.told();
			if (astray > 0) throw new Error(`${astray} Alerts came to a Supplier they do not belong to`);
			const explained = await nothingLost(system, messageIds);
			const drainSeconds = (came.reduce((a, b) => Math.max(a, b), 0) - begin) / 1000;
			const urgent = urgentOf(portions);
			const first = came.toSorted()[Math.floor(came.length / 10)]!;
			const firstTenth = urgent.filter((_, i) => came[i]! <= first);
			measured.backlog = {
				alerts,
				takenInPerSecond: alerts / taken.seconds,
				drainSeconds,
				drainedPerSecond: alerts / drainSeconds,
				urgentShare: share(urgent),
				urgentShareOfFirstTenth: share(firstTenth)
			};
			stages.push({
				name: `backlog of ${whole(alerts)} Alerts`,
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
			return `worked off in ${whole(drainSeconds)} s, ${whole(alerts / drainSeconds)} Alerts/s`;
		}
	};
}

/** Sends all of it, and has the consoles wait for it. */
async function takeIn(
	system: Loaded,
	portions: readonly Stage[],
	told: (done: number) => void
): Promise<{ messageIds: string[]; seconds: number }> {
	const messageIds = portions.flatMap(messageIdsOf);
	await system.expect({ messageIds });
	let [seconds, done] = [0, 0];
	for (const portion of portions) {
		seconds += (await send(system, portion)).seconds;
		told((done += portion.streams[0]!.count));
	}
	return { messageIds, seconds };
}

/** Which Alerts have priority 1, in the order in which they were sent. */
const urgentOf = (portions: readonly Stage[]): boolean[] =>
	portions.flatMap(({ plan, streams }) => {
		const trace = createTrace(plan);
		const { from, count } = streams[0]!;
		return Array.from({ length: count }, (_, i) => describeAlert(trace.alertAt(from + i)).priority === 1);
	});

const share = (flags: readonly boolean[]): number => flags.filter(Boolean).length / Math.max(1, flags.length);
