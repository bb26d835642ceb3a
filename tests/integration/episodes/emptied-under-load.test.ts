// Tests that no Alert is lost, doubled or astray when Redis is emptied at random instants while Alerts and Service Requests
// arrive and two workers explain them.
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { stopProcess } from '../../../launcher/process.ts';
import { makeHistory, requestsOf, type Arrival } from '../../support/alert-histories.ts';
import { stopWithoutFailures } from '../../support/failed-jobs.ts';
import { readLive } from '../../support/live-reader.ts';
import { suppliedBy } from '../../support/records.ts';
import { openLoss } from '../../support/redis-loss.ts';
import { expectEpisodesOfRule } from '../../support/ruled-episodes.ts';
import { Follower, settled } from '../../support/supplier-reads.ts';
import { eventually, startSystem, startWorker, type System } from '../../support/system.ts';

const SEED = 1;
const ALERTS = 3000;
const ALERTS_PER_CALL = 60;
const CALLS_AT_ONCE = 5;
/** A late Service Request is sent this number of calls of Alerts after its Alert. */
const LATE_BY = 4;
/** The senders wait while the workers have more records than this to work on, so that Redis is emptied while they work. */
const MOST_WAITING = 600;
const SLUGS = ['brightwell', 'halden'] as const;

/** When Redis is emptied next, and what is lost. */
const emptying = fc.record({
	/** The number of calls that are answered before. */
	afterCalls: fc.integer({ min: 1, max: 10 }),
	/** Whether the index of runs is filled again before. Otherwise it may be lost while it is filled. */
	onceFilled: fc.boolean(),
	loses: fc.constantFrom('all', 'runs')
});

it(
	'no Alert is lost, doubled or astray when Redis is emptied at random under load',
	{ timeout: 180_000 },
	async () => {
		await using system = await startSystem({ completeUntil: new Date().toISOString() });
		const second = await startWorker({ ...system.env, ORIGIN: system.url });
		await using stopping = { [Symbol.asyncDispose]: () => stopProcess(second, 'SIGTERM') };
		void stopping;
		const live = await Promise.all(SLUGS.map((slug) => readLive(system, slug, system.url)));
		const { devices, arrivals, images } = makeHistory({
			seed: SEED,
			alerts: ALERTS,
			homes: 40,
			ageHours: 0,
			// Alerts of one run arrive before and after Redis is emptied and filled again.
			late: { ofSeven: 4, longest: 900 }
		});
		await system.post('/devices', devices);
		await sendAndEmpty(system, callsOf(arrivals));
		// A corrected tenure takes the Alerts of one home away.
		await system.post('/devices', [{ ...devices[0]!, tenures: suppliedBy('halden') }]);
		await settled(system);

		const read = await expectEpisodesOfRule(system, images);
		const messages = SLUGS.flatMap((slug) => read[slug].map(({ messageId }) => messageId));
		expect(messages.sort()).toEqual(arrivals.map(({ alert }) => alert.messageId).sort());
		for (const [i, slug] of SLUGS.entries()) {
			// The feed and the socket bring every change once, and the changes lead to what the API shows.
			const follower = new Follower();
			await follower.catchUp(system, slug);
			const inOrder = (alerts: typeof follower.alerts) =>
				alerts.toSorted((a, b) => Number(BigInt(a.id) - BigInt(b.id)));
			expect(inOrder(follower.alerts)).toEqual(inOrder(read[slug]));
			const changes = Array.from({ length: follower.head }, (_, n) => n + 1);
			await eventually(() => expect(live[i]!.broughtAfter(0)).toEqual(changes));
		}
		await stopWithoutFailures(system, [second]);
	}
);

type Call = [path: '/alerts' | '/service-requests', records: object[]];

/** Returns the calls that send a history, in order. */
function callsOf(arrivals: readonly Arrival[]): Call[] {
	const parts = Array.from({ length: Math.ceil(arrivals.length / ALERTS_PER_CALL) }, (_, i) =>
		arrivals.slice(i * ALERTS_PER_CALL, (i + 1) * ALERTS_PER_CALL)
	);
	const calls = Array.from({ length: parts.length + LATE_BY }, (_, i): Call[] => [
		['/service-requests', requestsOf(parts[i] ?? [], false)],
		['/alerts', (parts[i] ?? []).map(({ alert }) => alert)],
		['/service-requests', requestsOf(parts[i - LATE_BY] ?? [], true)]
	]);
	return calls.flat().filter(([, records]) => records.length > 0);
}

/** Sends the calls, several at once, and empties Redis meanwhile. The number of answered calls decides when. */
async function sendAndEmpty(system: System, calls: readonly Call[]): Promise<void> {
	using loss = await openLoss(system);
	const plan = fc.sample(emptying, { numRuns: calls.length, seed: SEED });
	const emptied: Array<{ loses: string; wasFilled: boolean }> = [];
	let [sent, answered, emptyAt] = [0, 0, plan[0]!.afterCalls];
	let isEmptying = false;
	let [empties, turns] = [Promise.resolve(), Promise.resolve()];

	async function empty(): Promise<void> {
		const { onceFilled, loses } = plan[emptied.length]!;
		const isFilled = async () => expect(await loss.areRunsFilled()).toBe(true);
		if (onceFilled) await eventually(isFilled, { timeout: 30_000, interval: 5 });
		const wasFilled = await loss.areRunsFilled();
		await (loses === 'all' ? loss.loseAll() : loss.loseRuns());
		emptied.push({ loses, wasFilled });
		emptyAt = answered + plan[emptied.length]!.afterCalls;
		isEmptying = false;
	}

	async function send(): Promise<void> {
		while (sent < calls.length) {
			const [path, records] = calls[sent++]!;
			turns = turns.then(() => eventually(() => expectFewWaiting(system), { timeout: 60_000, interval: 10 }));
			await turns;
			const { status, body } = await system.post(path, records);
			expect([status, body.accepted]).toEqual([202, records.length]);
			answered++;
			if (isEmptying || answered < emptyAt) continue;
			isEmptying = true;
			empties = empty();
			empties.catch(() => {}); // the end of the sending awaits the result
		}
	}

	await Promise.all(Array.from({ length: CALLS_AT_ONCE }, send));
	await empties;
	for (const loses of ['all', 'runs']) expect(emptied).toContainEqual({ loses, wasFilled: true });
}

async function expectFewWaiting({ database }: System): Promise<void> {
	const { rows } = await database.query('select coalesce(sum(size), 0)::int as waiting from doorbell');
	expect(rows[0].waiting).toBeLessThan(MOST_WAITING);
}
