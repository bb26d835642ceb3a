// Learned evidence: how often a Service Request of one kind stood before the Alerts of one code, and how often it would
// stand there by chance, which is how often it stands before the Alerts of all other codes. It counts and suggests; a
// person reviews what the cause table does not know.
import type { Anchor } from './alert.ts';
import { CLOCK_TOLERANCE_MS } from './correlation/clock-tolerance.ts';
import { isVisible } from './correlation/disclosure.ts';
import type { Evidence } from './correlation/evidence.ts';
import { patternKey, type Frequency, type Pattern } from './learned-pattern.ts';
import { outcomeOf } from './response-code.ts';
import type { ServiceRequest } from './service-request.ts';

/** Upper ends of the delay buckets (seconds). What is further off is not counted. */
export const BUCKETS = [30, 120, 600, 3600, 21_600, 86_400] as const;
export const LEARN_WITHIN = BUCKETS.at(-1)! * 1000;

/** A pattern is offered as a candidate when it was seen this often, on this many Devices, and the lower end of the
 * interval of its lift is this high: four of five such sightings are then no coincidence. */
export const OFFER = { seen: 20, devices: 5, lift: 5 } as const;
/** Figures on fewer Alerts are not shown: they would be read as more than they are. */
const LEAST_SHOWN = 10;

/** One kind of Service Request before one Alert: the nearest of that kind, in which bucket. */
export interface Sighting extends Pick<Pattern, 'serviceReferenceVariant' | 'userRole' | 'relation'> {
	bucket: number;
}

/** What stood before an Alert within the viewer's sight: each kind once, by the nearest. In one order. */
export function sightingsOf(evidence: Pick<Evidence, 'alert' | 'requests' | 'home' | 'viewer'>): Sighting[] {
	const { alert, requests } = evidence;
	const nearest = new Map<string, Sighting>();
	for (const request of requests) {
		const { serviceReferenceVariant, userRole } = request;
		if (serviceReferenceVariant === '' || userRole === '') continue;
		if (outcomeOf(request.responseCode) === 'never-sent' || !isVisible(request, evidence)) continue;
		const last = lastBefore(request, alert.effectiveAt);
		const bucket = last && bucketOf(alert.effectiveAt - last.at);
		if (bucket === null) continue;
		const relation = request.deviceId === alert.deviceId ? 'same-device' : 'same-hub';
		const key = `${serviceReferenceVariant}|${userRole}|${relation}`;
		const known = nearest.get(key);
		if (!known || bucket < known.bucket)
			nearest.set(key, { serviceReferenceVariant, userRole, relation, bucket });
	}
	return [...nearest].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, sighting]) => sighting);
}

/** The last instant of a request before an Alert: executed where it was future-dated, else sent. `null`: all came after. */
export function lastBefore(
	{ requestedAt, respondedAt, executeAt }: ServiceRequest,
	at: number
): { anchor: Anchor; at: number } | null {
	const sent = {
		anchor: requestedAt === null ? 'responded' : 'requested',
		at: requestedAt ?? respondedAt!
	} as const;
	const instants = [...(executeAt === null ? [] : [{ anchor: 'executed' as const, at: executeAt }]), sent];
	return instants.find((instant) => instant.at <= at + CLOCK_TOLERANCE_MS) ?? null;
}

function bucketOf(ms: number): number | null {
	const bucket = BUCKETS.findIndex((end) => ms <= end * 1000);
	return bucket === -1 ? null : bucket;
}

/**
 * Of many homes a fixed share is learned from: one in `share`, the same ones always. `homeId`: the EUI-64 of the hub. The
 * record asks the same of a request (learned-counts.ts).
 */
export function isSampled(homeId: string, share: number): boolean {
	const serial = Number.parseInt(homeId.slice(-11).replaceAll('-', ''), 16);
	return ((Math.imul(serial, SPREAD) >>> 0) >>> 8) % share === 0;
}
/** Serial numbers follow each other: multiplied by this, they lie all over 32 bits. */
export const SPREAD = 0x61c88647;

/** How many Alerts of a code showed a sighting; `serviceReferenceVariant: ''` counts the Alerts themselves. */
export interface Count extends Pattern {
	bucket: number;
	n: number;
}

