// Runs `npm run accuracy`: sends simulated worlds with a known truth through a real Causeway and scores its
// explanations.
import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { missedTargets } from '#lib/domain/accuracy-report.ts';
import { causeTable } from '#lib/domain/cause-table/cause-table.ts';
import { readEnvFile } from '#lib/server/process/config.ts';
import { DAY } from '../demo/events.ts';
import { buildPages } from '../launcher/build.ts';
import { openTestbed, type Testbed } from '../launcher/testbed.ts';
import { homeOf } from '../launcher/services.ts';
import { byDevice, nearest15min, scoreBaseline, tableOnly } from './baselines.ts';
import { describeDifference, differences, type ReadAlert } from './canonical.ts';
import { deliver } from './delivery.ts';
import { markComplete, pending, readAll, send, sendDevices, settle } from './drive.ts';
import { examplesOf } from './examples.ts';
import type { Ledger } from './ledger.ts';
import { readable, type Report } from './report.ts';
import { isAsItShouldBe, isLearned, isWrongExplanation, pair, score, type Answer } from './score.ts';
import { startWorldSystem } from './system.ts';
import type { Truth } from './truth.ts';
import { lateToUpgraded } from './upgrade.ts';
import { simulateWorld, plansOf, type WorldPlan } from './world.ts';

const DEFAULT_SEED = 1;
const LATE_RECORD_COUNT = 50;
const { values: options } = parseArgs({
	options: { json: { type: 'string' }, seed: { type: 'string' }, quick: { type: 'boolean', default: false } }
});
const seed = Number(options.seed ?? DEFAULT_SEED);
const beganMs = performance.now();
const printedLines = new Set<string>();
/** Prints a progress line. If a process repeats a line, the line is printed once. */
const say = (line: string): void => {
	if (printedLines.has(line)) return;
	printedLines.add(line);
	console.log(`accuracy [${((performance.now() - beganMs) / 1000).toFixed(1).padStart(5)} s] ${line}`);
};

let testbed: Promise<Testbed> | undefined;
let closing: Promise<void> | undefined;
/** Stops Causeway and the services, also while they are still starting. */
const close = (): Promise<void> =>
	(closing ??=
		testbed?.then(
			({ close }) => close(),
			() => {}
		) ?? Promise.resolve());
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
	process.on(signal, () => void close().finally(() => process.exit(1)));

try {
	readEnvFile();
	if (!Number.isSafeInteger(seed) || seed < 0)
		throw new Error(`--seed must be a whole number from 0, not "${options.seed}"`);
	const report = await measure();
	await close();
	writeReport(report);
	console.log(`\n${readable(report)}\n`);
	if (report.missed.length > 0) throw new Error(`missed targets: ${report.missed.join('; ')}`);
	console.log('accuracy: all targets are met');
} catch (error) {
	await close();
	console.error(`accuracy: ${(error as Error).message}`);
	process.exit(1);
}
process.exit(0);

async function measure(): Promise<Report> {
	// The worlds begin three days ago. So all events of the worlds are in the past, some within the window of the index and
	// some before this window.
	const from = Math.floor(Date.now() / DAY) * DAY - 3 * DAY;
	const plans = plansOf(seed, from, options.quick ? 0.2 : 1);
	const worlds = plans.map(simulateWorld);
	const truths = worlds.flatMap((world) => world.truths);
	const requests = worlds.reduce((sum, world) => sum + world.requests.length, 0);
	say(`${plans.length} worlds of seed ${seed}: ${truths.length} Alerts, ${requests} Service Requests`);

	await buildPages(say);
	testbed = openTestbed('accuracy', say);
	const first = await firstRun(await testbed, worlds, from);
	const second = await secondRun(await testbed, worlds);
	const differing = differences(first.read, second);
	if (differing[0])
		say(
			`the shuffled run differs in ${differing.length} fields; the first: ${describeDifference(differing[0])}`
		);
	return composeReport(plans, worlds, first, differing.length === 0);
}

interface FirstRun {
	read: ReadAlert[];
	pendingResolved: number;
	latency: Report['lateToUpgradedMs'];
}

/** Does the first run, like a bad real day: late records come last, and the audit data is complete only after them. */
async function firstRun(testbed: Testbed, worlds: readonly Ledger[], from: number): Promise<FirstRun> {
	const system = await startWorldSystem(testbed);
	say('first run: a fresh Causeway is ready');
	const delivery = deliver(worlds, seed * 31 + 1, false);
	await markComplete(system, from + DAY / 2);
	await sendDevices(system, delivery.devices);
	await send(system, delivery.first);
	await settle(system);
	const pendingBefore = pendingIds(await readAll(system));
	say(`first run: all but the late records are sent, ${pendingBefore.size} explanations are pending`);
	await send(system, delivery.late);
	await markComplete(system, Date.now());
	await settle(system, async () => (await pending(system)) === 0);
	const read = await readAll(system);
	const stillPending = [...pendingIds(read)].filter((id) => pendingBefore.has(id)).length;
	say(`first run: the late records are sent, ${stillPending} explanations are still pending`);
	const latency = await lateToUpgraded(system, options.quick ? 15 : LATE_RECORD_COUNT);
	await system.stop();
	return {
		read,
		pendingResolved: pendingBefore.size === 0 ? 1 : 1 - stillPending / pendingBefore.size,
		latency
	};
}

/** Does the second run, in another order: late records anywhere, and half of the inventory after the Alerts. */
async function secondRun(testbed: Testbed, worlds: readonly Ledger[]): Promise<ReadAlert[]> {
	const system = await startWorldSystem(testbed);
	say('second run: another fresh Causeway is ready, the records come in another order');
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
	const pendingAlerts = read.filter(({ alert }) => alert.explanation === 'pending');
	return new Set(pendingAlerts.map(({ viewer, alert }) => `${viewer} ${alert.messageId}`));
}

function composeReport(
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
	const sent = new Map(
		worlds.flatMap((world) => world.requests.map((request) => [request.requestId, request] as const))
	);
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

function byMechanism(pairs: ReadonlyArray<[Truth, Answer]>): Report['mechanisms'] {
	const rows: Report['mechanisms'] = {};
	for (const [truth, answer] of pairs) {
		const row = (rows[truth.mechanism] ??= {
			kind: truth.kind,
			n: 0,
			right: 0,
			wrongExplanations: 0,
			learned: 0
		});
		row.n++;
		if (isAsItShouldBe(truth, answer)) row.right++;
		if (isWrongExplanation(truth, answer)) row.wrongExplanations++;
		if (isLearned(truth, answer)) row.learned++;
	}
	return rows;
}

/** Writes the report for the console, and to the file of `--json`. */
function writeReport(report: Report): void {
	const text = `${JSON.stringify(report, null, '\t')}\n`;
	const files = [
		join(homeOf(process.env), 'accuracy', 'report.json'),
		...(options.json ? [resolve(options.json)] : [])
	];
	for (const file of files) {
		mkdirSync(dirname(file), { recursive: true });
		// Replaces the file in one step, so that a reader never sees half a report.
		writeFileSync(`${file}.new`, text);
		renameSync(`${file}.new`, file);
	}
}
