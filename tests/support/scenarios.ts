// Posts a control-room scenario to a running system: a home, the Service Requests sent to it, the Alerts it raised.
import { expect } from 'vitest';
import type { Alert } from '#lib/domain/alert.ts';
import { aDevice, anAlert, newDeviceId, type Home } from './records.ts';
import { eventually, type System } from './system.ts';

/** Posts the Devices of a home, then its Service Requests, then its Alerts. */
export async function given(system: System, home: Home, requests: object[], alerts: object[]): Promise<void> {
	await system.post('/devices', home.devices);
	if (requests.length > 0) await system.post('/service-requests', requests);
	if (alerts.length > 0) await system.post('/alerts', alerts);
}

/** Waits until the Alerts that a Supplier reads of a Device, in the order of their time, match `expected`. */
export const allBecome = (
	system: System,
	slug: string,
	deviceId: string,
	expected: object[]
): Promise<Alert[]> =>
	eventually(
		async () => {
			const all = await system.alerts(slug, `?device=${deviceId}`);
			all.sort((a, b) => Date.parse(a.effectiveAt) - Date.parse(b.effectiveAt));
			expect(all).toMatchObject(expected);
			return all;
		},
		{ timeout: 10_000 }
	);

/** Waits until the worker has explained all earlier records: a new Alert is explained after the earlier records. */
export async function settled(system: System): Promise<void> {
	const deviceId = newDeviceId();
	await system.post('/devices', aDevice(deviceId));
	await system.post('/alerts', anAlert(deviceId, { code: '8F35' }));
	await allBecome(system, 'brightwell', deviceId, [{ explanation: 'not-command' }]);
}

/** Returns the items that a Supplier sees on the timeline of a Device in November 2026, in order, such as "alert 8F30". */
export async function timelineOf(system: System, slug: string, deviceId: string): Promise<string[]> {
	const month = 'from=2026-11-01T00:00:00Z&to=2026-12-01T00:00:00Z';
	const { body } = await system.get(slug, `/devices/${deviceId}/timeline?${month}`);
	return body.items.map((item: { kind: string; code?: string; serviceReferenceVariant?: string }) =>
		[item.kind, item.code ?? item.serviceReferenceVariant].filter(Boolean).join(' ')
	);
}
