// What the product promises of its pace, and whether the figures of a run keep it.
import type { Report } from './report.ts';
import { inMs, whole } from './wording.ts';

export interface Target {
	name: string;
	/** What it must be, and what it is, as text. */
	wanted: string;
	is: string;
	/** `null` where it was not measured. */
	met: boolean | null;
}

export function targetsOf(report: Report): Target[] {
	const { ratios, ours, latencyMs, cost, growth, memory, browser, failures } = report;
	const atLeast = (
		name: string,
		is: number | null,
		wanted: number,
		say: (figure: number) => string
	): Target => ({
		name,
		wanted: `>= ${say(wanted)}`,
		is: is === null ? 'not measured' : say(is),
		met: is === null ? null : is >= wanted
	});
	const atMost = (
		name: string,
		is: number | null,
		wanted: number,
		say: (figure: number) => string
	): Target => ({
		...atLeast(name, is, wanted, say),
		wanted: `<= ${say(wanted)}`,
		met: is === null ? null : is <= wanted
	});
	const times = (figure: number): string => `${figure.toFixed(figure < 10 ? 2 : 0)} x`;
	const aSecond = (figure: number): string => `${whole(figure)} /s`;
	const percent = (figure: number): string => `${whole(figure)} %`;
	const bytes = (figure: number): string => `${whole(figure)} B`;
	// Both streams are sent in equal numbers: the slower of them is what it can do.
	const mixed = ours.mixed && Math.min(ours.mixed.alertsPerSecond, ours.mixed.serviceRequestsPerSecond);
	const kept = growth.at100k && growth.at10M && growth.at10M.alertsPerSecond / growth.at100k.alertsPerSecond;
	return [
		atLeast('Alerts to BullMQ without work', ratios.bullmqNoop, 3, times),
		atLeast('Alerts to PostgreSQL by hand', ratios.postgresLookup, 8, times),
		atLeast('Alerts, beside as many requests', mixed, 10_000, aSecond),
		atLeast('DUIS messages, one a call', ours.duisPerSecond, 3000, aSecond),
		atMost("p50 at the country's pace", latencyMs.at1150?.p50 ?? null, 20, inMs),
		atMost("p99 at the country's pace", latencyMs.at1150?.p99 ?? null, 100, inMs),
		atMost("CPU at the country's pace", cost.at1150?.percent ?? null, 40, percent),
		atLeast('pace with 10 M requests to 100 k', kept, 0.9, times),
		atMost('index, for each request', memory.bytesPerServiceRequest, 80, bytes),
		atLeast('frames a second, a long list', browser?.framesPerSecond ?? null, 30, whole),
		atMost('parts that lost, doubled or failed', failures.length, 0, whole)
	];
}
