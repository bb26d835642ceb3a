// `npm run accuracy`: simulated worlds with a known truth are sent through a real Causeway, and what it says is scored.
import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { missedTargets } from '#lib/domain/accuracy-report.ts';
import { causeTable } from '#lib/domain/cause-table/cause-table.ts';
import { DAY } from '../demo/events.ts';
import { buildPages } from '../launcher/build.ts';
import { openGround, type Ground } from '../launcher/ground.ts';
import { homeOf } from '../launcher/services.ts';
import { byDevice, nearest15min, scoreBaseline, tableOnly } from './baselines.ts';
import { describeDifference, differences, type ReadAlert } from './canonical.ts';
import { deliver } from './delivery.ts';
import { markComplete, pending, readAll, send, sendDevices, settle } from './drive.ts';
import { examplesOf } from './examples.ts';
import type { Ledger } from './ledger.ts';
import { readable, type Report } from './report.ts';
import { isAsItShouldBe, isLearned, isWrongExplanation, pair, score, type Said } from './score.ts';
import { startWorldSystem } from './system.ts';
import type { Truth } from './truth.ts';
import { lateToUpgraded } from './upgrade.ts';
import { playWorld, plansOf, type WorldPlan } from './world.ts';

const DEFAULT_SEED = 1;
const LATE_RECORDS = 50;
const { values: options } = parseArgs({
	options: { json: { type: 'string' }, seed: { type: 'string' }, quick: { type: 'boolean', default: false } }
});
const seed = Number(options.seed ?? DEFAULT_SEED);
const began = performance.now();
const said = new Set<string>();
/** A progress line; what a process says again and again is shown once. */
const say = (line: string): void => {
	if (said.has(line)) return;
	said.add(line);
	console.log(`accuracy [${((performance.now() - began) / 1000).toFixed(1).padStart(5)} s] ${line}`);
};

let ground: Promise<Ground> | undefined;
let closing: Promise<void> | undefined;
/** Also while the services are still starting: what has begun to start is stopped. */
const close = (): Promise<void> =>
	(closing ??=
		ground?.then(
			({ close }) => close(),
			() => {}
		) ?? Promise.resolve());
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
	process.on(signal, () => void close().finally(() => process.exit(1)));

try {
	if (!Number.isSafeInteger(seed) || seed < 0) throw new Error('--seed must be a whole number');
	const report = await measure();
	await close();
	keep(report);
	console.log(`\n${readable(report)}\n`);
	if (report.missed.length > 0) throw new Error(`missed: ${report.missed.join('; ')}`);
	console.log('accuracy: every target is met');
} catch (error) {
	await close();
	console.error(`accuracy: ${(error as Error).message}`);
	process.exit(1);
}
process.exit(0);

async function measure(): Promise<Report> {
	// Three days back: all of a world has happened, and parts of it lie within and beyond the index's memory.
	const from = Math.floor(Date.now() / DAY) * DAY - 3 * DAY;
	const plans = plansOf(seed, from, options.quick ? 0.2 : 1);
	const worlds = plans.map(playWorld);
	const truths = worlds.flatMap((world) => world.truths);
	const requests = worlds.reduce((sum, world) => sum + world.requests.length, 0);
	say(`${plans.length} worlds of seed ${seed}: ${truths.length} Alerts, ${requests} Service Requests`);

	buildPages(say);
	ground = openGround('accuracy', say);
	const first = await firstRun(await ground, worlds, from);
	const second = await secondRun(await ground, worlds);
	const differing = differences(first.read, second);
	if (differing[0])
		say(`the shuffled run differs ${differing.length} times, as in ${describeDifference(differing[0])}`);
	return compose(plans, worlds, first, differing.length === 0);
}

interface FirstRun {
	read: ReadAlert[];
	pendingResolved: number;
	latency: Report['lateToUpgradedMs'];
}

