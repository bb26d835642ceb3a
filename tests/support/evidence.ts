// Evidence for the unit tests of correlation: one home, and requests some seconds before noon.
import type { AlertFacts, Evidence, HomeDevice } from '#lib/domain/correlation/evidence.ts';
import { causeTable } from '#lib/domain/cause-table/cause-table.ts';
import type { CommandReference } from '#lib/domain/command-reference.ts';
import { correlate, type Explanation } from '#lib/domain/correlation/correlate.ts';
import type { ServiceRequest } from '#lib/domain/service-request.ts';

export const OURS = 1;
export const OTHER = 2;
export const [E1, G1, C1] = ['88-73-84-57-00-10-00-01', '88-73-84-57-00-10-00-02', '88-73-84-57-00-10-00-03'];
export const [BRW, HAL, EDN, OUC, FLD] = [
	'90-B3-D5-1F-30-01-00-01',
	'90-B3-D5-1F-30-01-00-02',
	'90-B3-D5-1F-30-02-00-01',
	'90-B3-D5-1F-30-03-00-01',
	'90-B3-D5-1F-30-04-00-01'
];
export const DCC = '90-B3-D5-1F-30-00-00-02';
export const NOON = Date.UTC(2026, 10, 5, 12, 0, 0);
export const SECOND = 1000;
export const HOUR = 3600 * SECOND;

const roles: Record<string, string> = { [BRW]: 'IS', [HAL]: 'GS', [EDN]: 'ED', [OUC]: 'OU', [FLD]: 'RSA' };

/** A request `before` seconds before noon. */
export function request(
	userId: string,
	variant: string,
	before: number,
	fields: Partial<ServiceRequest> = {}
): ServiceRequest {
	const deviceId = fields.deviceId ?? E1;
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
		requestedAt: NOON - before * SECOND,
		executeAt: null,
		respondedAt: null,
		responseCode: null,
		...fields
	};
}

const always = { from: 0, to: null };
export const home = (): Map<string, HomeDevice> =>
	new Map<string, HomeDevice>([
		[E1, { deviceType: 'ESME', tenures: [{ supplierId: OURS, ...always }] }],
		[G1, { deviceType: 'GSME', tenures: [{ supplierId: OTHER, ...always }] }],
		[C1, { deviceType: 'CHF', tenures: [{ supplierId: OTHER, ...always }] }]
	]);

/** An Alert of noon at a Device of ours, the audit data complete, and no requests but those given. */
export function evidence(alert: Partial<AlertFacts> = {}, more: Partial<Evidence> = {}): Evidence {
	return {
		alert: {
			deviceId: E1,
			deviceType: 'ESME',
			hubId: C1,
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
		viewer: { supplierId: OURS, userIds: new Set([BRW]) },
		completeUntil: NOON + 24 * HOUR,
		table: causeTable,
		learned: new Map(),
		reports: [],
		roleOnly: new Set(),
		now: NOON + 24 * HOUR,
		...more
	};
}

export const explain = (
	requests: ServiceRequest[],
	alert: Partial<AlertFacts> = {},
	more: Partial<Evidence> = {}
): Explanation => correlate(evidence(alert, { requests, ...more }));

/** What an Alert says of the command it is about. */
export const naming = (fields: Partial<CommandReference>): CommandReference => ({
	originatorId: null,
	counter: null,
	messageCode: null,
	requestId: null,
	instruction: null,
	instructions: null,
	...fields
});

/** A command that the Device has held for nine days and run four seconds before noon. */
export const stored = (
	userId: string,
	variant: string,
	fields: Partial<ServiceRequest> = {}
): ServiceRequest =>
	request(userId, variant, 9 * 86_400, {
		mode: 'future-dated-device',
		executeAt: NOON - 4 * SECOND,
		respondedAt: NOON - (9 * 86_400 - 20) * SECOND,
		responseCode: 'I0',
		...fields
	});
