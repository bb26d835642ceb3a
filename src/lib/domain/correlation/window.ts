// How far around an Alert a Service Request can matter.
import type { Cause, CauseEntry } from '../cause-table/cause-table.ts';
import { CLOCK_TOLERANCE_MS } from './clock-tolerance.ts';
import { LONGEST_WAIT_SECONDS } from './evidence.ts';
import type { ServiceRequest } from '../service-request.ts';

/** A request further off is not named among the excluded (ms). */
export const EXCLUDED_WITHIN = 24 * 3_600_000;
/** Without a row in the cause table only the time can speak for a request: this long before the Alert (seconds). */
export const TIME_ONLY_SECONDS = 900;

/** A condition on credentials is looked for in the requests of the days before. */
const secondsBefore = ({ maxSeconds, condition }: Cause): number =>
	condition?.kind === 'credential-change' ? Math.max(maxSeconds, condition.beforeDays * 86_400) : maxSeconds;

/** How long before an Alert a cause of its code may lie (ms). */
export function lookBack(entry: CauseEntry | undefined): number {
	return 1000 * Math.max(TIME_ONLY_SECONDS, ...(entry?.causes ?? []).map(secondsBefore));
}

/** How long before an Alert the requests lie that an explanation may speak of, whatever else is in its batch (ms). */
export function gatherBack(entry: CauseEntry | undefined): number {
	return Math.max(lookBack(entry) + LONGEST_WAIT_SECONDS * 1000 + CLOCK_TOLERANCE_MS, EXCLUDED_WITHIN);
}

/** The instant after which no Service Request can matter any more (ms). */
export function windowEnd(at: number, entry: CauseEntry | undefined): number {
	const after = Math.max(0, ...(entry?.causes ?? []).map((cause) => -cause.minSeconds));
	return at + after * 1000 + CLOCK_TOLERANCE_MS;
}

const instantsOf = (r: ServiceRequest): number[] =>
	[r.requestedAt, r.respondedAt, r.executeAt].filter((at) => at !== null);

/** From an instant to the nearest of the request: sent, answered or executed (ms). */
export const distanceOf = (request: ServiceRequest, at: number): number =>
	Math.min(...instantsOf(request).map((i) => Math.abs(at - i)));

/** Near enough to be named among the excluded: within the day before, or after it as far as the code's causes reach. */
export function isNear(request: ServiceRequest, at: number, entry: CauseEntry | undefined): boolean {
	return instantsOf(request).some((i) => i >= at - EXCLUDED_WITHIN && i <= windowEnd(at, entry));
}