/** In the order of a real day's trouble: late records last, and the audit data complete only then. */
async function firstRun(ground: Ground, worlds: readonly Ledger[], from: number): Promise<FirstRun> {
	const system = await startWorldSystem(ground);
	say('first run: a fresh Causeway is up');
	const delivery = deliver(worlds, seed * 31 + 1, false);
	await markComplete(system, from + DAY / 2);
	await sendDevices(system, delivery.devices);
	await send(system, delivery.first);
	await settle(system);
	const before = pendingIds(await readAll(system));
	say(`all but the late records are in: ${before.size} explanations are pending`);
	await send(system, delivery.then);
	await markComplete(system, Date.now());
	await settle(system, async () => (await pending(system)) === 0);
	const read = await readAll(system);
	const left = [...pendingIds(read)].filter((id) => before.has(id)).length;
	say(`the late records are in: ${left} are pending`);
	const latency = await lateToUpgraded(system, options.quick ? 15 : LATE_RECORDS);
	await system.stop();
	return { read, pendingResolved: before.size === 0 ? 1 : 1 - left / before.size, latency };
}

/** All of it anew, dealt otherwise: late records first or last, half of the inventory behind the Alerts. */
async function secondRun(ground: Ground, worlds: readonly Ledger[]): Promise<ReadAlert[]> {
	const system = await startWorldSystem(ground);
	say('second run: another fresh Causeway, another order');
	const { devices, first } = deliver(worlds, seed * 31 + 2, true);
	const half = Math.ceil(devices.length / 2);
	await markComplete(system, Date.now());
	await sendDevices(system, devices.slice(0, half));
	await send(system, first);
	await sendDevices(system, devices.slice(half));
	await settle(system, async () => (await pending(system)) === 0);
	const read = await readAll(system);
	await system.stop();
	return read;
}

function pendingIds(read: readonly ReadAlert[]): Set<string> {
	const waiting = read.filter(({ alert }) => alert.explanation === 'pending');
	return new Set(waiting.map(({ viewer, alert }) => `${viewer} ${alert.messageId}`));
}

function compose(
	plans: readonly WorldPlan[],
	worlds: readonly Ledger[],
	{ read, pendingResolved, latency }: FirstRun,
	shuffledRunIdentical: boolean
): Report {
	const truths = worlds.flatMap((world) => world.truths);
	const pairs = pair(
		truths,
		read.map(({ viewer, alert }) => ({ ...alert, viewer }))
	);
	const alerts = new Map(
		worlds.flatMap((world) => world.alerts.map((body) => [body.messageId, body] as const))
	);
	const known = byDevice(
		worlds.flatMap((world) => world.requests.filter((sent) => !sent.missing).flatMap((sent) => sent.parts))
	);
	const sent = new Map(worlds.flatMap((world) => world.requests.map((one) => [one.requestId, one] as const)));
	const report = {
		...score(pairs),
		pendingResolved,
		baselines: {
			nearest15min: scoreBaseline(nearest15min, truths, alerts, known),
			tableOnly: scoreBaseline(tableOnly(causeTable), truths, alerts, known)
		},
		lateToUpgradedMs: latency,
		worlds: plans.map(({ name, seed, faults }, i) => ({
			name,
			seed,
			alerts: worlds[i]!.alerts.length,
			requests: worlds[i]!.requests.length,
			faults
		})),
		mechanisms: byMechanism(pairs),
		examples: examplesOf(pairs, sent),
		shuffledRunIdentical,
		seed,
		quick: options.quick,
		tableVersion: causeTable.version,
		at: new Date().toISOString()
	};
	return { ...report, missed: missedTargets(report) };
}

function byMechanism(pairs: ReadonlyArray<[Truth, Said]>): Report['mechanisms'] {
	const rows: Report['mechanisms'] = {};
	for (const [truth, said] of pairs) {
		const row = (rows[truth.mechanism] ??= {
			kind: truth.kind,
			n: 0,
			right: 0,
			wrongExplanations: 0,
			learned: 0
		});
		row.n++;
		if (isAsItShouldBe(truth, said)) row.right++;
		if (isWrongExplanation(truth, said)) row.wrongExplanations++;
		if (isLearned(truth, said)) row.learned++;
	}
	return rows;
}

/** For the console always, and where the caller asks. */
function keep(report: Report): void {
	const text = `${JSON.stringify(report, null, '\t')}\n`;
	const files = [
		join(homeOf(process.env), 'accuracy', 'report.json'),
		...(options.json ? [resolve(options.json)] : [])
	];
	for (const file of files) {
		mkdirSync(dirname(file), { recursive: true });
		// Whoever reads it meanwhile reads the one before, whole.
		writeFileSync(`${file}.new`, text);
		renameSync(`${file}.new`, file);
	}
}
