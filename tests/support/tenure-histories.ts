// Histories of one Device each, and the plain model of who may see what of it: a day is twelve slots of a minute, and
// every slot has one owner. Events lie at the edges of slots and in their middle.
import fc from 'fast-check';
import { ED, HALDEN, OWN, aDevice, anAlert, newDeviceId } from './records.ts';
import type { SupplierSlug } from './system.ts';

export const SLUGS = ['brightwell', 'halden'] as const;
const USERS: Record<SupplierSlug, string> = { brightwell: OWN, halden: HALDEN };
const START = Date.parse('2026-11-05T02:00:00.000Z');
const SLOT = 60_000;
export const SLOTS = 12;

export type Owner = SupplierSlug | 'nobody';

export interface Event {
	/** Milliseconds from the beginning. */
	at: number;
	/** In which round it is sent in. */
	round: number;
}
export interface AlertEvent extends Event {
	recipient: Owner;
}
export interface RequestEvent extends Event {
	sender: 'ed' | SupplierSlug;
}
export interface History {
	deviceId: string;
	/** The owners of the slots, as stated in each round. */
	owners: Owner[][];
	alerts: AlertEvent[];
	requests: RequestEvent[];
}

export const ROUNDS = 3;
/** The round of an event that is never sent in. */
export const NEVER = ROUNDS;
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
const at = fc
	.record({ slot: fc.nat(SLOTS - 1), off: fc.constantFrom(0, 0, 1, 30_000, SLOT - 1) })
	.map(({ slot, off }) => slot * SLOT + off);
const round = fc.nat(ROUNDS - 1);

export const history: fc.Arbitrary<Omit<History, 'deviceId'>> = fc.record({
	owners: fc.array(owners, { minLength: ROUNDS, maxLength: ROUNDS }),
	alerts: fc.array(
		fc.record({ at, round, recipient: fc.constantFrom<Owner>('nobody', 'nobody', ...SLUGS) }),
		{
			minLength: 1,
			maxLength: 4
		}
	),
	requests: fc.array(
		fc.record({ at, round, sender: fc.constantFrom('ed' as const, 'ed' as const, ...SLUGS) }),
		{
			maxLength: 4
		}
	)
});

/** So many histories of as many Devices, the same for the same seed but for the ids. */
export const someHistories = (count: number, seed: number): History[] =>
	fc.sample(history, { numRuns: count, seed }).map((one) => ({ ...one, deviceId: newDeviceId() }));

// The model ----------------------------------------------------------------------------------------------------

/** "A Supplier sees a record only if it was responsible for the Device at the record's time", as last stated. */
const ownerAt = (owners: readonly Owner[], when: number): Owner =>
	owners[Math.floor(when / SLOT)] ?? 'nobody';

export const seesAlert = (slug: SupplierSlug, owners: readonly Owner[], alert: AlertEvent): boolean =>
	ownerAt(owners, alert.at) === slug || alert.recipient === slug;

export const isInTenure = (slug: SupplierSlug, owners: readonly Owner[], alert: AlertEvent): boolean =>
	ownerAt(owners, alert.at) === slug;

/** Its own requests a Supplier knows anyway. */
export const seesRequest = (slug: SupplierSlug, owners: readonly Owner[], request: RequestEvent): boolean =>
	ownerAt(owners, request.at) === slug || request.sender === slug;

/** The requests named beside an Alert in tenure: all that are seen, up to the Alert (clocks may differ by 5 s). */
export const namedRequests = (
	slug: SupplierSlug,
	owners: readonly Owner[],
	h: History,
	alert: AlertEvent
): string[] =>
	isInTenure(slug, owners, alert)
		? h.requests
				.filter((request) => seesRequest(slug, owners, request) && request.at <= alert.at + 5000)
				.map((request) => requestId(h, request))
				.sort()
		: [];

// As sent in ---------------------------------------------------------------------------------------------------

/** The slot that begins at an instant. */
export const slotOf = (at: Date): number => Math.round((at.getTime() - START) / SLOT);

const iso = (when: number): string => new Date(START + when).toISOString();
export const DAY = `from=${iso(0)}&to=${iso(SLOTS * SLOT)}`;

export const messageId = (h: History, alert: AlertEvent): string =>
	`${h.deviceId} ${h.alerts.indexOf(alert)}`;
export const requestId = (h: History, request: RequestEvent): string =>
	`${request.sender === 'ed' ? ED : USERS[request.sender]}:${h.deviceId}:${1000 + h.requests.indexOf(request)}`;

/** The tenures of the slots: one for each stretch with one owner. */
export function tenuresOf(owners: readonly Owner[]) {
	const tenures: Array<{ supplier: Owner; from: string; to: string }> = [];
	let before: Owner | undefined;
	owners.forEach((owner, slot) => {
		if (owner === before) tenures.at(-1)!.to = iso((slot + 1) * SLOT);
		else tenures.push({ supplier: owner, from: iso(slot * SLOT), to: iso((slot + 1) * SLOT) });
		before = owner;
	});
	return tenures.filter(({ supplier }) => supplier !== 'nobody');
}

export const deviceOf = (h: History, owners: readonly Owner[]) =>
	aDevice(h.deviceId, { tenures: tenuresOf(owners) });

export const alertOf = (h: History, alert: AlertEvent) =>
	anAlert(h.deviceId, {
		messageId: messageId(h, alert),
		raisedAt: iso(alert.at),
		receivedAt: iso(alert.at + 12_000),
		recipientId: alert.recipient === 'nobody' ? null : USERS[alert.recipient]
	});

export const requestOf = (h: History, request: RequestEvent) => ({
	requestId: requestId(h, request),
	serviceReferenceVariant: '6.5',
	userRole: request.sender === 'ed' ? 'ED' : 'IS',
	mode: 'on-demand',
	requestedAt: iso(request.at),
	responseCode: 'E21'
});
