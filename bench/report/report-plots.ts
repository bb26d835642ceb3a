// Draws the plots of a report. The keys of the result are file names.
import { formatNumber } from '../format.ts';
import { NATIONAL_LOAD } from '../national-load.ts';
import { barPlot, growthPlot, latencyPlot, linesPlot, partsPlot } from './plot.ts';
import { BASELINES, STEP_COMPONENTS, type Report } from './report.ts';

export function plotsOf({
	ours,
	baselines,
	latencyMs,
	halfPerSecond,
	growth,
	steps,
	workers
}: Report): Record<string, string> {
	const grown = growth.points.map((point) => ({ ...point, label: sizeOf(point.requests) }));
	const loads = [
		{
			label: `national load: ${formatNumber(NATIONAL_LOAD.alertsPerSecond)} Alerts per second`,
			at: latencyMs.at1150
		},
		{
			label: `half of the maximum: ${formatNumber(halfPerSecond ?? 0)} Alerts per second`,
			at: latencyMs.at50pct
		}
	].flatMap(({ label, at }) => (at ? [{ label, ...at }] : []));
	return {
		...(ours.alertsPerSecond !== null && {
			'throughput.svg': barPlot('Throughput of Causeway and of the alternatives', 'per second', [
				{ label: 'Causeway: Alerts, HTTP to client', value: ours.alertsPerSecond, ours: true },
				{ label: 'Causeway: one DUIS message a call', value: ours.duisPerSecond, ours: true },
				{ label: 'Causeway: Service Requests', value: ours.serviceRequestsPerSecond, ours: true },
				...Object.values(BASELINES).map(({ name, figure }) => ({ label: name, value: baselines[figure] }))
			])
		}),
		...(loads.length > 0 && {
			'latency.svg': latencyPlot('Latency from the HTTP call to the connected client', loads)
		}),
		...(steps && {
			'steps.svg': partsPlot(
				'CPU time of each processing step',
				'microseconds of CPU per record, in full batches, without other load',
				STEP_COMPONENTS,
				steps.map(({ name, of, us }) => ({
					label: `${of}: ${name}`,
					values: STEP_COMPONENTS.map((part) => us[part])
				}))
			)
		}),
		...(workers && {
			'workers.svg': linesPlot(
				'Throughput and CPU by the number of processes',
				'workers, with one web process or as named',
				workers.map(({ workers, webs }) => ({
					label: webs === 1 ? `${workers}` : `${workers}, ${webs} web`
				})),
				[
					['Alerts per second', workers.map(({ alertsPerSecond }) => alertsPerSecond)],
					['CPU of the machine in use, %', workers.map(({ machinePercent }) => machinePercent ?? 0)]
				]
			)
		}),
		...(grown.length > 1 && { 'growth.svg': growthPlot('Throughput and latency as the index grows', grown) })
	};
}

/** Formats a size of the index: 100 k, 10 M. */
const sizeOf = (requests: number): string =>
	requests >= 1e6 ? `${Number((requests / 1e6).toFixed(1))} M` : `${Number((requests / 1e3).toFixed(1))} k`;
