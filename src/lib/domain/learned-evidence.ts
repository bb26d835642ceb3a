// Counts learned evidence: how often Service Requests of one kind precede the Alerts of one code, compared with chance.
// Chance is how often the same kind precedes the Alerts of all other codes. The machine counts and suggests. A person
// reviews the patterns that the cause table does not list.
import type { Anchor } from './alert.ts';
import { CLOCK_TOLERANCE_MS } from './correlation/clock-tolerance.ts';
import { isVisible } from './correlation/disclosure.ts';
import type { Evidence } from './correlation/evidence.ts';
import { patternKey, type Frequency, type Pattern } from './learned-pattern.ts';
import { outcomeOf } from './response-code.ts';
import type { ServiceRequest } from './service-request.ts';

/** The upper ends of the delay buckets (seconds). Delays beyond the last bucket are not counted. */
export const DELAY_BUCKETS_SECONDS = [30, 120, 600, 3600, 21_600, 86_400] as const;
/** The longest delay that is counted (ms). */
export const LEARNING_WINDOW_MS = DELAY_BUCKETS_SECONDS.at(-1)! * 1000;

/**
 * The least figures with which the machine offers a pattern as a candidate. `seen`: the number of sightings. `devices`:
 * the number of Devices. `lift`: the lower end of the 95 % interval of the lift. With a lift of 5, four of five
 * sightings are no coincidence.
 */
export const OFFER_THRESHOLDS = { seen: 20, devices: 5, lift: 5 } as const;
/** The least number of sightings of a shown pattern. People would read too much into the figures of fewer sightings. */
const MIN_SHOWN_SIGHTINGS = 10;

/**
 * The nearest Service Request of one kind before one Alert. `bucket`: the index of the delay in
 * `DELAY_BUCKETS_SECONDS`.
 */
export interface Sighting extends Pick<Pattern, 'serviceReferenceVariant' | 'userRole' | 'relation'> {
	bucket: number;
}

/**
 * Returns one sighting for each kind of request before an Alert, sorted by kind. Counts only requests that the viewer
 * may see; the nearest request of a kind gives the sighting.
 */
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

/**
 * Returns the last instant of a request before an Alert at `at` (epoch ms). The last instant is the execution of a
 * future-dated request, or else the sending. Returns `null` if all instants of the request are after the Alert.
 */
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

function bucketOf(delayMs: number): number | null {
	const bucket = DELAY_BUCKETS_SECONDS.findIndex((endSeconds) => delayMs <= endSeconds * 1000);
	return bucket === -1 ? null : bucket;
}

/**
 * Returns whether the machine learns from a home: from one in `share` homes, always the same homes. `homeId`: the
 * EUI-64 of the hub, or of the Device if it has no hub. The database computes the same condition for a request
 * (learned-counts.ts).
 */
export function isSampled(homeId: string, share: number): boolean {
	const serial = Number.parseInt(homeId.slice(-11).replaceAll('-', ''), 16);
	return ((Math.imul(serial, HASH_MULTIPLIER) >>> 0) >>> 8) % share === 0;
}
/** Spreads consecutive serial numbers over 32 bits (Fibonacci hashing). */
export const HASH_MULTIPLIER = 0x61c88647;

/**
 * A count of sightings: `n` Alerts of a code had the sighting. An empty `serviceReferenceVariant` counts the Alerts
 * themselves.
 */
export interface Count extends Pattern {
	bucket: number;
	n: number;
}

/**
 * Returns the figures of each pattern with at least `minSightings` sightings, in the best window of the pattern. The
 * order of `counts` does not matter.
 */
