// Changes the Alerts of Brightwell at a steady rate, so that a test can use the desk as it is in a busy hour.
import { setTimeout as pause } from 'node:timers/promises';
import { aDevice, anAlert, aRequest, BRIGHTWELL_USER_ID, newDeviceId } from './records.ts';
import type { System } from './system.ts';

/** How often the changes are sent (ms), and how many Devices are made known at once. */
const TICK_MS = 200;
const DEVICES_AT_ONCE = 500;

export type SteadyChanges = ReturnType<typeof startChanges>;

/**
 * Sends `perSecond` changes a second to the API until it is stopped. Half of them are new Alerts of priority 2, of Devices
 * of their own. The others are late Service Requests, each of which explains one of these Alerts.
 */
export function startChanges(system: System, perSecond: number) {
	const stop = new AbortController();
	const startedAt = performance.now();
	const pairsOfTick = (perSecond * TICK_MS) / 1000 / 2;
	let known: string[] = [];
	let unexplained: string[] = [];
	let changes = 0;

	async function sendOneTick(): Promise<void> {
		if (known.length < pairsOfTick) {
			known = Array.from({ length: DEVICES_AT_ONCE }, newDeviceId);
			// Each Device has a model of its own, so that no episode gathers the Alerts.
			await system.post(
				'/devices',
				known.map((id) => aDevice(id, { model: `Model of ${id}` }))
			);
		}
		const devices = known.splice(0, pairsOfTick);
		if (unexplained.length > 0) await system.post('/service-requests', unexplained.map(aClockSetting));
		await system.post(
			'/alerts',
			devices.map((id) => anAlert(id, { code: '8F0C' }))
		);
		changes += devices.length + unexplained.length;
		unexplained = devices;
	}

	const sending = (async () => {
		for (let tick = 1; !stop.signal.aborted; tick++) {
			await sendOneTick();
			const wait = startedAt + tick * TICK_MS - performance.now();
			if (wait > 0) await pause(wait, undefined, { signal: stop.signal }).catch(() => {});
		}
	})();

	return {
		/** Stops the changes. Returns how many were sent a second. */
		async stop(): Promise<number> {
			stop.abort();
			await sending;
			return changes / ((performance.now() - startedAt) / 1000);
		}
	};
}

/** Makes a Service Request that set the clock of the Device, which its Alert 8F0C reports. */
const aClockSetting = (deviceId: string) =>
	aRequest(deviceId, {
		userId: BRIGHTWELL_USER_ID,
		userRole: 'IS',
		userName: 'Brightwell Energy',
		serviceReferenceVariant: '6.11',
		responseCode: 'I0'
	});
