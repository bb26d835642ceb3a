// Builds the records that tests post. Each record is valid by default, and a test names only the fields under test.
import { randomBytes } from 'node:crypto';

// The User IDs of the network operator North Grid, of Brightwell and of Halden.
export const NORTH_GRID_USER_ID = '90-B3-D5-1F-30-02-00-01';
export const BRIGHTWELL_USER_ID = '90-B3-D5-1F-30-01-00-01';
export const HALDEN_USER_ID = '90-B3-D5-1F-30-01-00-02';

/** Makes a Device id that no other test uses. */
export const newDeviceId = (): string => randomBytes(8).toString('hex').toUpperCase().match(/../g)!.join('-');

let counter = 1000;

/** Makes a Service Request that North Grid sent 27 seconds before the Alert of `anAlert`, and that failed with E21. */
export function aRequest(deviceId: string, fields: Record<string, unknown> & { userId?: string } = {}) {
	const { userId = NORTH_GRID_USER_ID, ...rest } = fields;
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

/** Makes a Device Alert 8F30. */
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

/** Makes an electricity meter that Brightwell has always supplied. */
export function aDevice(deviceId: string, fields: Record<string, unknown> = {}) {
	return {
		deviceId,
		deviceType: 'ESME',
		tenures: [{ supplier: 'brightwell', from: '2025-01-01T00:00:00.000Z', to: null }],
		...fields
	};
}

/** Returns an instant of November 2026, the month of the scenarios. */
export const november = (day: number, time: string): string =>
	`2026-11-${String(day).padStart(2, '0')}T${time}Z`;

const later = (instant: string, seconds: number): string =>
	new Date(Date.parse(instant) + seconds * 1000).toISOString();

/** Makes an Alert raised at an instant, and received twelve seconds later. */
export const raised = (deviceId: string, code: string, raisedAt: string, fields: object = {}) =>
	anAlert(deviceId, { code, raisedAt, receivedAt: later(raisedAt, 12), ...fields });

/** Makes a DCC Alert about a Device with the child element `dccPayload`. Its only time is the time of receipt. */
export const dccRaised = (
	deviceId: string,
	code: string,
	dccPayload: string,
	receivedAt: string,
	fields: object = {}
) => anAlert(deviceId, { kind: 'dcc', code, dccPayload, raisedAt: null, receivedAt, ...fields });

interface Sender {
	userId: string;
	role: string;
	name: string;
}

/** Makes a Service Request of a User that the Device has not answered. */
export const sent = (
	{ userId, role, name }: Sender,
	deviceId: string,
	serviceReferenceVariant: string,
	requestedAt: string,
	fields: object = {}
) =>
	aRequest(deviceId, {
		userId,
		userRole: role,
		userName: name,
		serviceReferenceVariant,
		requestedAt,
		responseCode: null,
		...fields
	});

/** Makes a Service Request of a User that was answered at `respondedAt`, five seconds after it was sent. */
export const answered = (
	sender: Sender,
	deviceId: string,
	variant: string,
	respondedAt: string,
	responseCode = 'I0',
	fields: object = {}
) => sent(sender, deviceId, variant, later(respondedAt, -5), { respondedAt, responseCode, ...fields });

interface TenureRecord {
	supplier: string;
	from: string;
	to: string | null;
}

/** Makes the tenures of a Device: always one Supplier, or a change of Supplier at an instant. */
export const suppliedBy = (supplier: string, change?: [at: string, to: string]): TenureRecord[] => {
	const from = '2025-01-01T00:00:00.000Z';
	if (!change) return [{ supplier, from, to: null }];
	return [
		{ supplier, from, to: change[0] },
		{ supplier: change[1], from: change[0], to: null }
	];
};

export type Home = ReturnType<typeof aHome>;

/** Makes the four Devices of a home. By default Brightwell supplies the electricity and Halden the gas. */
export function aHome({ electricity = suppliedBy('brightwell'), gas = suppliedBy('halden') } = {}) {
	const [electricityMeter, gasMeter, hub, gasProxy] = [
		newDeviceId(),
		newDeviceId(),
		newDeviceId(),
		newDeviceId()
	];
	const device = (deviceId: string, deviceType: string, tenures: object[]) =>
		aDevice(deviceId, { deviceType, hubId: hub, tenures });
	const devices = [
		device(electricityMeter, 'ESME', electricity),
		device(hub, 'CHF', electricity),
		device(gasMeter, 'GSME', gas),
		device(gasProxy, 'GPF', gas)
	];
	return { electricityMeter, gasMeter, hub, gasProxy, devices };
}
