// Tests that the episodes are those that the rule makes of all Alerts at once, whatever the order of arrival: with late
// Alerts, late evidence, corrected tenures, an emptied Redis and two workers.
import { afterEach, describe, it } from 'vitest';
import { stopProcess } from '../../../launcher/process.ts';
import { makeHistory, requestsOf } from '../../support/alert-histories.ts';
import { stopWithoutFailures } from '../../support/failed-jobs.ts';
import { suppliedBy } from '../../support/records.ts';
import { openLoss } from '../../support/redis-loss.ts';
import { expectEpisodesOfRule } from '../../support/ruled-episodes.ts';
import { settled } from '../../support/supplier-reads.ts';
import { startSystem, startWorker, type System } from '../../support/system.ts';

const ALERTS_PER_HISTORY = 300;

let system: System | undefined;
afterEach(async () => {
	await system?.[Symbol.asyncDispose]();
	system = undefined;
});

interface Scenario {
	seed: number;
	batch: number;
	workers: number;
	/** The batches after which Redis is emptied. */
	emptiedAfter: readonly number[];
	/** How old the newest Alert is at the start, in hours. */
	ageHours: number;
}

describe('the episodes equal those of the rule', () => {
	it.each<Scenario>([
		{ seed: 1, batch: 20, workers: 1, emptiedAfter: [], ageHours: 0 },
		{ seed: 2, batch: 7, workers: 2, emptiedAfter: [], ageHours: 0 },
		{ seed: 3, batch: 20, workers: 1, emptiedAfter: [3, 9], ageHours: 0 },
		{ seed: 4, batch: 11, workers: 2, emptiedAfter: [5, 6, 20], ageHours: 0 },
		{ seed: 5, batch: 40, workers: 2, emptiedAfter: [2], ageHours: 1 },
		{ seed: 6, batch: 40, workers: 1, emptiedAfter: [], ageHours: 30 },
		// The index knows little, so that the database decides most.
		{ seed: 7, batch: 15, workers: 1, emptiedAfter: Array.from({ length: 20 }, (_, n) => n), ageHours: 0 },
		{ seed: 8, batch: 15, workers: 2, emptiedAfter: Array.from({ length: 20 }, (_, n) => n), ageHours: 30 }
	])(
		'seed $seed: batches of $batch, $workers workers, Redis emptied after batches $emptiedAfter, $ageHours h old',
		async ({ seed, batch, workers, emptiedAfter, ageHours }) => {
			system = await startSystem({ completeUntil: new Date().toISOString() });
			const others = await Promise.all(
				Array.from({ length: workers - 1 }, () => startWorker({ ...system!.env, ORIGIN: system!.url }))
			);
			try {
				const images = await play(system, { seed, batch, emptiedAfter, ageHours });
				await settled(system);
				await expectEpisodesOfRule(system, images);
				await stopWithoutFailures(system, others);
			} finally {
				await Promise.all(others.map((worker) => stopProcess(worker, 'SIGTERM')));
			}
		},
		120_000
	);
});

/** Sends a history. Returns the messages that report the firmware image. */
async function play(
	system: System,
	{ seed, batch, emptiedAfter, ageHours }: Omit<Scenario, 'workers'>
): Promise<ReadonlySet<string>> {
	const { devices, arrivals, images } = makeHistory({
		seed,
		alerts: ALERTS_PER_HISTORY,
		homes: 14,
		ageHours,
		late: { ofSeven: 1, longest: ALERTS_PER_HISTORY }
	});
	const { post } = system;
	await post('/devices', devices);
	using loss = await openLoss(system);
	for (let i = 0, n = 0; i < arrivals.length; i += batch, n++) {
		const now = arrivals.slice(i, i + batch);
		const [early, late] = [requestsOf(now, false), requestsOf(now, true)];
		if (early.length > 0) await post('/service-requests', early);
		await post(
			'/alerts',
			now.map(({ alert }) => alert)
		);
		if (late.length > 0) await post('/service-requests', late);
		if (emptiedAfter.includes(n)) await loss.loseAll();
	}
	// A corrected tenure takes the Alerts of one home away.
	await post('/devices', [{ ...devices[0]!, tenures: suppliedBy('halden') }]);
	return images;
}
