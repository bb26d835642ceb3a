// The report as a table for the terminal.
import {
	BASELINES,
	COUNTRY,
	STEP_PARTS,
	type Cost,
	type Growth,
	type Latency,
	type Ratios,
	type Report
} from './report.ts';
import { targetsOf } from './targets.ts';
import { inMs, ratio, whole } from './wording.ts';

const line = (name: string, ...cells: string[]): string =>
	`  ${name.padEnd(46)}${cells.map((cell) => cell.padStart(14)).join('')}`.trimEnd();
const NOT_MEASURED = 'not measured';
const aSecond = (figure: number | null | undefined): string =>
	figure == null ? NOT_MEASURED : whole(figure);

export function readable(report: Report): string {
	const { notes, failures } = report;
	const sections = [
		paces(report),
		latencies(report),
		stepsOf(report),
		[...sizes(report), ...special(report)],
		verdicts(report),
		notes.map((note) => `  ${note}`),
		failures.map((failure) => `  FAILED: ${failure}`)
	];
	return [
		`Causeway on ${report.cores} cores, Node ${report.node}, Redis ${report.redis}, PostgreSQL ${report.postgres}; ${
			report.quick ? 'quick, ' : ''
		}${report.rounds === 1 ? 'one round' : `medians of ${report.rounds} rounds`}, ${whole(report.seconds)} s`,
		// What the caller did not ask for is left out.
		...sections.filter((lines) => lines.length > 0).map((lines) => `\n${lines.join('\n')}`)
	].join('\n');
}

function verdicts(report: Report): string[] {
	const measured = targetsOf(report).filter(({ met }) => met !== null);
	return [
		line('targets', 'wanted', 'is'),
		...measured.map(({ name, wanted, is, met }) => line(name, wanted, is, met ? 'met' : 'MISSED'))
	];
}

function paces({ ours, baselines, ratios }: Report): string[] {
	if ([...Object.values(ours), ...Object.values(baselines)].every((figure) => figure === null)) return [];
	return [
		line('', 'a second', 'ours is'),
		line('Causeway: Alerts, HTTP to screen', aSecond(ours.alertsPerSecond)),
		line('  50 a call', aSecond(ours.alertsBy50PerSecond)),
		line('  one a call', aSecond(ours.alertsBy1PerSecond)),
		line('  one DUIS message a call', aSecond(ours.duisPerSecond)),
		line('  beside as many Service Requests', aSecond(ours.mixed?.alertsPerSecond)),
		line('Causeway: Service Requests', aSecond(ours.serviceRequestsPerSecond)),
		...(Object.keys(BASELINES) as Array<keyof Ratios>).map((key) => {
			const figure = baselines[BASELINES[key].figure];
			return line(
				BASELINES[key].name,
				...(figure === null ? [NOT_MEASURED] : [whole(figure), ratio(ratios[key])])
			);
		})
	];
}

function latencies({ latencyMs, cost, halfPerSecond, consoles }: Report): string[] {
	if (!latencyMs.at1150 && !latencyMs.at50pct && !consoles) return [];
	const latency = (name: string, at: Latency | null, of: Cost | null): string =>
		at
			? line(name, ...[at.p50, at.p95, at.p99].map(inMs), of ? `${whole(of.percent)} %` : '-')
			: line(name, NOT_MEASURED);
	const busy = (of: Cost): string =>
		Object.entries(of.cores)
			.map(([part, cores]) => `${part} ${cores.toFixed(2)}`)
			.join(', ');
	return [
		line('from the call to the console', 'p50', 'p95', 'p99', 'of all cores'),
		latency(
			`${whole(COUNTRY.alertsPerSecond)} Alerts/s beside 800 requests/s`,
			latencyMs.at1150,
			cost.at1150
		),
		latency(
			`half of the most${halfPerSecond === null ? '' : `: ${whole(halfPerSecond)} Alerts/s`}`,
			latencyMs.at50pct,
			null
		),
		...(consoles
			? [latency(`with ${whole(consoles.connections)} consoles`, consoles.latencyMs, consoles.cost)]
			: []),
		...(cost.at1150 ? [line('cores that were busy', busy(cost.at1150))] : [])
	];
}

function stepsOf({ steps }: Report): string[] {
	if (!steps) return [];
	const row = (name: string, us: NonNullable<Report['steps']>[number]['us']): string =>
		line(
			name,
			...STEP_PARTS.map((part) => whole(us[part])),
			whole(STEP_PARTS.reduce((sum, part) => sum + us[part], 0))
		);
	return [
		line('microseconds of CPU a record, step by step', ...STEP_PARTS, 'together'),
		...steps.map(({ name, of, us }) => row(`${of}: ${name}`, us))
	];
}

function sizes({ memory, growth }: Report): string[] {
	const grown = (at: Growth): string =>
		line(
			`index of ${whole(at.requests)} requests`,
			`${whole(at.alertsPerSecond)} /s`,
			`p99 ${inMs(at.p99Ms)}`,
			at.bytesPerServiceRequest === null ? '' : `${whole(at.bytesPerServiceRequest)} B each`
		);
	const size = (name: string, figure: number | null, unit: string): string[] =>
		figure === null ? [] : [line(name, `${whole(figure)} ${unit}`)];
	return [
		...size('index in Redis, a Service Request', memory.bytesPerServiceRequest, 'B'),
		...size('record in PostgreSQL, an Alert', memory.databaseBytesPerAlert, 'B'),
		...size('memory of web and worker together', memory.rssMiB, 'MiB'),
		...growth.points.map(grown)
	];
}

function special({ backlog, browser, consoles, explained }: Report): string[] {
	const percent = (share: number): string => `${(100 * share).toFixed(0)} %`;
	const alerts = Object.values(explained).reduce((a, b) => a + b, 0);
	return [
		...(backlog
			? [
					line(
						`backlog of ${whole(backlog.alerts)} Alerts`,
						`${whole(backlog.drainSeconds)} s`,
						`${whole(backlog.drainedPerSecond)} /s`
					),
					line(
						'  priority 1: of all, of the first tenth',
						percent(backlog.urgentShare),
						percent(backlog.urgentShareOfFirstTenth)
					)
				]
			: []),
		...(consoles && consoles.webRssMiB !== null
			? [
					line(
						`memory of web with ${whole(consoles.connections)} consoles`,
						`${whole(consoles.webRssMiB)} MiB`
					)
				]
			: []),
		...(browser
			? [
					line(
						`browser with ${whole(browser.inView)} Alerts in view`,
						`${whole(browser.framesPerSecond)} frames/s`,
						`worst ${inMs(browser.longestFrameMs)}`,
						`${whole(browser.heapMiB)} MiB`
					)
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
