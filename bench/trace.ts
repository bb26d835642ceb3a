// The trace that everything is measured on: homes, Service Requests and Alerts of one seed. Each body is a function of
// the seed and its number, so that ten million need no memory and every process makes the same ones.
import type { ServiceRequest } from '#lib/domain/service-request.ts';
import type { AlertBody, RequestBody } from '../demo/events.ts';
import { createRandom, type Random } from '../demo/random.ts';
import { PARTIES, type DeviceBody, type Party } from '../demo/world.ts';
import { CAUSING, HARMLESS, LONE, lotsOf, type Place, type Sender } from './mechanisms.ts';

export interface TracePlan {
	seed: number;
	/** So many Devices, to the next five whole homes (thirteen Devices). */
	devices: number;
	/** Service Requests that were recorded before `now`, some hundred at least; those with greater numbers come after it. */
	requests: number;
	/** Epoch ms. */
	now: number;
	/** The number of the first Alert (0 by default), and when it is received (`now`). */
	alerts?: number;
	alertsSince?: number;
	/** How densely requests and Alerts follow each other. */
	requestsPerSecond?: number;
	alertsPerSecond?: number;
	/** No request comes after `now`: what causes Alerts lies before it. */
	alertsAlone?: boolean;
}

export interface TraceSupplier {
	slug: string;
	name: string;
	userIds: string[];
	/** Of a hundred homes. */
	share: number;
}

const supplier = (slug: string, { name, userId }: Party, share: number): TraceSupplier => ({
	slug,
	name,
	userIds: [userId],
	share
});

export const SUPPLIERS: readonly TraceSupplier[] = [
	supplier('brightwell', PARTIES.brightwell, 40),
	supplier('halden', PARTIES.halden, 30),
	supplier('oldmoor', PARTIES.oldmoor, 20),
	supplier('newlane', PARTIES.newlane, 10)
];

/** What a country sends (estimated for 2026). */
export const COUNTRY = { requestsPerSecond: 800, alertsPerSecond: 1150 };
/** Service Requests per second of trace time. Trace time advances with the requests that were sent. */
export const REQUESTS_PER_SECOND = 10;
/** Of a hundred Alerts, so many are caused by a request. */
const CAUSED = 75;
const SINCE = '2025-01-01T00:00:00.000Z';
const FIRST_COUNTER = 1_700_000_000_000;
/** Three of five homes have gas. */
const [HOMES, DEVICES] = [5, 13];
const hasGas = (home: number): boolean => home % HOMES >= 2;

const REQUEST_LOTS = lotsOf([...CAUSING, ...HARMLESS]);
const CAUSED_LOTS = lotsOf(CAUSING.map((mechanism) => ({ share: mechanism.alert.share, mechanism })));
const LONE_LOTS = lotsOf(LONE);
const SUPPLIER_LOTS = lotsOf(SUPPLIERS);

const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0').toUpperCase());
const DIGIT: Record<Place, string> = { ESME: '1', GSME: '2', CHF: '3' };
const deviceIdOf = (home: number, place: Place): string =>
	`88-73-84-5B-${HEX[(home >> 16) & 255]}-${HEX[(home >> 8) & 255]}-${HEX[home & 255]}-0${DIGIT[place]}`;

/** The Responsible Supplier of a home's electricity (and hub), and of its gas: another in a third of the homes. */
function suppliersOf(seed: number, home: number): { electricity: TraceSupplier; gas: TraceSupplier } {
	const random = chance(seed, 3, home);
	const electricity = random.pick(SUPPLIER_LOTS);
	return { electricity, gas: random.chance(1 / 3) ? random.pick(SUPPLIER_LOTS) : electricity };
}

/** The chance of one numbered thing of one stream: the same at every call. */
const chance = (seed: number, stream: number, number: number): Random =>
	createRandom(Math.imul(seed + 1, 0x9e3779b1) ^ Math.imul(number + 1, 0x85ebca6b) ^ (stream << 29));

const iso = (at: number): string => new Date(at).toISOString();

export type Trace = ReturnType<typeof createTrace>;

