// Runs `npm run bench`: measures how fast Causeway is on this machine, how much CPU it takes, and how fast the baselines
// are.
import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { readEnvFile } from '#lib/server/process/config.ts';
import { buildPages } from '../launcher/build.ts';
import { openTestbed, type Testbed } from '../launcher/testbed.ts';
import { homeOf } from '../launcher/services.ts';
import { backlog } from './backlog.ts';
import { baselineTasks } from './baselines/tasks.ts';
import { browser } from './browser.ts';
import { consoles } from './consoles.ts';
import { growth } from './growth.ts';
import { indexSize } from './index-size.ts';
import { composeReport, createMeasured } from './measured.ts';
import { readOptions, type Options, type PartName } from './options.ts';
import { pages } from './pages.ts';
import { createProgress, type OnProgress } from './progress.ts';
import { plotsOf } from './report/report-plots.ts';
import type { Report } from './report/report.ts';
import { stagesOfRound, type BenchContext, type Task } from './report/rounds.ts';
import { readable } from './report/table.ts';
import { targetsOf } from './report/targets.ts';
import { serviceVersions } from './service-versions.ts';
import { createStagePlanner } from './stage-planner.ts';
import { createStageRunner, type StageRunner } from './stage-runner.ts';
import { steps } from './steps.ts';
import { openSystem, type LoadedSystem } from './system.ts';
import { createTrace } from './trace.ts';
import { workers } from './workers/workers.ts';

/** The time from `now` of the trace to the start of the run, so that no time of the trace is in the future. */
const TRACE_AGE_MS = 60 * 3_600_000;
/** The parts that need no running Causeway, or that start a separate Causeway. */
const WITHOUT_SYSTEM: readonly PartName[] = ['baselines', 'memory', 'growth'];
/** The number of Alerts of the baselines, enough to cover the whole past of the trace, as in the stages. */
const BASELINE_ALERTS = 1_000_000;
const beganMs = performance.now();
let testbed: Promise<Testbed> | undefined;
let system: LoadedSystem | undefined;
let closing: Promise<void> | undefined;
/** Stops Causeway and the services, also while they are still starting. */
const close = (): Promise<void> =>
	(closing ??= (async () => {
		await system?.stop().catch(() => {});
		await testbed?.then(
			({ close }) => close(),
			() => {}
		);
	})());
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
	process.on(signal, () => void close().finally(() => process.exit(1)));

try {
	readEnvFile();
	const options = readOptions(process.argv.slice(2));
	const report = await measure(options);
	await close();
	console.log(`\n${readable(report)}\n`);
	console.log(`bench: report and plots are in ${writeReport(report, options)}`);
	process.exit(report.failures.length > 0 ? 1 : 0);
} catch (error) {
	await close();
	console.error(`bench: ${(error as Error).message}`);
	process.exit(1);
}

async function measure(options: Options): Promise<Report> {
	const { seed, amounts, parts } = options;
	const measured = createMeasured();
	const now = Date.now() - TRACE_AGE_MS;
	const { plan } = createStagePlanner({
		seed,
		devices: amounts.devices,
		requests: amounts.requests,
		now
	}).next({ alerts: { count: BASELINE_ALERTS, batch: 1, perSecond: null } });
	const trace = createTrace(plan);
	let stageRunner: StageRunner | undefined;
	const bench: BenchContext = {
		options,
		measured,
		trace,
		testbed: () => testbed!,
		stageRunner: () => stageRunner!
	};
	const reopen = async (onProgress: OnProgress): Promise<void> => {
		await system?.stop();
		system = await openSystem(await testbed!, trace, { say: progress.say, onProgress });
		stageRunner = createStageRunner(system, measured.stages);
	};
	const start: Task = {
		name: 'starting Causeway',
		expectedSeconds: 8 + amounts.devices / 20_000 + amounts.requests / 5000,
		run: async (onProgress) => {
			await reopen(onProgress);
			return 'ready';
		}
	};
	const needsSystem = [...parts].some((part) => !WITHOUT_SYSTEM.includes(part));
	const tasks = [
		...(needsSystem ? [start] : []),
		// The rounds repeat Causeway and the baselines in turn, so that a slow minute of the machine affects both.
		...Array.from({ length: options.rounds }, () => [
			...stagesOfRound(bench),
			...(parts.has('baselines') ? baselineTasks(bench) : [])
		]).flat(),
		...(parts.has('memory') ? [indexSize(bench)] : []),
		...(parts.has('workers') ? [workers(bench)] : []),
		...(parts.has('consoles') ? [consoles(bench)] : []),
		...(parts.has('pages') ? [pages(bench)] : []),
		...(parts.has('browser') ? [browser(bench)] : []),
		...(parts.has('backlog') ? [backlog(bench)] : []),
		...(parts.has('steps') ? [steps(bench)] : []),
		...(parts.has('growth') ? growth(bench, reopen) : [])
	];
	const progress = createProgress(tasks);
	await buildPages(progress.say);
	testbed = openTestbed('bench', progress.say);
	const versions = await serviceVersions((await testbed).services);
	for (const task of tasks) {
		progress.begin(task);
		try {
			const result = await task.run(progress.update);
			progress.end();
			progress.say(`${task.name}: ${result}`);
		} catch (error) {
			// The run cannot continue without Causeway, or after a signal to stop.
			if (task === start || closing) throw error;
			measured.failures.push(`${task.name}: ${(error as Error).message}`);
			progress.end();
			progress.say(`${task.name} FAILED: ${(error as Error).message}`);
		}
	}
	progress.close();
	return composeReport(measured, {
		cores: availableParallelism(),
		node: process.versions.node,
		...versions,
		quick: options.quick,
		rounds: options.rounds,
		seed,
		at: new Date().toISOString(),
		seconds: (performance.now() - beganMs) / 1000
	});
}

/**
 * Writes the report and the plots to CAUSEWAY_HOME/bench, and the report to the file of `--json`. Returns the folder.
 */
function writeReport(report: Report, { json }: Options): string {
	const folder = join(homeOf(process.env), 'bench');
	const text = `${JSON.stringify({ ...report, targets: targetsOf(report) }, null, '\t')}\n`;
	const files: Record<string, string> = { [join(folder, 'report.json')]: text };
	for (const [name, svg] of Object.entries(plotsOf(report))) files[join(folder, name)] = svg;
	if (json) files[resolve(json)] = text;
	for (const [file, content] of Object.entries(files)) {
		mkdirSync(dirname(file), { recursive: true });
		// Replaces the file in one step, so that a reader never sees half a report.
		writeFileSync(`${file}.new`, content);
		renameSync(`${file}.new`, file);
	}
	return folder;
}
