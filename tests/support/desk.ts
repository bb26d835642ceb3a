// Makes Alerts that wait for a decision, for tests of the desk.
import { expect } from 'vitest';
import type { Alert } from '#lib/domain/alert.ts';
import { aDevice, anAlert, newDeviceId } from './records.ts';
import { eventually, type System } from './system.ts';

/**
 * Posts `count` Alerts of one new Device of Brightwell, and waits until all are explained. Returns the Device and its
 * Alerts. Grouping may still raise the versions of the Alerts.
 */
export async function explained(
	system: System,
	count: number,
	fields: Record<string, unknown> = {}
): Promise<{ deviceId: string; alerts: Alert[] }> {
	const deviceId = newDeviceId();
	await system.post('/devices', aDevice(deviceId));
	await post(system, deviceId, count, fields);
	const alerts = await eventually(
		async () => {
			const items = await ofDevice(system, deviceId);
			expect(items).toHaveLength(count);
			expect(items.every((alert) => alert.explanation !== 'pending')).toBe(true);
			return items;
		},
		{ timeout: 30_000 }
	);
	return { deviceId, alerts };
}

/** Posts `count` Alerts of a Device. */
export async function post(
	system: System,
	deviceId: string,
	count: number,
	fields: Record<string, unknown> = {}
): Promise<void> {
	for (let sent = 0; sent < count; sent += 1000) {
		const size = Math.min(1000, count - sent);
		const alerts = Array.from({ length: size }, () => anAlert(deviceId, { code: '8F0C', ...fields }));
		expect((await system.post('/alerts', alerts)).status).toBe(202);
	}
}

/** Reads all Alerts of a Device, newest first. */
export async function ofDevice(system: System, deviceId: string, query = ''): Promise<Alert[]> {
	const items: Alert[] = [];
	let cursor = '';
	do {
		const { body } = await system.get('brightwell', `/alerts?device=${deviceId}&limit=500${query}${cursor}`);
		items.push(...body.items);
		cursor = body.nextCursor === null ? '' : `&cursor=${body.nextCursor}`;
	} while (cursor);
	return items;
}
