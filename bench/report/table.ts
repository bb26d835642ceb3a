// Formats the report as a table for the terminal.
import { sum } from '../figures.ts';
import { formatMs, formatNumber, formatRatio } from '../format.ts';
import { NATIONAL_LOAD } from '../national-load.ts';
import {
	BASELINES,
	STEP_COMPONENTS,
	type Cost,
	type Growth,
	type Latency,
	type Ratios,
	type Report
} from './report.ts';
import { endOfScaling, processesOf } from '../workers/scaling.ts';
import { targetsOf } from './targets.ts';

const line = (name: string, ...cells: string[]): string =>
	`  ${name.padEnd(46)}${cells.map((cell) => cell.padStart(14)).join('')}`.trimEnd();
/** Waits of PostgreSQL in one line. */
const MOST_WAITS = 4;
const NOT_MEASURED = 'not measured';
const perSecond = (figure: number | null | undefined): string =>
	figure == null ? NOT_MEASURED : formatNumber(figure);

export function readable(report: Report): string {
	const { notes, failures } = report;
	const sections = [
		throughputs(report),
		publishedFigures(report),
		latencies(report),
		stepsOf(report),
		scaling(report),
		[...sizes(report), ...otherFigures(report)],
		targets(report),
		notes.map((note) => `  ${note}`),
		failures.map((failure) => `  FAILED: ${failure}`)
	];
	return [
		`Causeway on ${report.cores} cores, Node ${report.node}, Redis ${report.redis}, PostgreSQL ${report.postgres}; ${
			report.quick ? 'quick, ' : ''
		}${report.rounds === 1 ? 'one round' : `medians of ${report.rounds} rounds`}, ${formatNumber(report.seconds)} s`,
		// The table leaves out sections that were not measured.
		...sections.filter((lines) => lines.length > 0).map((lines) => `\n${lines.join('\n')}`)
	].join('\n');
}

function targets(report: Report): string[] {
	const measured = targetsOf(report).filter(({ met }) => met !== null);
	return [
		line('targets', 'required', 'measured'),
		...measured.map(({ name, wanted, is, met }) => line(name, wanted, is, met ? 'met' : 'MISSED'))
	];
}

function throughputs({ ours, baselines, notMeasured, alertmanagerCpuUs, ratios }: Report): string[] {
	if ([...Object.values(ours), ...Object.values(baselines)].every((figure) => figure === null)) return [];
	return [
		`${line('throughput', 'per second', 'Causeway is')}  without`,
		line('Causeway: Alerts, HTTP to client', perSecond(ours.alertsPerSecond)),
		line('  50 a call', perSecond(ours.alertsBy50PerSecond)),
		line('  one a call', perSecond(ours.alertsBy1PerSecond)),
		line('  one DUIS message a call', perSecond(ours.duisPerSecond)),
		line('  with as many Service Requests', perSecond(ours.mixed?.alertsPerSecond)),
		line('Causeway: Service Requests', perSecond(ours.serviceRequestsPerSecond)),
		...(Object.keys(BASELINES) as Array<keyof Ratios>).map((key) => {
			const { figure, name, leavesOut } = BASELINES[key];
			const value = baselines[figure];
			if (value !== null) return `${line(name, formatNumber(value), formatRatio(ratios[key]))}  ${leavesOut}`;
			const why = notMeasured[figure];
			return line(name, NOT_MEASURED) + (why ? `: ${why}` : '');
		}),
		...(alertmanagerCpuUs === null
			? []
			: [line('  CPU of Alertmanager, per Alert', `${formatNumber(alertmanagerCpuUs)} µs`)])
	];
}

/** Shows the published figures beside measured baselines. */
function publishedFigures({ baselines, published }: Report): string[] {
	if (Object.values(baselines).every((figure) => figure === null)) return [];
	return [
		line('published, not measured here', 'per second'),
		...published.map(
			({ name, perSecond, measured, source }) => `${line(name, perSecond.toFixed(1))}  ${measured}; ${source}`
		)
	];
}

function latencies({ latencyMs, cost, halfPerSecond, consoles, pages }: Report): string[] {
	if (!latencyMs.at1150 && !latencyMs.at50pct && !consoles && !pages) return [];
	const latency = (name: string, at: Latency | null, of: Cost | null): string =>
		at
			? line(name, ...[at.p50, at.p95, at.p99].map(formatMs), of ? `${formatNumber(of.percent)} %` : '-')
			: line(name, NOT_MEASURED);
	const nationalAlerts = formatNumber(NATIONAL_LOAD.alertsPerSecond);
	const nationalRequests = formatNumber(NATIONAL_LOAD.serviceRequestsPerSecond);
	const busy = (of: Cost): string =>
		Object.entries(of.cores)
			.map(([component, cores]) => `${component} ${cores.toFixed(2)}`)
			.join(', ');
	return [
		line('latency, HTTP call to connected client', 'p50', 'p95', 'p99', 'CPU in use'),
		latency(
			`national load: ${nationalAlerts} Alerts, ${nationalRequests} requests/s`,
			latencyMs.at1150,
			cost.at1150
		),
		latency(
			`half of the maximum${halfPerSecond === null ? '' : `: ${formatNumber(halfPerSecond)} Alerts/s`}`,
			latencyMs.at50pct,
			null
		),
		...(consoles
			? [
					latency(
						`national load, ${formatNumber(consoles.connections)} connected clients`,
						consoles.latencyMs,
						consoles.cost
					)
				]
			: []),
		...(pages
			? [
					latency(
						`national load, Alert to webhook of its page (${formatNumber(pages.pages)})`,
						pages.latencyMs,
						null
					)
				]
			: []),
		...(cost.at1150 ? [line('busy cores at the national load', busy(cost.at1150))] : [])
	];
}

