// The plots of a report, by file name.
import { barPlot, growthPlot, latencyPlot } from './plot.ts';
import { BASELINES, COUNTRY, type Report } from './report.ts';

export function plotsOf({ ours, baselines, latencyMs, growth }: Report): Record<string, string> {
	const grown = [
		{ label: '100 k', at: growth.at100k },
		{ label: '1 M', at: growth.at1M },
		{ label: '10 M', at: growth.at10M }
	].flatMap(({ label, at }) => (at ? [{ ...at, label }] : []));
	return {
		'throughput.svg': barPlot('Causeway beside what else one could build', 'a second', [
			{ label: 'Causeway: Alerts, HTTP to screen', value: ours.alertsPerSecond, ours: true },
			{ label: 'Causeway: Service Requests', value: ours.serviceRequestsPerSecond, ours: true },
			...Object.values(BASELINES).map(({ name, ...of }) => ({ label: name, value: baselines[of.figure] }))
		]),
		'latency.svg': latencyPlot('From the HTTP call to the screen', [
			{ label: `the country: ${figure(COUNTRY.alertsPerSecond)} Alerts a second`, ...latencyMs.at1150 },
			{
				label: `half of the most: ${figure(ours.alertsPerSecond / 2)} Alerts a second`,
				...latencyMs.at50pct
			}
		]),
		...(grown.length > 1 && { 'growth.svg': growthPlot('As Service Requests grow in number', grown) })
	};
}

const figure = (value: number): string => Math.round(value).toLocaleString('en-GB');
