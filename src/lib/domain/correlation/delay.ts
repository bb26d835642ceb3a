// The delay from a Service Request to an Alert: from which instant it counts, whether it lies in the window of a cause,
// and how well it fits. Times are epoch ms, delays seconds.
import type { Anchor } from '../alert.ts';
import type { Cause } from '../cause-table/cause-table.ts';
import { CLOCK_TOLERANCE_MS, CLOCK_TOLERANCE_SECONDS } from './clock-tolerance.ts';
import { timeOutSeconds, usualWaitSeconds, type AlertFacts } from './evidence.ts';
import type { Outcome } from '../response-code.ts';
import type { ServiceRequest } from '../service-request.ts';

/**
 * Networks, sleeping meters and people are late by such factors of the usual delay. Further out an innocent request
 * stands as often as a guilty one, however wide the window: it may still be the cause, but its time does not say so.
 */
const TIMELY = 8;
/** Of two that are timely the nearer is the likelier: this much of the fit goes by the time up to the usual delay. */
const NEARER = 0.1;
/** The fit of a request that was sent after the Alert by as little as clocks may differ. */
const BEHIND = 0.8;

export interface AnchoredAt {
	anchor: Anchor;
	at: number;
}

/** One request as the cause of one Alert, its outcome already read. */
export interface Attempt {
	request: ServiceRequest;
	outcome: Outcome;
	cause: Cause;
	alert: AlertFacts;
}

/**
 * The instants from which the delay may be counted. A time-out is answered when the DCC gives up, after the Device
 * has acted, so it counts from the request; a command that a Device holds acts when it is stored and when it is run.
 */
export function anchorsOf({ request, outcome, cause }: Attempt): AnchoredAt[] {
	const { requestedAt, respondedAt, executeAt } = request;
	const executed: AnchoredAt[] = executeAt === null ? [] : [{ anchor: 'executed', at: executeAt }];
	if (cause.anchor === 'executed' && executed.length > 0) return executed;
	if (cause.anchor === 'requested') return [requestedOr(requestedAt, respondedAt)];
	if (respondedAt !== null && outcome !== 'no-answer')
		return [
			{ anchor: 'responded', at: respondedAt },
			...(request.mode === 'future-dated-device' ? executed : [])
		];
	if (request.mode === 'future-dated-dsp' && executed.length > 0) return executed;
	return [requestedOr(requestedAt, respondedAt), ...(request.mode === 'future-dated-device' ? executed : [])];
}

export const requestedOr = (requestedAt: number | null, respondedAt: number | null): AnchoredAt =>
	requestedAt === null ? { anchor: 'responded', at: respondedAt! } : { anchor: 'requested', at: requestedAt };

export function bestAnchor(attempt: Attempt): AnchoredAt | undefined {
	const { alert } = attempt;
	return anchorsOf(attempt)
		.filter((anchored) => inWindow(anchored, attempt))
		.sort((a, b) => Math.abs(alert.effectiveAt - a.at) - Math.abs(alert.effectiveAt - b.at))[0];
}

function inWindow(anchored: AnchoredAt, { request, outcome, cause, alert }: Attempt): boolean {
	const delta = (alert.effectiveAt - anchored.at) / 1000;
	const unanswered =
		outcome === 'no-answer' && anchored.anchor === 'requested' ? timeOutSeconds(alert.deviceType) : 0;
	if (delta > cause.maxSeconds + unanswered + CLOCK_TOLERANCE_SECONDS) return false;
	if (cause.minSeconds < 0) return delta >= cause.minSeconds;
	// The Device acts between the request and its response, so the Alert may precede the response, never the request.
	const sent =
		anchored.anchor === 'responded'
			? (request.requestedAt ?? anchored.at - timeOutSeconds(alert.deviceType) * 1000)
			: anchored.at;
	return alert.effectiveAt >= sent - CLOCK_TOLERANCE_MS;
}

/**
 * How well the delay fits: 1 while the request is under way, falling with the logarithm of the delay to 0.3 at the end
 * of the window. `timely`: the delay speaks for this request, and not only not against it.
 */
export function weighDelay({ anchor, at }: AnchoredAt, attempt: Attempt): { fit: number; timely: boolean } {
	const { request, outcome, cause, alert } = attempt;
	const typical = Math.max(cause.typicalSeconds, 1);
	let delay = (alert.effectiveAt - at) / 1000;
	// A Device that has not answered may have slept: as long as it usually does, its silence is no delay.
	if (outcome === 'no-answer' && anchor === 'requested') delay -= usualWaitSeconds(alert.deviceType);
	const underWay =
		anchor === 'responded' &&
		request.requestedAt !== null &&
		alert.effectiveAt >= request.requestedAt &&
		alert.effectiveAt <= at;
	if (underWay) return { fit: 1, timely: true };
	// Only clocks that differ put a request behind its Alert: that one is the last to ask.
	if (cause.minSeconds >= 0 && alert.effectiveAt < (request.requestedAt ?? -Infinity))
		return { fit: BEHIND, timely: true };
	delay = cause.minSeconds < 0 ? Math.abs(delay) : Math.max(0, delay);
	const timely = delay <= TIMELY * typical;
	if (delay <= typical) return { fit: 1 - (NEARER * delay) / typical, timely };
	const end = Math.max(cause.maxSeconds, typical + 1);
	const beyond = Math.log(delay / typical) / Math.log(end / typical);
	return { fit: Math.max(0.3, 1 - NEARER - (0.7 - NEARER) * beyond), timely };
}