function stepsOf({ steps }: Report): string[] {
	if (!steps) return [];
	const row = (name: string, us: NonNullable<Report['steps']>[number]['us']): string =>
		line(
			name,
			...STEP_COMPONENTS.map((component) => formatNumber(us[component])),
			formatNumber(sum(STEP_COMPONENTS.map((component) => us[component])))
		);
	return [
		line('microseconds of CPU per record, by step', ...STEP_COMPONENTS, 'sum'),
		...steps.map(({ name, of, us }) => row(`${of}: ${name}`, us))
	];
}

/** Shows each number of processes with its throughput, its CPU, and the most frequent waits of PostgreSQL. */
function scaling({ workers }: Report): string[] {
	if (!workers) return [];
	const [first] = workers;
	return [
		`${line('Causeway at full speed, by processes', 'Alerts/s', 'against one', 'CPU in use', 'busy cores')}  PostgreSQL's busy sessions`,
		...workers.map((point) => {
			const { alertsPerSecond, machinePercent, cores, waits, busySessions } = point;
			const cells = line(
				processesOf(point),
				formatNumber(alertsPerSecond),
				formatRatio(first ? alertsPerSecond / first.alertsPerSecond : null),
				machinePercent === null ? '-' : `${formatNumber(machinePercent)} %`,
				cores ? sum(Object.values(cores)).toFixed(2) : '-'
			);
			const most = waits
				.slice(0, MOST_WAITS)
				.map(({ name, share }) => `${(100 * share).toFixed(0)} % ${name}`);
			return `${cells}  ${busySessions.toFixed(1)}: ${most.join(', ')}`;
		}),
		`  ${endOfScaling(workers)}`
	];
}

function sizes({ memory, growth }: Report): string[] {
	const grown = (at: Growth): string =>
		line(
			`with ${formatNumber(at.requests)} requests in the index`,
			`${formatNumber(at.alertsPerSecond)} /s`,
			`p99 ${formatMs(at.p99Ms)}`,
			at.bytesPerServiceRequest === null ? '' : `${formatNumber(at.bytesPerServiceRequest)} B/request`
		);
	const size = (name: string, figure: number | null, unit: string): string[] =>
		figure === null ? [] : [line(name, `${formatNumber(figure)} ${unit}`)];
	return [
		...size('Redis index, per Service Request', memory.bytesPerServiceRequest, 'B'),
		...size('PostgreSQL database, per Alert', memory.databaseBytesPerAlert, 'B'),
		...size('memory of web and worker', memory.rssMiB, 'MiB'),
		...growth.points.map(grown)
	];
}

function otherFigures({ backlog, browser, consoles, explained }: Report): string[] {
	const percent = (share: number): string => `${(100 * share).toFixed(0)} %`;
	const alerts = sum(Object.values(explained));
	return [
		...(backlog
			? [
					line(
						`backlog of ${formatNumber(backlog.alerts)} Alerts, drained in`,
						`${formatNumber(backlog.drainSeconds)} s`,
						`${formatNumber(backlog.drainedPerSecond)} /s`
					),
					line(
						'  share of priority 1: of all, of first 10 %',
						percent(backlog.urgentShare),
						percent(backlog.urgentShareOfFirstTenth)
					)
				]
			: []),
		...(consoles && consoles.webRssMiB !== null
			? [
					line(
						`memory of web, ${formatNumber(consoles.connections)} connected clients`,
						`${formatNumber(consoles.webRssMiB)} MiB`
					)
				]
			: []),
		...(browser
			? [
					line(
						`browser with ${formatNumber(browser.inView)} Alerts in the list`,
						`${formatNumber(browser.framesPerSecond)} frames/s`,
						`max ${formatMs(browser.longestFrameMs)}`,
						`${formatNumber(browser.heapMiB)} MiB`
					),
					line(
						'from a key to the next paint',
						`p50 ${formatMs(browser.keyToPaintMs.p50)}`,
						`p95 ${formatMs(browser.keyToPaintMs.p95)}`
					),
					line('from the navigation to the first row', formatMs(browser.firstListMs))
				]
			: []),
		...(alerts > 0
			? [
					line(
						'Alerts by explanation',
						Object.entries(explained)
							.map(([kind, count]) => `${kind} ${percent(count / alerts)}`)
							.join(', ')
					)
				]
			: [])
	];
}
