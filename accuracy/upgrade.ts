// Measures the time from the POST of a late record to the changed row on a live connection.
import { io, type Socket } from 'socket.io-client';
import type { Latency } from '#lib/domain/accuracy-report.ts';
import type { AlertChanged } from '#lib/domain/live-events.ts';
import { SECOND } from '../demo/events.ts';
import { PARTIES, devicesOf, homeOf } from '../demo/world.ts';
import type { System } from '../launcher/testbed.ts';
import { post, sendDevices, settle } from './drive.ts';

/** The number of the first home of this measurement. No world uses the numbers from here on. */
const FIRST_HOME = 5_000_000;
const CHANGE_TIMEOUT_MS = 15_000;

/** Sends `count` Alerts, then the record of each Alert's only cause, one by one. Returns latencies in milliseconds. */
export async function lateToUpgraded(system: System, count: number): Promise<Latency> {
	const { northGrid } = PARTIES;
	const now = Date.now();
	const at = (secondsAgo: number): string => new Date(now - secondsAgo * SECOND).toISOString();
	const cases = Array.from({ length: count }, (_, i) => {
		const home = homeOf(FIRST_HOME + i);
		const alert = {
			deviceId: home.esme,
			kind: 'device',
			code: '8F30',
			raisedAt: at(600 + i),
			receivedAt: at(596 + i),
			messageId: `late record ${i}`
		};
		const record = {
			requestId: `${northGrid.userId}:${home.esme}:${now + i}`,
			serviceReferenceVariant: '6.5',
			userRole: northGrid.role,
			userName: northGrid.name,
			mode: 'on-demand',
			requestedAt: at(607 + i),
			respondedAt: at(560 + i),
			responseCode: 'E21',
			source: 'sat'
		};
		return { home, alert, record };
	});
	await sendDevices(
		system,
		cases.flatMap(({ home }) => devicesOf(home))
	);
	await post(
		system,
		'/alerts',
		cases.map(({ alert }) => alert)
	);
	await settle(system);

	const socket: Socket = io(system.url, {
		transports: ['websocket'],
		auth: { key: system.keys['brightwell']! },
		reconnection: false
	});
	try {
		await new Promise<void>((done, fail) => socket.once('connect', done).once('connect_error', fail));
		const tookMs: number[] = [];
		for (const { record, alert } of cases) {
			const changed = whenChanged(socket, alert.messageId, record.requestId);
			const begin = performance.now();
			await post(system, '/service-requests', record);
			tookMs.push((await changed) - begin);
		}
		return summary(tookMs);
	} finally {
		socket.disconnect();
	}
}

/** Waits for the row of the Alert with the candidate `requestId`. Returns its time of arrival (`performance.now`). */
function whenChanged(socket: Socket, messageId: string, requestId: string): Promise<number> {
	return new Promise((done, fail) => {
		const limit = setTimeout(() => {
			socket.off('alert:changed', look);
			fail(
				new Error(
					`Alert "${messageId}" did not change on the live connection within ${CHANGE_TIMEOUT_MS / 1000} s after the late record`
				)
			);
		}, CHANGE_TIMEOUT_MS);
		function look({ items }: AlertChanged): void {
			const shown = items.some(
				(alert) =>
					alert.messageId === messageId &&
					alert.candidates.some((candidate) => candidate.requestId === requestId)
			);
			if (!shown) return;
			clearTimeout(limit);
			socket.off('alert:changed', look);
			done(performance.now());
		}
		socket.on('alert:changed', look);
	});
}

function summary(tookMs: readonly number[]): Latency {
	const sorted = [...tookMs].sort((a, b) => a - b);
	const at = (part: number): number => Math.round(sorted[Math.ceil(part * sorted.length) - 1] ?? 0);
	return { p50: at(0.5), p95: at(0.95), max: at(1) };
}
