// Makes the trace of all measurements: homes, Service Requests and Alerts of one seed. Each body is a function of
// the seed and the body's number. So ten million bodies need no memory, and every process makes the same bodies.
import { FED_BY_INSTALLATION } from '#lib/domain/fed-by.ts';
import type { ServiceRequest } from '#lib/domain/service-request.ts';
import type { AlertBody, RequestBody } from '../demo/events.ts';
import { createRandom, type Random } from '../demo/random.ts';
import { PARTIES, type DeviceBody, type Party } from '../demo/world.ts';
import {
	CAUSING_REQUESTS,
	HARMLESS_REQUESTS,
	SPONTANEOUS_ALERTS,
	mixOf,
	type DeviceType,
	type Sender
} from './mechanisms.ts';
import { NATIONAL_LOAD } from './national-load.ts';

export interface TracePlan {
	seed: number;
	/** Number of Devices, rounded up to groups of five homes with thirteen Devices. */
	devices: number;
	/**
	 * Number of Service Requests recorded before `now`: at least some hundred. Requests with greater numbers are recorded after
	 * `now`.
	 */
	requests: number;
	/** The present in trace time. Epoch ms. */
	now: number;
	/** The number of the first Alert. Default: 0. */
	alerts?: number;
	/** The time of receipt of the first Alert. Epoch ms. Default: `now`. */
	alertsSince?: number;
	/** Density of requests and Alerts in trace time. Default: the national load. */
	requestsPerSecond?: number;
	alertsPerSecond?: number;
	/** `true`: the trace has no request after `now`, so the causes of all Alerts are before `now`. */
	alertsAlone?: boolean;
}

