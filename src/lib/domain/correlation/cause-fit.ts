// Matches one Service Request with the causes of one Alert code. Says whether and how well the request fits, or why the
// request does not fit.
import type { Relation } from '../alert.ts';
import { causesListing, type Cause, type CauseEntry } from '../cause-table/cause-table.ts';
import type { LearnedPatterns } from '../learned-pattern.ts';
import { outcomeOf, type Outcome } from '../response-code.ts';
import { describeVariant } from '../service-reference-variant.ts';
import type { ServiceRequest } from '../service-request.ts';
import { changesNear } from '../tenure.ts';
import { CLOCK_TOLERANCE_SECONDS } from './clock-tolerance.ts';
import { anchorsOf, bestAnchor, requestedOr, weighDelay, type AnchoredAt, type Attempt } from './delay.ts';
import { isRelayed, type AlertFacts, type HomeDevice } from './evidence.ts';
import type { Exclusion, FurtherReason } from './explanation-facts.ts';
import type { Fit } from './fit.ts';
import { fitLearned } from './learned-fit.ts';
import { TIME_ONLY_SECONDS } from './window.ts';

/**
 * The share of its score that a timely command keeps if the command does not meet the condition of the cause. A
 * controller should ask about such a command, although the change that would explain the Alert is not known.
 */
const UNMET_CONDITION_FACTOR = 0.5;
/**
 * Added to the score if the cause requires a failure and the command failed. A failure response is better evidence than
 * no response.
 */
const FAILURE_BONUS = 0.1;
/** Subtracted from the score if the request went to another Device of the home network. */
const SAME_HUB_PENALTY = 0.05;
/** Subtracted from the score if the DCC relayed the command under its own identity. */
const RELAYED_PENALTY = 0.3;
const DAY_MS = 86_400_000;

interface FitContext {
	alert: AlertFacts;
	alertCategory: string;
	entry: CauseEntry | undefined;
	/** The Device that sent the Alert. Its tenures show a change of Supplier. */
	device: HomeDevice | undefined;
	/** The times of the requests that replace credentials on the Alert's Device (epoch ms). */
	credentialChanges: readonly number[];
	/** The Device to which the request was sent. `undefined` if this Device is not known. */
	target: HomeDevice | undefined;
	/** The patterns learned from the viewer's Alerts. Empty if only the cause table may explain the Alert. */
	learned: LearnedPatterns;
}

/**
 * Returns the best fit over all causes that list the SRV of the request. If no cause fits, returns the miss of the
 * first cause.
 */
export function fitRequest(request: ServiceRequest, context: FitContext): Fit {
	const outcome = outcomeAt(request, context.alert);
	const neverSent = outcome === 'never-sent';
	const causes = causesListing(context.entry, request.serviceReferenceVariant);
	if (!neverSent && (!causes || causes.length === 0)) {
		const learned = fitLearned(request, context.alert, context.learned);
		if (learned) return learned;
	}
	// The check for another Device comes before every other miss. The evidence holds requests to other Devices only if
	// a query asked for them, so their presence must not change the explanation.
	if (request.deviceId !== context.alert.deviceId && !causes?.some(({ relation }) => relation === 'same-hub'))
		return OTHER_DEVICE;
	if (neverSent) return miss({ reason: 'never-reached-device', responseCode: request.responseCode! });
	if (!causes) return fitByTimeAlone(request, outcome, context);
	if (causes.length === 0) return miss({ reason: 'not-a-known-cause' });

	let best: Fit | undefined;
	for (const cause of causes) {
		const fit = fitCause({ request, outcome, cause, alert: context.alert }, context);
		if (!best || (fit.fits && (!best.fits || fit.score > best.score))) best = fit;
	}
	return best!;
}

/**
 * Returns the outcome of a request at the time of the Alert. If a Device stored a command, the response answers only
 * the storing. The execution of a stored command has no response, so its outcome counts as `no-answer`.
 */
function outcomeAt({ mode, executeAt, responseCode }: ServiceRequest, { effectiveAt }: AlertFacts): Outcome {
	const outcome = outcomeOf(responseCode);
	const executed = mode === 'future-dated-device' && executeAt !== null && effectiveAt >= executeAt;
	return executed && outcome === 'success' ? 'no-answer' : outcome;
}

function fitCause(attempt: Attempt, context: FitContext): Fit {
	const { request, cause, alert } = attempt;
	const outcomeMiss = missByOutcome(attempt);
	if (outcomeMiss) return outcomeMiss;

	const relation: Relation = request.deviceId === alert.deviceId ? 'same-device' : 'same-hub';
	if (relation === 'same-hub' && cause.relation === 'same-device') return OTHER_DEVICE;
	const targetType = context.target?.deviceType;
	if (
		relation === 'same-hub' &&
		cause.targetTypes.length > 0 &&
		!(targetType && cause.targetTypes.includes(targetType))
	)
		return OTHER_DEVICE;
	if (
		cause.roles.length > 0 &&
		request.userRole !== '' &&
		!cause.roles.some((role) => role === request.userRole)
	)
		return miss({ reason: 'role-not-eligible' });

	const anchored = bestAnchor(attempt);
	if (!anchored) {
		const [from] = anchorsOf(attempt);
		return miss({
			reason: 'outside-window',
			deltaMs: alert.effectiveAt - from!.at,
			maxSeconds: cause.maxSeconds
		});
	}
	return weigh(attempt, context, relation, anchored);
}

