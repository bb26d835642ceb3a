// Defines the performance targets, and decides whether the figures of a run meet them.
import { formatMs, formatNumber } from '../format.ts';
import type { Report } from './report.ts';

export interface Target {
	name: string;
	/** The required and the measured figure, as text. */
	wanted: string;
	is: string;
	/** Whether the measured figure meets the target. `null`: the figure was not measured. */
	met: boolean | null;
}

export function targetsOf(report: Report): Target[] {
	const { ratios, ours, latencyMs, cost, growth, memory, browser, pages, failures } = report;
	const atLeast = (
		name: string,
		is: number | null,
		wanted: number,
		format: (figure: number) => string
	): Target => ({
		name,
		wanted: `>= ${format(wanted)}`,
		is: is === null ? 'not measured' : format(is),
		met: is === null ? null : is >= wanted
	});
	const atMost = (
		name: string,
		is: number | null,
		wanted: number,
		format: (figure: number) => string
	): Target => ({
		...atLeast(name, is, wanted, format),
		wanted: `<= ${format(wanted)}`,
		met: is === null ? null : is <= wanted
	});
	const times = (figure: number): string => `${figure.toFixed(figure < 10 ? 2 : 0)} x`;
	const perSecond = (figure: number): string => `${formatNumber(figure)} /s`;
	const percent = (figure: number): string => `${formatNumber(figure)} %`;
	const bytes = (figure: number): string => `${formatNumber(figure)} B`;
	// The load has equal numbers of Alerts and Service Requests, so the slower stream limits the load.
	const mixed = ours.mixed && Math.min(ours.mixed.alertsPerSecond, ours.mixed.serviceRequestsPerSecond);
	const grown = growth.at100k && growth.at10M && growth.at10M.alertsPerSecond / growth.at100k.alertsPerSecond;
	return [
		atLeast('Alerts compared with BullMQ', ratios.bullmqNoop, 1, times),
		atLeast('Alerts compared with PostgreSQL by hand', ratios.postgresLookup, 3.5, times),
		atLeast('Alerts with as many Service Requests', mixed, 6200, perSecond),
		atLeast('DUIS messages, one a call', ours.duisPerSecond, 2200, perSecond),
		atMost('p50 latency at the national load', latencyMs.at1150?.p50 ?? null, 45, formatMs),
		atMost('p99 latency at the national load', latencyMs.at1150?.p99 ?? null, 110, formatMs),
		atMost('p99 from an Alert to the webhook of its page', pages?.latencyMs.p99 ?? null, 2000, formatMs),
		atMost('CPU in use at the national load', cost.at1150?.percent ?? null, 38, percent),
		atLeast('10 M requests in the index against 100 k', grown, 0.9, times),
		atMost('PostgreSQL database, per Alert', memory.databaseBytesPerAlert, 1800, bytes),
		atMost('Redis index, per Service Request', memory.bytesPerServiceRequest, 80, bytes),
		atLeast('frames per second with a long list', browser?.framesPerSecond ?? null, 30, formatNumber),
		atMost('p95 from a key to the paint with a long list', browser?.keyToPaintMs.p95 ?? null, 100, formatMs),
		atMost('first list on loopback', browser?.firstListMs ?? null, 1000, formatMs),
		atMost('tasks that lost or doubled Alerts, or failed', failures.length, 0, formatNumber)
	];
}
