// Measures Prometheus Alertmanager, if the machine has it: the Alerts of the trace go to its API in batches, and it groups
// them and delivers each group to a webhook.
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { ALERTMANAGER, runAlertmanager } from '../../launcher/alertmanager.ts';
import type { Trace } from '../trace.ts';
import { cpuSecondsOf } from '../usage.ts';
import type { MeasureOptions } from './throughput.ts';

export const NO_ALERTMANAGER =
	'the machine has no Alertmanager; `npm run bench` unpacks the Debian package prometheus-alertmanager where apt-get works';

export interface AlertmanagerFigures {
	alerts: number;
	/** The number of distinct Alerts that the webhook got. */
	delivered: number;
	/** Delivered Alerts per second, from the first call until the webhook had the last Alert. */
	alertsPerSecond: number;
	/** Calls of the webhook. Each call has all Alerts of one group. */
	notifications: number;
	/** CPU of Alertmanager for each Alert, in µs. `null`: the operating system has no /proc. */
	cpuUs: number | null;
}

/** As in the stages of Causeway: 1,000 Alerts a call, with four calls in flight. */
const ALERTS_PER_CALL = 1000;
const CALLS_IN_FLIGHT = 4;
/**
 * The number of Alerts: as many for each second of the measurement, but enough that the last group interval counts little.
 */
const ALERTS_PER_SECOND = 6000;
const LEAST_ALERTS = 20_000;
/** The measurement ends if the webhook gets no new Alert for this time, and counts the missing Alerts. */
const ARRIVAL_TIMEOUT_MS = 20_000;
/** The measurement ends after this time in any case. */
const TIME_LIMIT_MS = 90_000;

/**
 * One group for each code in each area. The first Alert of a group is delivered at once, and the next Alerts with the
 * next interval. Alertmanager is slower with an interval below a second, because it looks at every group in each interval.
 * A notification has every Alert of its group, without a limit.
 */
const configOf = (webhook: string): string =>
	JSON.stringify({
		route: {
			receiver: 'bench',
			group_by: ['alertname', 'area'],
			group_wait: '0s',
			group_interval: '1s',
			repeat_interval: '24h'
		},
		receivers: [{ name: 'bench', webhook_configs: [{ url: webhook, send_resolved: false, max_alerts: 0 }] }]
	});

/**
 * Sends Alerts of the trace to a new Alertmanager, and waits until the webhook has them. Returns `null` if the machine has
 * no Alertmanager.
 */
export async function measureAlertmanager({
	trace,
	seconds,
	least = LEAST_ALERTS,
	onProgress
}: MeasureOptions & { trace: Trace; least?: number }): Promise<AlertmanagerFigures | null> {
	if (!ALERTMANAGER) return null;
	const calls = Math.ceil(Math.max(least, ALERTS_PER_SECOND * seconds) / ALERTS_PER_CALL);
	const alerts = calls * ALERTS_PER_CALL;
	const bodies = Array.from({ length: calls }, (_, call) => bodyOf(trace, call * ALERTS_PER_CALL));
	await using receiver = await startReceiver();
	await using alertmanager = await runAlertmanager(configOf(receiver.url));
	const cpuBefore = cpuSecondsOf(alertmanager.pid);
	const begin = performance.now();
	const limit = AbortSignal.timeout(TIME_LIMIT_MS);
	await postAll(`${alertmanager.url}/api/v2/alerts`, bodies, limit).catch((error: Error) => {
		// At the time limit, the Alerts that were delivered count.
		if (!limit.aborted) throw error;
	});
	let [before, seenAt] = [-1, 0];
	while (receiver.delivered.size < alerts && !limit.aborted) {
		const now = performance.now();
		onProgress?.(receiver.delivered.size, alerts);
		if (receiver.delivered.size > before) [before, seenAt] = [receiver.delivered.size, now];
		if (now - seenAt > ARRIVAL_TIMEOUT_MS) break;
		await pause(20);
	}
	const cpuAfter = cpuSecondsOf(alertmanager.pid);
	const delivered = receiver.delivered.size;
	if (delivered === 0) throw new Error('Alertmanager delivered no Alert to the webhook');
	return {
		alerts,
		delivered,
		alertsPerSecond: delivered / ((receiver.lastAt() - begin) / 1000),
		notifications: receiver.notifications(),
		cpuUs: cpuBefore === null || cpuAfter === null ? null : (1e6 * (cpuAfter - cpuBefore)) / delivered
	};
}

async function postAll(url: string, bodies: readonly string[], signal: AbortSignal): Promise<void> {
	const rest = bodies.values();
	const lane = async (): Promise<void> => {
		for (const body of rest) {
			const headers = { 'content-type': 'application/json' };
			const answer = await fetch(url, { method: 'POST', headers, body, signal });
			const text = await answer.text();
			if (!answer.ok) throw new Error(`Alertmanager answered ${answer.status}: ${text.slice(0, 200)}`);
		}
	};
	await Promise.all(Array.from({ length: CALLS_IN_FLIGHT }, lane));
}

/** Makes one call, from Alert `from` of the trace on. */
const bodyOf = (trace: Trace, from: number): string =>
	JSON.stringify(Array.from({ length: ALERTS_PER_CALL }, (_, i) => postableOf(trace, from + i)));

/** Returns Alert `i` as Alertmanager takes it. The message id makes each Alert distinct, as it is for Causeway. */
function postableOf(trace: Trace, i: number) {
	const { code, kind, deviceId, messageId, receivedAt } = trace.alertAt(i);
	const { area } = trace.deviceOf(deviceId);
	return {
		labels: { alertname: code, area, kind, device: deviceId, message: messageId },
		startsAt: receivedAt
	};
}

/** Starts the webhook. `delivered`: the message ids that it got. */
async function startReceiver() {
	const delivered = new Set<string>();
	let [lastAt, notifications] = [0, 0];
	const server = createServer((req, res) => {
		const chunks: Buffer[] = [];
		req.on('data', (chunk: Buffer) => chunks.push(chunk));
		req.on('end', () => {
			res.writeHead(204).end();
			notifications++;
			const before = delivered.size;
			const { alerts } = JSON.parse(Buffer.concat(chunks).toString('utf8')) as {
				alerts: Array<{ labels: { message: string } }>;
			};
			for (const { labels } of alerts) delivered.add(labels.message);
			if (delivered.size > before) lastAt = performance.now();
		});
	});
	server.listen(0, '127.0.0.1');
	await once(server, 'listening');
	return {
		url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
		delivered,
		lastAt: () => lastAt,
		notifications: () => notifications,
		async [Symbol.asyncDispose]() {
			server.close();
			server.closeAllConnections();
			await once(server, 'close');
		}
	};
}
