// The plots of a report, by file name.
import { barPlot, growthPlot, latencyPlot, partsPlot } from './plot.ts';
import { BASELINES, COUNTRY, STEP_PARTS, type Report } from './report.ts';
import { whole } from './wording.ts';

export function plotsOf({
	ours,
	baselines,
	latencyMs,
	halfPerSecond,
	growth,
	steps
}: Report): Record<string, string> {
	const grown = growth.points.map((point) => ({ ...point, label: sizeOf(point.requests) }));
	const loads = [
		{ label: `the country: ${whole(COUNTRY.alertsPerSecond)} Alerts a second`, at: latencyMs.at1150 },
		{ label: `half of the most: ${whole(halfPerSecond ?? 0)} Alerts a second`, at: latencyMs.at50pct }
	].flatMap(({ label, at }) => (at ? [{ label, ...at }] : []));
	return {
		...(ours.alertsPerSecond !== null && {
			'throughput.svg': barPlot('Causeway beside what else one could build', 'a second', [
				{ label: 'Causeway: Alerts, HTTP to screen', value: ours.alertsPerSecond, ours: true },
				{ label: 'Causeway: one DUIS message a call', value: ours.duisPerSecond, ours: true },
				{ label: 'Causeway: Service Requests', value: ours.serviceRequestsPerSecond, ours: true },
				...Object.values(BASELINES).map(({ name, figure }) => ({ label: name, value: baselines[figure] }))
			])
		}),
		...(loads.length > 0 && { 'latency.svg': latencyPlot('From the HTTP call to the screen', loads) }),
		...(steps && {
			'steps.svg': partsPlot(
				'Where the time goes',
				'microseconds of CPU a record, in full batches with nothing beside',
				STEP_PARTS,
				steps.map(({ name, of, us }) => ({
					label: `${of}: ${name}`,
					values: STEP_PARTS.map((part) => us[part])
				}))
			)
		}),
		...(grown.length > 1 && { 'growth.svg': growthPlot('As Service Requests grow in number', grown) })
	};
}

/** 100 k, 10 M. */
const sizeOf = (requests: number): string =>
	requests >= 1e6 ? `${Number((requests / 1e6).toFixed(1))} M` : `${Number((requests / 1e3).toFixed(1))} k`;