/** The figures of every pattern with at least `least` sightings, in the window that tells most. Order does not matter. */
export function weighCounts(counts: readonly Count[], least = LEAST_SHOWN): Array<Pattern & Frequency> {
	const totals = new Map<string, number>();
	const ofType = new Map<string, number>();
	const byPattern = new Map<string, { pattern: Pattern; buckets: number[] }>();
	const byKind = new Map<string, number[]>();
	for (const { bucket, n, ...pattern } of counts) {
		const { deviceType, code, serviceReferenceVariant, userRole, relation } = pattern;
		if (serviceReferenceVariant === '') {
			add(totals, `${deviceType}|${code}`, n);
			add(ofType, deviceType, n);
			continue;
		}
		const key = patternKey(pattern);
		const own = byPattern.get(key) ?? { pattern, buckets: BUCKETS.map(() => 0) };
		own.buckets[bucket]! += n;
		byPattern.set(key, own);
		const kind = `${deviceType}|${serviceReferenceVariant}|${userRole}|${relation}`;
		const all = byKind.get(kind) ?? BUCKETS.map(() => 0);
		all[bucket]! += n;
		byKind.set(kind, all);
	}
	const weighed: Array<Pattern & Frequency> = [];
	for (const { pattern, buckets } of byPattern.values()) {
		const { deviceType, code, serviceReferenceVariant, userRole, relation } = pattern;
		const of = totals.get(`${deviceType}|${code}`) ?? 0;
		const others = (ofType.get(deviceType) ?? 0) - of;
		const all = byKind.get(`${deviceType}|${serviceReferenceVariant}|${userRole}|${relation}`)!;
		const best = bestWindow(buckets, all, of, others);
		if (best && best.seen >= least) weighed.push({ ...pattern, ...best });
	}
	return weighed;
}

/**
 * Of the windows from the Alert backwards, the one with the most sightings beyond chance among those whose lift is sure
 * enough to be offered; where none is, the surest.
 */
function bestWindow(
	own: readonly number[],
	all: readonly number[],
	of: number,
	others: number
): Frequency | null {
	let best: Frequency | null = null;
	let [seen, elsewhere] = [0, 0];
	for (const [i, withinSeconds] of BUCKETS.entries()) {
		seen += own[i]!;
		elsewhere += all[i]! - own[i]!;
		if (seen === 0) continue;
		const frequency = frequencyOf(withinSeconds, seen, of, elsewhere, others);
		if (!best || isBetter(frequency, best)) best = frequency;
	}
	return best;
}

function isBetter(a: Frequency, b: Frequency): boolean {
	const [sureA, sureB] = [a.low >= OFFER.lift, b.low >= OFFER.lift];
	if (sureA !== sureB) return sureA;
	return sureA ? a.seen - a.byChance > b.seen - b.byChance : a.low > b.low;
}

/**
 * The ratio of two shares with its 95 % interval (log method, half a case added to each cell so that "never elsewhere"
 * gives a wide interval and no infinity).
 */
function frequencyOf(
	withinSeconds: number,
	seen: number,
	of: number,
	elsewhere: number,
	others: number
): Frequency {
	const [a, n, b, m] = [seen + 0.5, of + 1, elsewhere + 0.5, others + 1];
	const lift = a / n / (b / m);
	const error = Math.sqrt(Math.max(0, 1 / a - 1 / n + 1 / b - 1 / m));
	const byChance = others === 0 ? of : (elsewhere / others) * of;
	return {
		withinSeconds,
		seen,
		of,
		byChance: round(byChance, 1),
		lift: round(lift, 2),
		low: round(lift * Math.exp(-1.96 * error), 2),
		high: round(lift * Math.exp(1.96 * error), 2)
	};
}

/** Whether the figures alone are enough to offer a pattern; the Devices are counted by the caller. */
export const isFrequent = ({ seen, low }: Frequency): boolean => seen >= OFFER.seen && low >= OFFER.lift;

const add = (map: Map<string, number>, key: string, n: number): void =>
	void map.set(key, (map.get(key) ?? 0) + n);
const round = (value: number, digits: number): number => Number(value.toFixed(digits));