export interface TraceSupplier {
	slug: string;
	name: string;
	userIds: string[];
	/** Percent of the homes. */
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

/** Service Requests per second of trace time. Trace time advances with the requests that were sent. */
export const TRACE_REQUESTS_PER_SECOND = 10;
/** Percent of the Alerts that a request causes. */
const CAUSED_PERCENT = 75;
const TENURE_START = '2025-01-01T00:00:00.000Z';
const FIRST_COUNTER = 1_700_000_000_000;
/** Each home has a hub and an electricity meter. Three of five homes have a gas meter as well. */
const [HOMES_PER_GROUP, DEVICES_PER_GROUP] = [5, 13];
const hasGas = (home: number): boolean => home % HOMES_PER_GROUP >= 2;

const REQUEST_MIX = mixOf([...CAUSING_REQUESTS, ...HARMLESS_REQUESTS]);
const CAUSED_ALERT_MIX = mixOf(
	CAUSING_REQUESTS.map((mechanism) => ({ share: mechanism.alert.share, mechanism }))
);
const SPONTANEOUS_ALERT_MIX = mixOf(SPONTANEOUS_ALERTS);
const SUPPLIER_MIX = mixOf(SUPPLIERS);

const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0').toUpperCase());
const DEVICE_DIGIT: Record<DeviceType, string> = { ESME: '1', GSME: '2', CHF: '3' };
const deviceIdOf = (home: number, deviceType: DeviceType): string =>
	`88-73-84-5B-${HEX[(home >> 16) & 255]}-${HEX[(home >> 8) & 255]}-${HEX[home & 255]}-0${DEVICE_DIGIT[deviceType]}`;

/** Draws the Responsible Suppliers of a home. A third of the homes draw a separate Supplier for gas. */
function suppliersOf(seed: number, home: number): { electricity: TraceSupplier; gas: TraceSupplier } {
	const random = randomFor(seed, 3, home);
	const electricity = random.pick(SUPPLIER_MIX);
	return { electricity, gas: random.chance(1 / 3) ? random.pick(SUPPLIER_MIX) : electricity };
}

/** Makes the random numbers of one record of one stream. Every call gives the same numbers. */
const randomFor = (seed: number, stream: number, number: number): Random =>
	createRandom(Math.imul(seed + 1, 0x9e3779b1) ^ Math.imul(number + 1, 0x85ebca6b) ^ (stream << 29));

const iso = (at: number): string => new Date(at).toISOString();

export type Trace = ReturnType<typeof createTrace>;

export function createTrace(plan: TracePlan) {
	const { seed, requests, now, alerts = 0, alertsSince = now } = plan;
	const {
		requestsPerSecond = NATIONAL_LOAD.serviceRequestsPerSecond,
		alertsPerSecond = NATIONAL_LOAD.alertsPerSecond
	} = plan;
	const homes = Math.ceil(plan.devices / DEVICES_PER_GROUP) * HOMES_PER_GROUP;

	// `requestTime`: when request `i` is recorded. `alertTime`: when Alert `i` is received. Both are epoch ms.
	const requestTime = (i: number): number => Math.round(now + ((i - requests) * 1000) / requestsPerSecond);
	const alertTime = (i: number): number => Math.round(alertsSince + ((i - alerts) * 1000) / alertsPerSecond);

	/** Draws a home that has a Device of this type. */
	function homeWith(deviceType: DeviceType, random: Random): number {
		const home = random.whole(0, homes - 1);
		return deviceType === 'GSME' && !hasGas(home)
			? home - (home % HOMES_PER_GROUP) + random.whole(2, 4)
			: home;
	}

	const homeOfRequest = (i: number): number => homeWith(REQUEST_MIX[i % 100]!.on, randomFor(seed, 1, i));

	function senderOf(sender: Sender, home: number, deviceType: DeviceType): Party {
		if (typeof sender !== 'string') return sender;
		const { electricity, gas } = suppliersOf(seed, home);
		const own = deviceType === 'GSME' ? gas : electricity;
		const chosen = sender === 'own' ? own : SUPPLIERS[(SUPPLIERS.indexOf(own) + 1) % SUPPLIERS.length]!;
		// Another Supplier than the one for electricity acts as the gas Supplier of the home.
		const role = deviceType === 'GSME' || sender === 'other' ? 'GS' : 'IS';
		return { userId: chosen.userIds[0]!, role, name: chosen.name };
	}

	/** Returns request `i` as Causeway stores the request. The record arrives at `at` (epoch ms). */
	function serviceRequestAt(i: number, at = requestTime(i)): ServiceRequest {
		const mechanism = REQUEST_MIX[i % 100]!;
		const { on, answer, executedAfterSeconds } = mechanism;
		const random = randomFor(seed, 1, i);
		const home = homeWith(on, random);
		const party = senderOf(mechanism.sender, home, on);
		const deviceId = deviceIdOf(home, on);
		const counter = String(FIRST_COUNTER + i);
		const requestedAt = answer ? at - random.whole(answer[1], answer[2]) * 1000 : at;
		return {
			requestId: `${party.userId}:${deviceId}:${counter}`,
			fedBy: FED_BY_INSTALLATION,
			deviceId,
			userId: party.userId,
			counter,
			serviceReferenceVariant: random.pick(mechanism.variants),
			userRole: party.role,
			userName: party.name,
			mode: executedAfterSeconds ? 'future-dated-device' : 'on-demand',
			requestedAt,
			executeAt: executedAfterSeconds ? at + executedAfterSeconds * 1000 : null,
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

	/**
	 * Returns the kind of Alert `i` and the number of the causing request. Without `cause` the Alert is spontaneous.
	 * `raisedAt` is the Device's own time (epoch ms).
	 */
	function originOf(i: number, at: number) {
		const random = randomFor(seed, 2, i);
		const raisedAt = at - random.whole(200, 4000);
		if (random.whole(0, 99) >= CAUSED_PERCENT)
			return { raisedAt, alert: random.pick(SPONTANEOUS_ALERT_MIX), random };
		const { mechanism } = random.pick(CAUSED_ALERT_MIX);
		const [least, most] = mechanism.alert.delaySeconds;
		const latest = plan.alertsAlone ? Math.min(raisedAt, now) : raisedAt;
		const before = latest - (least + random.next() * (most - least)) * 1000;
		const wantedNumber = Math.floor(requests + ((before - now) * requestsPerSecond) / 1000);
		// The search goes back to the next request of this kind. In a too short trace, it starts at a random request.
		const startNumber = wantedNumber >= 100 ? wantedNumber : random.whole(100, Math.max(100, requests - 1));
		let cause = startNumber;
		while (REQUEST_MIX[cause % 100] !== mechanism) cause--;
		return { raisedAt, alert: mechanism.alert, cause, random };
	}

	const messageIdAt = (i: number): string => `bench ${seed} ${i}`;

	function alertAt(i: number, at = alertTime(i)): AlertBody {
		const { raisedAt, alert, cause, random } = originOf(i, at);
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

	/** Returns the Devices of a home in the format of the inventory. */
	function devicesOf(home: number): DeviceBody[] {
		const { electricity, gas } = suppliersOf(seed, home);
		const device = (deviceType: DeviceType, { slug }: TraceSupplier): DeviceBody => ({
			deviceId: deviceIdOf(home, deviceType),
			deviceType,
			hubId: deviceIdOf(home, 'CHF'),
			model: home % 3 === 0 ? 'Aster E4' : 'Linden 210',
			firmware: home % 4 === 0 ? '2.10' : '2.08',
			area: `A${home % 2000}`,
			tenures: [{ supplier: slug, from: TENURE_START, to: null }]
		});
		return [
			device('CHF', electricity),
			device('ESME', electricity),
			...(hasGas(home) ? [device('GSME', gas)] : [])
		];
	}

	/** Returns a Device of the trace, in the format of the inventory. */
	function deviceOf(deviceId: string): DeviceBody {
		const home = Number.parseInt(deviceId.replaceAll('-', '').slice(8, 14), 16);
		return devicesOf(home).find((device) => device.deviceId === deviceId)!;
	}

	return {
		plan,
		homes,
		/** The number of Devices of all homes. */
		devices: (homes / HOMES_PER_GROUP) * DEVICES_PER_GROUP,
		requests,
		requestTime,
		alertTime,
		devicesOf,
		deviceOf,
		serviceRequestAt,
		requestAt,
		alertAt,
		messageIdAt,
		/** Returns the number of the request that causes Alert `i`. `null`: the Alert is spontaneous. */
		causeOf: (i: number, at = alertTime(i)): number | null => originOf(i, at).cause ?? null,
		requestJsonAt: (i: number, at?: number): string => JSON.stringify(requestAt(i, at)),
		alertJsonAt: (i: number, at?: number): string => JSON.stringify(alertAt(i, at))
	};
}
