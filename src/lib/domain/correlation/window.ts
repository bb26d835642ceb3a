// Defines the times around an Alert within which a Service Request can matter.
import type { Cause, CauseEntry } from '../cause-table/cause-table.ts';
import type { ServiceRequest } from '../service-request.ts';
import { CLOCK_TOLERANCE_MS } from './clock-tolerance.ts';
import { LONGEST_WAIT_SECONDS } from './evidence.ts';

/** The longest time from the Alert to an excluded request that the explanation lists (ms). */
export const EXCLUDED_WINDOW_MS = 24 * 3_600_000;
/**
 * If the cause table has no entry for the code, only requests at most this many seconds before the Alert are
 * candidates.
 */
export const TIME_ONLY_SECONDS = 900;

/**
 * Returns how many seconds before an Alert a cause needs requests. A condition on credentials also needs the requests
 * of the days before.
 */
const secondsBefore = ({ maxSeconds, condition }: Cause): number =>
	condition?.kind === 'credential-change' ? Math.max(maxSeconds, condition.beforeDays * 86_400) : maxSeconds;

/** Returns how long before an Alert a request can matter to the causes of its code (ms). */
export function lookBackMs(entry: CauseEntry | undefined): number {
	return 1000 * Math.max(TIME_ONLY_SECONDS, ...(entry?.causes ?? []).map(secondsBefore));
}

/**
 * Returns how long before an Alert its explanation may name requests, both candidates and excluded requests (ms). The
 * result does not depend on the other Alerts of a batch.
 */
export function evidenceWindowMs(entry: CauseEntry | undefined): number {
	return Math.max(lookBackMs(entry) + LONGEST_WAIT_SECONDS * 1000 + CLOCK_TOLERANCE_MS, EXCLUDED_WINDOW_MS);
}

/** Returns the instant after which no Service Request can be a cause of the Alert at `at` (both epoch ms). */
export function windowEnd(at: number, entry: CauseEntry | undefined): number {
	const after = Math.max(0, ...(entry?.causes ?? []).map((cause) => -cause.minSeconds));
	return at + after * 1000 + CLOCK_TOLERANCE_MS;
}

const instantsOf = (r: ServiceRequest): number[] =>
	[r.requestedAt, r.respondedAt, r.executeAt].filter((at) => at !== null);

/** Returns the time from `at` (epoch ms) to the nearest instant of the request: sent, answered or executed (ms). */
export const distanceMs = (request: ServiceRequest, at: number): number =>
	Math.min(...instantsOf(request).map((i) => Math.abs(at - i)));

/**
 * Returns whether an explanation may list the request as excluded. An instant of the request must lie at most a day
 * before the Alert at `at` (epoch ms), and not after `windowEnd`.
 */
export function isNear(request: ServiceRequest, at: number, entry: CauseEntry | undefined): boolean {
	return instantsOf(request).some((i) => i >= at - EXCLUDED_WINDOW_MS && i <= windowEnd(at, entry));
}
