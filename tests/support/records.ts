// Builders of what is sent in: valid by themselves, so that a test names only what it is about.
import { randomBytes } from 'node:crypto';

export const ED = '90-B3-D5-1F-30-02-00-01';
export const OWN = '90-B3-D5-1F-30-01-00-01';
export const HALDEN = '90-B3-D5-1F-30-01-00-02';

/** A Device id that no other test has. */
export const newDeviceId = (): string => randomBytes(8).toString('hex').toUpperCase().match(/../g)!.join('-');

let counter = 1000;

export function aRequest(deviceId: string, fields: Record<string, unknown> & { userId?: string } = {}) {
	const { userId = ED, ...rest } = fields;
	return {
		requestId: `${userId}:${deviceId}:${counter++}`,
		serviceReferenceVariant: '6.5',
		userRole: 'ED',
		userName: 'North Grid',
		mode: 'on-demand',
		requestedAt: '2026-11-05T02:13:40.000Z',
		responseCode: 'E21',
		source: 'sat',
		...rest
	};
}

export function anAlert(deviceId: string, fields: Record<string, unknown> = {}) {
	return {
		deviceId,
		kind: 'device',
		code: '8F30',
		raisedAt: '2026-11-05T02:14:07.000Z',
		receivedAt: '2026-11-05T02:14:19.000Z',
		messageId: `test-${counter++}`,
		...fields
	};
}

export function aDevice(deviceId: string, fields: Record<string, unknown> = {}) {
	return {
		deviceId,
		deviceType: 'ESME',
		tenures: [{ supplier: 'brightwell', from: '2025-01-01T00:00:00.000Z', to: null }],
		...fields
	};
}
