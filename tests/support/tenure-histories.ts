// Generates histories of one Device each, and models which records each Supplier may see. A history lasts twelve slots of
// one minute, and every slot has one owner. Events lie at the edges and in the middle of slots.
//
// Tests post a history in rounds: each round states all tenures again, possibly corrected, and posts some of the events.
import fc from 'fast-check';
import {
	NORTH_GRID_USER_ID,
	HALDEN_USER_ID,
	BRIGHTWELL_USER_ID,
	aDevice,
	anAlert,
	newDeviceId
} from './records.ts';
import type { SupplierSlug } from './system.ts';

export const SLUGS = ['brightwell', 'halden'] as const;
const USERS: Record<SupplierSlug, string> = { brightwell: BRIGHTWELL_USER_ID, halden: HALDEN_USER_ID };
const START = Date.parse('2026-11-05T02:00:00.000Z');
const SLOT_MS = 60_000;
export const SLOTS = 12;

/** `nobody`: the Device has no tenure in this slot. */
export type Owner = SupplierSlug | 'nobody';

export interface Event {
	/** Milliseconds from the beginning of the history. */
	atMs: number;
	/** The round in which tests post the event. */
	round: number;
}
export interface AlertEvent extends Event {
	/** The Supplier that the Alert is addressed to. */
	recipient: Owner;
}
export interface RequestEvent extends Event {
	sender: 'network-operator' | SupplierSlug;
}
export interface History {
	deviceId: string;
	/** The owners of the slots, as stated in each round. */
	owners: Owner[][];
	alerts: AlertEvent[];
	requests: RequestEvent[];
}

export const ROUNDS = 3;
/** The round of an event that tests never post. */
export const NEVER = ROUNDS;
/** Generates the owners of all slots, in stretches of one to six slots. */
export const owners = fc
	.array(
		fc.record({
			owner: fc.constantFrom<Owner>(...SLUGS, ...SLUGS, 'nobody'),
			slots: fc.integer({ min: 1, max: 6 })
		}),
		{
			minLength: SLOTS,
			maxLength: SLOTS
		}
	)
	.map((parts) => parts.flatMap(({ owner, slots }) => Array<Owner>(slots).fill(owner)).slice(0, SLOTS));
const atMs = fc
	.record({ slot: fc.nat(SLOTS - 1), offsetMs: fc.constantFrom(0, 0, 1, 30_000, SLOT_MS - 1) })
	.map(({ slot, offsetMs }) => slot * SLOT_MS + offsetMs);
const round = fc.nat(ROUNDS - 1);

export const history: fc.Arbitrary<Omit<History, 'deviceId'>> = fc.record({
	owners: fc.array(owners, { minLength: ROUNDS, maxLength: ROUNDS }),
	alerts: fc.array(
		fc.record({ atMs, round, recipient: fc.constantFrom<Owner>('nobody', 'nobody', ...SLUGS) }),
		{
			minLength: 1,
			maxLength: 4
		}
	),
	requests: fc.array(
		fc.record({
			atMs,
			round,
			sender: fc.constantFrom('network-operator' as const, 'network-operator' as const, ...SLUGS)
		}),
		{
			maxLength: 4
		}
	)
});

/** Generates `count` histories, each of a different Device. The same seed gives the same histories, but new ids of Devices. */
export const sampleHistories = (count: number, seed: number): History[] =>
	fc.sample(history, { numRuns: count, seed }).map((sample) => ({ ...sample, deviceId: newDeviceId() }));

// The model ----------------------------------------------------------------------------------------------------

/** Returns the Supplier responsible for the Device at a time. Only this Supplier sees a record of this time. */
const ownerAt = (owners: readonly Owner[], atMs: number): Owner =>
	owners[Math.floor(atMs / SLOT_MS)] ?? 'nobody';

export const seesAlert = (slug: SupplierSlug, owners: readonly Owner[], alert: AlertEvent): boolean =>
	ownerAt(owners, alert.atMs) === slug || alert.recipient === slug;

export const isInTenure = (slug: SupplierSlug, owners: readonly Owner[], alert: AlertEvent): boolean =>
	ownerAt(owners, alert.atMs) === slug;

/** Tells whether a Supplier sees a Service Request. A Supplier always sees its own Service Requests. */
export const seesRequest = (slug: SupplierSlug, owners: readonly Owner[], request: RequestEvent): boolean =>
	ownerAt(owners, request.atMs) === slug || request.sender === slug;

/**
 * Returns the ids of the Service Requests that the explanation of an Alert names: all visible ones up to 5 s after the Alert, because
 * clocks may differ. None if the Alert lies outside the tenure.
 */
export const namedRequests = (
	slug: SupplierSlug,
	owners: readonly Owner[],
	h: History,
	alert: AlertEvent
): string[] =>
	isInTenure(slug, owners, alert)
		? h.requests
				.filter((request) => seesRequest(slug, owners, request) && request.atMs <= alert.atMs + 5000)
				.map((request) => requestId(h, request))
				.sort()
		: [];

// The records to post ---------------------------------------------------------------------------------------------------

/** Returns the number of the slot that begins at an instant. */
export const slotOf = (at: Date): number => Math.round((at.getTime() - START) / SLOT_MS);

const iso = (atMs: number): string => new Date(START + atMs).toISOString();
/** The query of a timeline that covers the whole history. */
export const HISTORY_PERIOD = `from=${iso(0)}&to=${iso(SLOTS * SLOT_MS)}`;

export const messageId = (h: History, alert: AlertEvent): string =>
	`${h.deviceId} ${h.alerts.indexOf(alert)}`;
export const requestId = (h: History, request: RequestEvent): string =>
	`${request.sender === 'network-operator' ? NORTH_GRID_USER_ID : USERS[request.sender]}:${h.deviceId}:${1000 + h.requests.indexOf(request)}`;

/** Returns the tenures of the slots: one tenure for each stretch of slots with the same owner. */
export function tenuresOf(owners: readonly Owner[]) {
	const tenures: Array<{ supplier: Owner; from: string; to: string }> = [];
	let previous: Owner | undefined;
	owners.forEach((owner, slot) => {
		if (owner === previous) tenures.at(-1)!.to = iso((slot + 1) * SLOT_MS);
		else tenures.push({ supplier: owner, from: iso(slot * SLOT_MS), to: iso((slot + 1) * SLOT_MS) });
		previous = owner;
	});
	return tenures.filter(({ supplier }) => supplier !== 'nobody');
}

export const deviceOf = (h: History, owners: readonly Owner[]) =>
	aDevice(h.deviceId, { tenures: tenuresOf(owners) });

export const alertOf = (h: History, alert: AlertEvent) =>
	anAlert(h.deviceId, {
		messageId: messageId(h, alert),
		raisedAt: iso(alert.atMs),
		receivedAt: iso(alert.atMs + 12_000),
		recipientId: alert.recipient === 'nobody' ? null : USERS[alert.recipient]
	});

export const requestOf = (h: History, request: RequestEvent) => ({
	requestId: requestId(h, request),
	serviceReferenceVariant: '6.5',
	userRole: request.sender === 'network-operator' ? 'ED' : 'IS',
	mode: 'on-demand',
	requestedAt: iso(request.atMs),
	responseCode: 'E21'
});
