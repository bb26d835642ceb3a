// Builds evidence for the unit tests of correlation: one home, an Alert at noon, and requests some seconds before noon.
import type { AlertFacts, Evidence, HomeDevice } from '#lib/domain/correlation/evidence.ts';
import { causeTable } from '#lib/domain/cause-table/cause-table.ts';
import type { CommandReference } from '#lib/domain/command-reference.ts';
import { FED_BY_INSTALLATION } from '#lib/domain/fed-by.ts';
import { correlate, type Explanation } from '#lib/domain/correlation/correlate.ts';
import type { ServiceRequest } from '#lib/domain/service-request.ts';

export const ourSupplierId = 1;
export const otherSupplierId = 2;

// The Devices of the home.
export const electricityMeter = '88-73-84-57-00-10-00-01';
export const gasMeter = '88-73-84-57-00-10-00-02';
export const hub = '88-73-84-57-00-10-00-03';

// User IDs. `ourUser` is our own User; the other User IDs belong to other parties.
export const ourUser = '90-B3-D5-1F-30-01-00-01';
export const gasSupplier = '90-B3-D5-1F-30-01-00-02';
export const networkOperator = '90-B3-D5-1F-30-02-00-01';
export const consumerService = '90-B3-D5-1F-30-03-00-01';
export const supplierAgent = '90-B3-D5-1F-30-04-00-01';
export const dcc = '90-B3-D5-1F-30-00-00-02';

/** The time of the Alert, in epoch ms. */
export const NOON = Date.UTC(2026, 10, 5, 12, 0, 0);
export const SECOND_MS = 1000;
export const HOUR_MS = 3600 * SECOND_MS;

const roles: Record<string, string> = {
	[ourUser]: 'IS',
	[gasSupplier]: 'GS',
	[networkOperator]: 'ED',
	[consumerService]: 'OU',
	[supplierAgent]: 'RSA'
};

/** Makes a request `before` seconds before noon, to the electricity meter unless `fields` name another Device. */
export function request(
	userId: string,
	variant: string,
	before: number,
	fields: Partial<ServiceRequest> = {}
): ServiceRequest {
	const deviceId = fields.deviceId ?? electricityMeter;
	const counter = fields.counter ?? String(1000 + Math.round(before * 7) + variant.length);
	return {
		requestId: `${userId}:${deviceId}:${counter}`,
		deviceId,
		userId,
		counter,
		serviceReferenceVariant: variant,
		userRole: roles[userId]!,
		userName: null,
		mode: 'on-demand',
		requestedAt: NOON - before * SECOND_MS,
		executeAt: null,
		respondedAt: null,
		responseCode: null,
		fedBy: FED_BY_INSTALLATION,
		...fields
	};
}

const always = { from: 0, to: null };
export const home = (): Map<string, HomeDevice> =>
	new Map<string, HomeDevice>([
		[electricityMeter, { deviceType: 'ESME', tenures: [{ supplierId: ourSupplierId, ...always }] }],
		[gasMeter, { deviceType: 'GSME', tenures: [{ supplierId: otherSupplierId, ...always }] }],
		[hub, { deviceType: 'CHF', tenures: [{ supplierId: otherSupplierId, ...always }] }]
	]);

/** Makes the evidence of our electricity meter's Alert at noon. The complete audit data has only the given requests. */
export function evidence(alert: Partial<AlertFacts> = {}, more: Partial<Evidence> = {}): Evidence {
	return {
		alert: {
			deviceId: electricityMeter,
			deviceType: 'ESME',
			hubId: hub,
			kind: 'device',
			code: '8F30',
			dccPayload: null,
			effectiveAt: NOON,
			recipientId: null,
			clockStatus: 'reliable',
			throttledCount: null,
			reference: null,
			...alert
		},
		requests: [],
		home: home(),
		viewer: { supplierId: ourSupplierId, userIds: new Set([ourUser]) },
		completeUntil: NOON + 24 * HOUR_MS,
		table: causeTable,
		learned: new Map(),
		reports: [],
		roleOnly: new Set(),
		now: NOON + 24 * HOUR_MS,
		...more
	};
}

export const explain = (
	requests: ServiceRequest[],
	alert: Partial<AlertFacts> = {},
	more: Partial<Evidence> = {}
): Explanation => correlate(evidence(alert, { requests, ...more }));

/** Makes a command reference with the given fields only. */
export const commandReference = (fields: Partial<CommandReference>): CommandReference => ({
	originatorId: null,
	counter: null,
	messageCode: null,
	requestId: null,
	instruction: null,
	instructions: null,
	...fields
});

/** Makes a command that the Device has stored for nine days and executed four seconds before noon. */
export const storedCommand = (
	userId: string,
	variant: string,
	fields: Partial<ServiceRequest> = {}
): ServiceRequest =>
	request(userId, variant, 9 * 86_400, {
		mode: 'future-dated-device',
		executeAt: NOON - 4 * SECOND_MS,
		respondedAt: NOON - (9 * 86_400 - 20) * SECOND_MS,
		responseCode: 'I0',
		...fields
	});

/** Returns the fields of a request that was answered `after` seconds after noon. */
export const answered = (after: number, responseCode: string): Partial<ServiceRequest> => ({
	respondedAt: NOON + after * SECOND_MS,
	responseCode
});

/** Returns the home in which the gas meter is in our tenure too. */
export const homeWithOurGasMeter = (): Map<string, HomeDevice> =>
	home().set(gasMeter, { deviceType: 'GSME', tenures: [{ supplierId: ourSupplierId, ...always }] });

export const ids = (list: ReadonlyArray<{ requestId: string }>): string[] =>
	list.map((item) => item.requestId);