export function createTrace(plan: TracePlan) {
	const { seed, requests, now, alerts = 0, alertsSince = now } = plan;
	const { requestsPerSecond, alertsPerSecond } = { ...COUNTRY, ...plan };
	const homes = Math.ceil(plan.devices / DEVICES) * HOMES;

	/** When a request was recorded, and when an Alert is received. */
	const requestTime = (i: number): number => Math.round(now + ((i - requests) * 1000) / requestsPerSecond);
	const alertTime = (i: number): number => Math.round(alertsSince + ((i - alerts) * 1000) / alertsPerSecond);

	/** A home that has a Device of this kind. */
	function homeWith(place: Place, random: Random): number {
		const home = random.whole(0, homes - 1);
		return place === 'GSME' && !hasGas(home) ? home - (home % HOMES) + random.whole(2, 4) : home;
	}

	const homeOfRequest = (i: number): number => homeWith(REQUEST_LOTS[i % 100]!.on, chance(seed, 1, i));

	function senderOf(sender: Sender, home: number, place: Place): Party {
		if (typeof sender !== 'string') return sender;
		const { electricity, gas } = suppliersOf(seed, home);
		const own = place === 'GSME' ? gas : electricity;
		const who = sender === 'own' ? own : SUPPLIERS[(SUPPLIERS.indexOf(own) + 1) % SUPPLIERS.length]!;
		// Who is foreign to the electricity side is the home's gas Supplier.
		const role = place === 'GSME' || sender === 'other' ? 'GS' : 'IS';
		return { userId: who.userIds[0]!, role, name: who.name };
	}

	/** Request `i` as the product keeps it; its record arrives at `at`. */
	function serviceRequestAt(i: number, at = requestTime(i)): ServiceRequest {
		const mechanism = REQUEST_LOTS[i % 100]!;
		const { on, answer, executedAfter } = mechanism;
		const random = chance(seed, 1, i);
		const home = homeWith(on, random);
		const party = senderOf(mechanism.sender, home, on);
		const deviceId = deviceIdOf(home, on);
		const counter = String(FIRST_COUNTER + i);
		const requestedAt = answer ? at - random.whole(answer[1], answer[2]) * 1000 : at;
		return {
			requestId: `${party.userId}:${deviceId}:${counter}`,
			deviceId,
			userId: party.userId,
			counter,
			serviceReferenceVariant: random.pick(mechanism.variants),
			userRole: party.role,
			userName: party.name,
			mode: executedAfter ? 'future-dated-device' : 'on-demand',
			requestedAt,
			executeAt: executedAfter ? at + executedAfter * 1000 : null,
			respondedAt: answer && at,
			responseCode: answer && answer[0]
		};
	}

	function requestAt(i: number, at?: number): RequestBody {
		const request = serviceRequestAt(i, at);
		const orNull = (time: number | null): string | null => (time === null ? null : iso(time));
		return {
			requestId: request.requestId,
			serviceReferenceVariant: request.serviceReferenceVariant,
			userRole: request.userRole,
			userName: request.userName!,
			mode: request.mode,
			requestedAt: iso(request.requestedAt!),
			executeAt: orNull(request.executeAt),
			respondedAt: orNull(request.respondedAt),
			responseCode: request.responseCode,
			source: 'bench'
		};
	}

	/** What Alert `i` is: the request that causes it, or the Alert that comes of itself. `raisedAt` is its own time. */
	function origin(i: number, at: number) {
		const random = chance(seed, 2, i);
		const raisedAt = at - random.whole(200, 4000);
		if (random.whole(0, 99) >= CAUSED) return { raisedAt, alert: random.pick(LONE_LOTS), random };
		const { mechanism } = random.pick(CAUSED_LOTS);
		const [least, most] = mechanism.alert.delay;
		const latest = plan.alertsAlone ? Math.min(raisedAt, now) : raisedAt;
		const before = latest - (least + random.next() * (most - least)) * 1000;
		const wanted = Math.floor(requests + ((before - now) * requestsPerSecond) / 1000);
		// The requests of one kind come every so often; where the trace is too short, any of them will do.
		const near = wanted >= 100 ? wanted : random.whole(100, Math.max(100, requests - 1));
		let cause = near;
		while (REQUEST_LOTS[cause % 100] !== mechanism) cause--;
		return { raisedAt, alert: mechanism.alert, cause, random };
	}

	const messageIdAt = (i: number): string => `bench ${seed} ${i}`;

	function alertAt(i: number, at = alertTime(i)): AlertBody {
		const { raisedAt, alert, cause, random } = origin(i, at);
		const home = cause === undefined ? homeWith(alert.on, random) : homeOfRequest(cause);
		const body: AlertBody = {
			deviceId: deviceIdOf(home, alert.on),
			kind: alert.dccPayload ? 'dcc' : 'device',
			code: alert.code,
			raisedAt: alert.dccPayload ? null : iso(raisedAt),
			clockStatus: 'reliable',
			receivedAt: iso(at),
			messageId: messageIdAt(i)
		};
		if (alert.dccPayload) body.dccPayload = alert.dccPayload;
		if (cause !== undefined && 'names' in alert && alert.names) {
			const { requestId, userId, counter } = serviceRequestAt(cause);
			body.reference =
				alert.names === 'request-id'
					? { requestId }
					: { originatorId: userId, counter, messageCode: alert.messageCode!, requestId: null };
		}
		return body;
	}

	/** The Devices of a home as the inventory takes them. */
	function devicesOf(home: number): DeviceBody[] {
		const { electricity, gas } = suppliersOf(seed, home);
		const device = (deviceType: Place, { slug }: TraceSupplier): DeviceBody => ({
			deviceId: deviceIdOf(home, deviceType),
			deviceType,
			hubId: deviceIdOf(home, 'CHF'),
			model: home % 3 === 0 ? 'Aster E4' : 'Linden 210',
			firmware: home % 4 === 0 ? '2.10' : '2.08',
			area: `A${home % 2000}`,
			tenures: [{ supplier: slug, from: SINCE, to: null }]
		});
		return [
			device('CHF', electricity),
			device('ESME', electricity),
			...(hasGas(home) ? [device('GSME', gas)] : [])
		];
	}

	return {
		plan,
		homes,
		/** How many Devices the homes have. */
		devices: (homes / HOMES) * DEVICES,
		requests,
		requestTime,
		alertTime,
		devicesOf,
		serviceRequestAt,
		requestAt,
		alertAt,
		messageIdAt,
		/** The number of the request that causes Alert `i`, or `null`. */
		causeOf: (i: number, at = alertTime(i)): number | null => origin(i, at).cause ?? null,
		requestJsonAt: (i: number, at?: number): string => JSON.stringify(requestAt(i, at)),
		alertJsonAt: (i: number, at?: number): string => JSON.stringify(alertAt(i, at))
	};
}