export function weighCounts(
	counts: readonly Count[],
	minSightings = MIN_SHOWN_SIGHTINGS
): Array<Pattern & Frequency> {
	const alertsByCode = new Map<string, number>();
	const alertsByType = new Map<string, number>();
	const byPattern = new Map<string, { pattern: Pattern; buckets: number[] }>();
	const bucketsByKind = new Map<string, number[]>();
	for (const { bucket, n, ...pattern } of counts) {
		const { deviceType, code, serviceReferenceVariant, userRole, relation } = pattern;
		if (serviceReferenceVariant === '') {
			add(alertsByCode, `${deviceType}|${code}`, n);
			add(alertsByType, deviceType, n);
			continue;
		}
		const key = patternKey(pattern);
		const own = byPattern.get(key) ?? { pattern, buckets: DELAY_BUCKETS_SECONDS.map(() => 0) };
		own.buckets[bucket]! += n;
		byPattern.set(key, own);
		const kind = `${deviceType}|${serviceReferenceVariant}|${userRole}|${relation}`;
		const all = bucketsByKind.get(kind) ?? DELAY_BUCKETS_SECONDS.map(() => 0);
		all[bucket]! += n;
		bucketsByKind.set(kind, all);
	}
	const weighed: Array<Pattern & Frequency> = [];
	for (const { pattern, buckets } of byPattern.values()) {
		const { deviceType, code, serviceReferenceVariant, userRole, relation } = pattern;
		const of = alertsByCode.get(`${deviceType}|${code}`) ?? 0;
		const others = (alertsByType.get(deviceType) ?? 0) - of;
		const all = bucketsByKind.get(`${deviceType}|${serviceReferenceVariant}|${userRole}|${relation}`)!;
		const best = bestWindow(buckets, all, of, others);
		if (best && best.seen >= minSightings) weighed.push({ ...pattern, ...best });
	}
	return weighed;
}

/**
 * Returns the best window of a pattern. Among the windows whose lift is sure enough to be offered, the best window has
 * the most sightings beyond chance. Without such a window, the best window has the surest lift. `own` and `all`:
 * sightings by bucket, before Alerts of this code and of all codes. `of` and `others`: numbers of Alerts of this code
 * and of all other codes.
 */
function bestWindow(
	own: readonly number[],
	all: readonly number[],
	of: number,
	others: number
): Frequency | null {
	let best: Frequency | null = null;
	let [seen, seenBeforeOthers] = [0, 0];
	for (const [i, withinSeconds] of DELAY_BUCKETS_SECONDS.entries()) {
		seen += own[i]!;
		seenBeforeOthers += all[i]! - own[i]!;
		if (seen === 0) continue;
		const frequency = frequencyOf(withinSeconds, seen, of, seenBeforeOthers, others);
		if (!best || isBetter(frequency, best)) best = frequency;
	}
	return best;
}

function isBetter(a: Frequency, b: Frequency): boolean {
	const [isSureA, isSureB] = [a.low >= OFFER_THRESHOLDS.lift, b.low >= OFFER_THRESHOLDS.lift];
	if (isSureA !== isSureB) return isSureA;
	return isSureA ? a.seen - a.byChance > b.seen - b.byChance : a.low > b.low;
}

/**
 * Computes the ratio of two shares with its 95 % interval (log method). Adds half a case to each cell. A pattern that
 * never precedes other Alerts then has a wide interval and not an infinite lift.
 */
function frequencyOf(
	withinSeconds: number,
	seen: number,
	of: number,
	seenBeforeOthers: number,
	others: number
): Frequency {
	const [a, n, b, m] = [seen + 0.5, of + 1, seenBeforeOthers + 0.5, others + 1];
	const lift = a / n / (b / m);
	const error = Math.sqrt(Math.max(0, 1 / a - 1 / n + 1 / b - 1 / m));
	const byChance = others === 0 ? of : (seenBeforeOthers / others) * of;
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

/**
 * Returns whether the figures alone are enough to offer a pattern. The caller checks the number of Devices with the
 * pattern.
 */
export const isFrequent = ({ seen, low }: Frequency): boolean =>
	seen >= OFFER_THRESHOLDS.seen && low >= OFFER_THRESHOLDS.lift;

const add = (map: Map<string, number>, key: string, n: number): void =>
	void map.set(key, (map.get(key) ?? 0) + n);
const round = (value: number, digits: number): number => Number(value.toFixed(digits));