/** Returns the miss if the response contradicts the outcome that this cause requires, or else `null`. */
function missByOutcome({ request, outcome, cause }: Attempt): Fit | null {
	const wantsFailure = cause.outcome === 'failure' || cause.outcome === 'failure-or-none';
	if (wantsFailure && outcome === 'success')
		return miss({ reason: 'succeeded', responseCode: request.responseCode! });
	if (cause.outcome === 'success-or-none' && outcome === 'failure')
		return miss({ reason: 'failed', responseCode: request.responseCode! });
	return null;
}

/**
 * Returns whether the condition of a cause is met. Credentials change with the Supplier, and by requests that replace
 * credentials. The weighed request may itself replace credentials.
 */
function conditionHolds(
	condition: NonNullable<Cause['condition']>,
	{ alert, device, credentialChanges }: FitContext
): boolean {
	const [beforeMs, afterMs] = [condition.beforeDays * DAY_MS, condition.afterDays * DAY_MS];
	if (changesNear(device?.tenures ?? [], alert.effectiveAt, beforeMs, afterMs)) return true;
	return (
		condition.kind === 'credential-change' &&
		credentialChanges.some((at) => at >= alert.effectiveAt - beforeMs && at <= alert.effectiveAt + afterMs)
	);
}

function weigh(attempt: Attempt, context: FitContext, relation: Relation, anchored: AnchoredAt): Fit {
	const { request, outcome, cause, alert } = attempt;
	const deltaSeconds = Math.round((alert.effectiveAt - anchored.at) / 1000);
	const { fit, timely } = weighDelay(anchored, attempt);
	const unmet = cause.condition && !conditionHolds(cause.condition, context) ? cause.condition.kind : null;
	if (unmet && !timely) return miss({ reason: 'condition-not-met', condition: unmet });
	const further: FurtherReason[] = [];
	let score = cause.prior * (0.5 + 0.5 * fit);
	if (cause.outcome.startsWith('failure') && outcome === 'failure') score += FAILURE_BONUS;
	if (relation === 'same-hub') {
		score -= SAME_HUB_PENALTY;
		further.push({ code: 'same-hub', target: context.target?.deviceType ?? null });
	}
	if (context.alertCategory === 'security' && cause.outcome !== 'any' && isRelayed(request.userRole)) {
		score -= RELAYED_PENALTY;
		further.push({ code: 'relayed' });
	}
	if (cause.confidence === 'circumstantial') further.push({ code: 'circumstantial' });
	if (unmet) {
		score *= UNMET_CONDITION_FACTOR;
		further.push({ code: 'condition-not-met', condition: unmet });
	}
	const isSureCause = cause.confidence === 'specification' || cause.confidence === 'strong';
	const confident = isSureCause && timely && !unmet;
	return {
		fits: true,
		confident,
		score: clamp(score),
		anchor: anchored.anchor,
		deltaSeconds,
		relation,
		basis: { code: 'rule', rule: cause.id },
		further
	};
}

/**
 * Returns the fit if the cause table has no entry for the Alert code. Only a write, or a read that did not succeed,
 * shortly before the Alert fits.
 */
function fitByTimeAlone(request: ServiceRequest, outcome: Outcome, { alert }: FitContext): Fit {
	const variant = describeVariant(request.serviceReferenceVariant);
	if (variant.kind === 'read' && outcome === 'success')
		return miss({ reason: 'read-succeeded', responseCode: request.responseCode! });
	const { anchor, at } = requestedOr(request.executeAt ?? request.requestedAt, request.respondedAt);
	const deltaSeconds = Math.round((alert.effectiveAt - at) / 1000);
	if (deltaSeconds < -CLOCK_TOLERANCE_SECONDS || deltaSeconds > TIME_ONLY_SECONDS)
		return miss({ reason: 'outside-window', deltaMs: alert.effectiveAt - at, maxSeconds: null });
	return {
		fits: true,
		confident: false,
		score: clamp(0.2 - deltaSeconds / 9000),
		anchor,
		deltaSeconds,
		relation: 'same-device',
		basis: { code: 'time-only' },
		further: []
	};
}

const miss = (exclusion: Exclusion): Fit => ({ fits: false, exclusion });
const OTHER_DEVICE: Fit = { fits: false, exclusion: null };
const clamp = (score: number): number => Math.round(Math.min(1, Math.max(0, score)) * 1000) / 1000;
