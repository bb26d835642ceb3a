// A situation of a control room, told to a running system: a home, what was sent to it, what it raised.
import { expect } from 'vitest';
import type { Alert } from '#lib/domain/alert.ts';
import { aDevice, anAlert, newDeviceId, type Home } from './records.ts';
import { eventually, type System } from './system.ts';

/** Puts a home into the inventory, then its Service Requests, then its Alerts. */
export async function given(system: System, home: Home, requests: object[], alerts: object[]): Promise<void> {
	await system.post('/devices', home.devices);
	if (requests.length > 0) await system.post('/service-requests', requests);
	if (alerts.length > 0) await system.post('/alerts', alerts);
}

/** All Alerts that a Supplier reads of a Device, in the order of their time, once they look as expected. */
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

/** What was posted before has been worked on, once an Alert posted after it is explained. */
export async function settled(system: System): Promise<void> {
	const deviceId = newDeviceId();
	await system.post('/devices', aDevice(deviceId));
	await system.post('/alerts', anAlert(deviceId, { code: '8F35' }));
	await allBecome(system, 'brightwell', deviceId, [{ explanation: 'not-command' }]);
}

/** The kinds of what a Supplier sees on the timeline of a Device in November 2026, in its order. */
export async function timelineOf(system: System, slug: string, deviceId: string): Promise<string[]> {
	const month = 'from=2026-11-01T00:00:00Z&to=2026-12-01T00:00:00Z';
	const { body } = await system.get(slug, `/devices/${deviceId}/timeline?${month}`);
	return body.items.map((item: { kind: string; code?: string; serviceReferenceVariant?: string }) =>
		[item.kind, item.code ?? item.serviceReferenceVariant].filter(Boolean).join(' ')
	);
}
