// Weighs the delay from a Service Request to an Alert. Says from which instant the delay counts, whether the delay lies
// in the window of a cause, and how well the delay fits. Instants are epoch ms, delays are seconds.
import type { Anchor } from '../alert.ts';
import type { Cause } from '../cause-table/cause-table.ts';
import type { Outcome } from '../response-code.ts';
import type { ServiceRequest } from '../service-request.ts';
import { CLOCK_TOLERANCE_MS, CLOCK_TOLERANCE_SECONDS } from './clock-tolerance.ts';
import { timeOutSeconds, usualWaitSeconds, type AlertFacts } from './evidence.ts';

/**
 * A delay is timely up to this multiple of the usual delay. Networks, sleeping meters and people can be late by this
 * factor. For longer delays, unrelated requests are as frequent as causes, however wide the window is. A request with a
 * longer delay may still be the cause, but its delay is no evidence.
 */
const TIMELY_FACTOR = 8;
/** The loss of fit from no delay to the usual delay. The nearer of two timely requests is likelier to be the cause. */
const NEARNESS_WEIGHT = 0.1;
/** The fit of a request that was sent after the Alert, but within the clock tolerance. */
const SENT_AFTER_ALERT_FIT = 0.8;
/** The fit of a delay at the end of the window of the cause. */
const WINDOW_END_FIT = 0.3;

export interface AnchoredAt {
	anchor: Anchor;
	/** The instant from which the delay counts (epoch ms). */
	at: number;
}

/** One request, taken as a possible cause of one Alert. */
export interface Attempt {
	request: ServiceRequest;
	outcome: Outcome;
	cause: Cause;
	alert: AlertFacts;
}

/**
 * Returns the instants from which the delay may count. After a time-out the delay counts from the request, because the
 * DCC gives up after the Device has acted. A Device that stores a command may act at the storing and at the execution.
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

/** Returns the anchor `requested`, or the anchor `responded` if the time of the request is not known. */
export const requestedOr = (requestedAt: number | null, respondedAt: number | null): AnchoredAt =>
	requestedAt === null ? { anchor: 'responded', at: respondedAt! } : { anchor: 'requested', at: requestedAt };

/**
 * Returns the anchor nearest to the Alert, among the anchors whose delay lies in the window. Returns `undefined` if no
 * anchor has a delay in the window.
 */
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
	// The Device acts between the request and its response. The Alert may therefore precede the response, but never the
	// request.
	const sentAt =
		anchored.anchor === 'responded'
			? (request.requestedAt ?? anchored.at - timeOutSeconds(alert.deviceType) * 1000)
			: anchored.at;
	return alert.effectiveAt >= sentAt - CLOCK_TOLERANCE_MS;
}

/**
 * Returns how well the delay fits: 1 while the request is under way, and less for longer delays. After the usual delay
 * the fit falls with the logarithm of the delay, to 0.3 at the end of the window. `timely`: the delay is evidence for
 * the request, and not merely compatible with the request.
 */
export function weighDelay({ anchor, at }: AnchoredAt, attempt: Attempt): { fit: number; timely: boolean } {
	const { request, outcome, cause, alert } = attempt;
	const typical = Math.max(cause.typicalSeconds, 1);
	let delay = (alert.effectiveAt - at) / 1000;
	// A Device that has not answered may have slept. The half hour that a gas meter usually sleeps does not count as
	// delay.
	if (outcome === 'no-answer' && anchor === 'requested') delay -= usualWaitSeconds(alert.deviceType);
	const underWay =
		anchor === 'responded' &&
		request.requestedAt !== null &&
		alert.effectiveAt >= request.requestedAt &&
		alert.effectiveAt <= at;
	if (underWay) return { fit: 1, timely: true };
	// A request follows its Alert only if the clocks differ. A request after the Alert fits worse than a request before
	// the Alert.
	if (cause.minSeconds >= 0 && alert.effectiveAt < (request.requestedAt ?? -Infinity))
		return { fit: SENT_AFTER_ALERT_FIT, timely: true };
	delay = cause.minSeconds < 0 ? Math.abs(delay) : Math.max(0, delay);
	const timely = delay <= TIMELY_FACTOR * typical;
	if (delay <= typical) return { fit: 1 - (NEARNESS_WEIGHT * delay) / typical, timely };
	const end = Math.max(cause.maxSeconds, typical + 1);
	const beyond = Math.log(delay / typical) / Math.log(end / typical);
	const fall = 1 - WINDOW_END_FIT - NEARNESS_WEIGHT;
	return { fit: Math.max(WINDOW_END_FIT, 1 - NEARNESS_WEIGHT - fall * beyond), timely };
}
