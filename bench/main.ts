// `npm run bench`: how fast Causeway is on this machine, beside what else one could build, and at what cost.
import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { buildPages } from '../launcher/build.ts';
import { openGround, type Ground } from '../launcher/ground.ts';
import { homeOf } from '../launcher/services.ts';
import { backlog } from './backlog.ts';
import { browser } from './browser.ts';
import { serviceVersions } from './circumstances.ts';
import { consoles } from './consoles.ts';
import { createCourse } from './course.ts';
import { growth } from './growth.ts';
import { indexSize } from './index-size.ts';
import { compose, createMeasured } from './measured.ts';
import { readOptions, type Options, type PartName } from './options.ts';
import { createProgress } from './progress.ts';
import { plotsOf } from './report-plots.ts';
import type { Report } from './report.ts';
import { worksOfRound, type Bench, type Told, type Work } from './rounds.ts';
import { steps } from './steps.ts';
import { openSystem, type Loaded } from './system.ts';
import { readable } from './table.ts';
import { targetsOf } from './targets.ts';
import { createTrace } from './trace.ts';
import { createTrial, type Trial } from './trial.ts';

/** The trace begins so long ago, so that no time in it lies ahead; the index holds what is three days old. */
const BACK_MS = 60 * 3_600_000;
/** These parts need none, or open one of their own. */
const WITHOUT_SYSTEM: readonly PartName[] = ['baselines', 'memory', 'growth'];
/** The Alerts of the baselines are spread over all of the past like those of the stages. */
const BASELINE_ALERTS = 1_000_000;
const began = performance.now();
let ground: Promise<Ground> | undefined;
let system: Loaded | undefined;
let closing: Promise<void> | undefined;
/** Also while the services are still starting: what has begun to start is stopped. */
const close = (): Promise<void> =>
	(closing ??= (async () => {
		await system?.stop().catch(() => {});
		await ground?.then(
			({ close }) => close(),
			() => {}
		);
	})());
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
	process.on(signal, () => void close().finally(() => process.exit(1)));

try {
	const options = readOptions(process.argv.slice(2));
	const report = await measure(options);
	await close();
	console.log(`\n${readable(report)}\n`);
	console.log(`bench: report and plots are in ${keep(report, options)}`);
	process.exit(report.failures.length > 0 ? 1 : 0);
} catch (error) {
	await close();
	console.error(`bench: ${(error as Error).message}`);
	process.exit(1);
}

async function measure(options: Options): Promise<Report> {
	const { seed, amounts, parts } = options;
	const measured = createMeasured();
	const now = Date.now() - BACK_MS;
	const { plan } = createCourse({
		seed,
		devices: amounts.devices,
		requests: amounts.requests,
		now
	}).next({ alerts: { count: BASELINE_ALERTS, batch: 1, perSecond: null } });
	const trace = createTrace(plan);
	let trial: Trial | undefined;
	const bench: Bench = {
		options,
		measured,
		trace,
		ground: () => ground!,
		trial: () => trial!
	};
	const reopen = async (at: Told): Promise<void> => {
		await system?.stop();
		system = await openSystem(await ground!, trace, { say: progress.say, onProgress: at });
		trial = createTrial(system, measured.stages);
	};
	const start: Work = {
		name: 'starting Causeway',
		seconds: 8 + amounts.devices / 20_000 + amounts.requests / 5000,
		run: async (at) => {
			await reopen(at);
			return 'it is up';
		}
	};
	const needsSystem = [...parts].some((part) => !WITHOUT_SYSTEM.includes(part));
	const works = [
		...(needsSystem ? [start] : []),
		...Array.from({ length: options.rounds }, () => worksOfRound(bench)).flat(),
		...(parts.has('memory') ? [indexSize(bench)] : []),
		...(parts.has('consoles') ? [consoles(bench)] : []),
		...(parts.has('browser') ? [browser(bench)] : []),
		...(parts.has('backlog') ? [backlog(bench)] : []),
		...(parts.has('steps') ? [steps(bench)] : []),
		...(parts.has('growth') ? growth(bench, reopen) : [])
	];
	const progress = createProgress(works);
	buildPages(progress.say);
	ground = openGround('bench', progress.say);
	const versions = await serviceVersions((await ground).services);
	for (const work of works) {
		progress.begin(work);
		try {
			const result = await work.run(progress.at);
			progress.end();
			progress.say(`${work.name}: ${result}`);
		} catch (error) {
			// Without a Causeway there is nothing to go on with, nor when somebody has asked to stop.
			if (work === start || closing) throw error;
			measured.failures.push(`${work.name}: ${(error as Error).message}`);
			progress.end();
			progress.say(`${work.name} FAILED: ${(error as Error).message}`);
		}
	}
	progress.close();
	return compose(measured, {
		cores: availableParallelism(),
		node: process.versions.node,
		...versions,
		quick: options.quick,
		rounds: options.rounds,
		seed,
		at: new Date().toISOString(),
		seconds: (performance.now() - began) / 1000
	});
}

/** Report and plots for the installation, and the report where the caller asks. Returns the folder. */
function keep(report: Report, { json }: Options): string {
	const folder = join(homeOf(process.env), 'bench');
	const text = `${JSON.stringify({ ...report, targets: targetsOf(report) }, null, '\t')}\n`;
	const files: Record<string, string> = { [join(folder, 'report.json')]: text };
	for (const [name, svg] of Object.entries(plotsOf(report))) files[join(folder, name)] = svg;
	if (json) files[resolve(json)] = text;
	for (const [file, content] of Object.entries(files)) {
		mkdirSync(dirname(file), { recursive: true });
		// Whoever reads it meanwhile reads the one before, whole.
		writeFileSync(`${file}.new`, content);
		renameSync(`${file}.new`, file);
	}
	return folder;
}
