// One Service Request against the causes of one Alert code: does it fit, how well, and if not, why not.
import type { Anchor, Reason, Relation } from './alert.ts';
import type { Cause, CauseEntry } from './cause-table.ts';
import { isRelayed, timeOutSeconds, type AlertFacts, type HomeDevice } from './evidence.ts';
import type { LearnedPatterns } from './learned-evidence.ts';
import { fitLearned } from './learned-fit.ts';
import { outcomeOf, outcomeText, type Outcome } from './response-code.ts';
import { describeVariant } from './service-reference-variant.ts';
import type { ServiceRequest } from './service-request.ts';
import { changesNear } from './tenure.ts';
import { spellDelta, spellSeconds } from './wording.ts';

export type Fit =
	| {
			fits: true;
			confident: boolean;
			score: number;
			anchor: Anchor;
			deltaSeconds: number;
			relation: Relation;
			reasons: Reason[];
	  }
	| { fits: false; reason: string; text: string };

/** Clocks of the DCC and of a Device may differ by this much (seconds). */
const SLACK = 5;
/** Where no table speaks, only the time can: this long before the Alert (seconds). */
export const TIME_ONLY_SECONDS = 900;
/** Far out in its window a request may still be the cause, but its time no longer speaks for it. */
const CONFIDENT_TIME = 0.6;
const DAY = 86_400_000;

export interface FitContext {
	alert: AlertFacts;
	alertCategory: string;
	entry: CauseEntry | undefined;
	/** The Alert's own Device: its tenures tell a change of Supplier. */
	device: HomeDevice | undefined;
	/** When credentials on the Alert's Device were to be replaced, by the requests that say so (epoch ms). */
	credentialChanges: readonly number[];
	/** The Device the request was sent to. */
	target: HomeDevice | undefined;
	/** What the viewer's Alerts have taught; empty where nothing but the table may speak. */
	learned: LearnedPatterns;
}

interface AnchoredAt {
	anchor: Anchor;
	at: number;
}

/** The best fit over all causes that list the request's SRV, or the nearest miss. */
export function fitRequest(request: ServiceRequest, context: FitContext): Fit {
	const outcome = outcomeAt(request, context.alert);
	if (outcome === 'never-sent')
		return miss(
			'never-reached-device',
			`the DCC refused it (${request.responseCode}): it never reached the Device`
		);
	const { entry } = context;
	const causes = entry?.causes.filter((cause) => cause.variants.includes(request.serviceReferenceVariant));
	if (!causes || causes.length === 0) {
		const learned = fitLearned(request, context.alert, context.learned);
		if (learned) return learned;
	}
	if (!causes) return fitByTimeAlone(request, outcome, context);
	if (causes.length === 0) return miss('not-a-known-cause', `it is not known to cause ${context.alert.code}`);
	if (outcome === 'success' && causes.every((cause) => cause.outcome !== 'any'))
		return miss('succeeded', `it succeeded (${request.responseCode}), which speaks against it`);

	let best: Fit | undefined;
	for (const cause of causes) {
		const fit = fitCause(request, outcome, cause, context);
		if (!best || (fit.fits && (!best.fits || fit.score > best.score))) best = fit;
	}
	return best!;
}

/** The answer to the storing of a command tells nothing of its execution: that is not answered, only reported. */
function outcomeAt({ mode, executeAt, responseCode }: ServiceRequest, { effectiveAt }: AlertFacts): Outcome {
	const outcome = outcomeOf(responseCode);
	const executed = mode === 'future-dated-device' && executeAt !== null && effectiveAt >= executeAt;
	return executed && outcome === 'success' ? 'no-answer' : outcome;
}

function fitCause(request: ServiceRequest, outcome: Outcome, cause: Cause, context: FitContext): Fit {
	const { alert } = context;
	if (cause.outcome === 'failure' && outcome !== 'failure' && outcome !== 'no-answer')
		return miss('succeeded', `it succeeded (${request.responseCode}), which speaks against it`);
	if (cause.outcome === 'failure-or-none' && outcome === 'success')
		return miss('succeeded', `it succeeded (${request.responseCode}), which speaks against it`);

	const relation: Relation = request.deviceId === alert.deviceId ? 'same-device' : 'same-hub';
	if (relation === 'same-hub' && cause.relation === 'same-device')
		return miss('other-device', 'it was sent to another Device of the home network');
	const targetType = context.target?.deviceType;
	if (
		relation === 'same-hub' &&
		cause.targetTypes.length > 0 &&
		!(targetType && cause.targetTypes.includes(targetType))
	)
		return miss(
			'other-device',
			`it was sent to a ${targetType ?? 'Device of unknown type'}, not to a ${cause.targetTypes.join(' or ')}`
		);
	if (
		cause.roles.length > 0 &&
		request.userRole !== '' &&
		!cause.roles.some((role) => role === request.userRole)
	)
		return miss('role-not-eligible', `role ${request.userRole} is not known to cause ${alert.code} with it`);
	if (cause.condition && !conditionHolds(cause.condition, context))
		return miss(
			'condition-not-met',
			`it can cause ${alert.code} only near a ${cause.condition.kind === 'change-of-supplier' ? 'change of Supplier' : 'change of credentials'}`
		);

	const anchored = bestAnchor(request, outcome, cause, alert);
	if (!anchored) return outsideWindow(request, outcome, cause, alert);
	return weigh(request, outcome, cause, context, relation, anchored);
}

/** Credentials change with the Supplier, and by requests of their own: the one in question may be such a request. */
function conditionHolds(
	condition: NonNullable<Cause['condition']>,
	{ alert, device, credentialChanges }: FitContext
): boolean {
	const [before, after] = [condition.beforeDays * DAY, condition.afterDays * DAY];
	if (changesNear(device?.tenures ?? [], alert.effectiveAt, before, after)) return true;
	return (
		condition.kind === 'credential-change' &&
		credentialChanges.some((at) => at >= alert.effectiveAt - before && at <= alert.effectiveAt + after)
	);
}

/**
 * The instants from which the delay may be counted. A time-out is answered when the DCC gives up, after the Device
 * has acted, so it counts from the request; a command that a Device holds acts when it is stored and when it is run.
 */
function anchorsOf(request: ServiceRequest, outcome: Outcome, cause: Cause): AnchoredAt[] {
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

const requestedOr = (requestedAt: number | null, respondedAt: number | null): AnchoredAt =>
	requestedAt === null ? { anchor: 'responded', at: respondedAt! } : { anchor: 'requested', at: requestedAt };

function bestAnchor(
	request: ServiceRequest,
	outcome: Outcome,
	cause: Cause,
	alert: AlertFacts
): AnchoredAt | undefined {
	return anchorsOf(request, outcome, cause)
		.filter((anchored) => inWindow(anchored, request, outcome, cause, alert))
		.sort((a, b) => Math.abs(alert.effectiveAt - a.at) - Math.abs(alert.effectiveAt - b.at))[0];
}

function inWindow(
	anchored: AnchoredAt,
	request: ServiceRequest,
	outcome: Outcome,
	cause: Cause,
	alert: AlertFacts
): boolean {
	const delta = (alert.effectiveAt - anchored.at) / 1000;
	const unanswered =
		outcome === 'no-answer' && anchored.anchor === 'requested' ? timeOutSeconds(alert.deviceType) : 0;
	if (delta > cause.maxSeconds + unanswered + SLACK) return false;
	if (cause.minSeconds < 0) return delta >= cause.minSeconds;
	// The Device acts between the request and its response, so the Alert may precede the response, never the request.
	const sent =
		anchored.anchor === 'responded'
			? (request.requestedAt ?? anchored.at - timeOutSeconds(alert.deviceType) * 1000)
			: anchored.at;
	return alert.effectiveAt >= sent - SLACK * 1000;
}

function outsideWindow(request: ServiceRequest, outcome: Outcome, cause: Cause, alert: AlertFacts): Fit {
	const [anchored] = anchorsOf(request, outcome, cause);
	const delta = (alert.effectiveAt - anchored!.at) / 1000;
	return miss(
		'outside-window',
		`${spellDelta(delta)}: outside the window of ${spellSeconds(cause.maxSeconds)} for ${alert.code}`
	);
}

function weigh(
	request: ServiceRequest,
	outcome: Outcome,
	cause: Cause,
	context: FitContext,
	relation: Relation,
	{ anchor, at }: AnchoredAt
): Fit {
	const { alert, alertCategory } = context;
	const deltaSeconds = Math.round((alert.effectiveAt - at) / 1000);
	const reasons: Reason[] = [
		{ code: 'cause-table', text: cause.mechanism },
		{
			code: 'time',
			text: `${spellDelta(deltaSeconds)}; usual is ${spellSeconds(cause.typicalSeconds)}, at most ${spellSeconds(cause.maxSeconds)}`
		},
		{ code: 'outcome', text: outcomeText(request.responseCode) }
	];
	let score = cause.prior * (0.5 + 0.5 * timeFit(deltaSeconds, cause));
	if (cause.outcome !== 'any' && outcome === 'failure') score += 0.1;
	if (relation === 'same-hub') {
		score -= 0.05;
		reasons.push({
			code: 'same-hub',
			text: `sent to the ${context.target?.deviceType ?? 'other Device'} of the same home network`
		});
	}
	if (alertCategory === 'security' && cause.outcome !== 'any' && isRelayed(request.userRole)) {
		score -= 0.3;
		reasons.push({
			code: 'relayed',
			text: `commands of role ${request.userRole} are relayed by the DCC under its own identity, so they rarely fail this check`
		});
	}
	if (cause.confidence === 'circumstantial')
		reasons.push({ code: 'circumstantial', text: 'a shared event such as a site visit, not a cause' });
	const confident =
		(cause.confidence === 'specification' || cause.confidence === 'strong') &&
		timeFit(deltaSeconds, cause) >= CONFIDENT_TIME;
	return { fits: true, confident, score: clamp(score), anchor, deltaSeconds, relation, reasons };
}

/** 1 up to the typical delay, falling with its logarithm to 0.3 at the end of the window. */
function timeFit(deltaSeconds: number, cause: Cause): number {
	const delay = Math.abs(deltaSeconds);
	const typical = Math.max(cause.typicalSeconds, 1);
	if (delay <= typical) return 1;
	const end = Math.max(cause.maxSeconds, typical + 1);
	return Math.max(0.3, 1 - (0.7 * Math.log(delay / typical)) / Math.log(end / typical));
}

/** No row of the table speaks of this Alert code: a change, or a failure, shortly before it is worth a look. */
function fitByTimeAlone(request: ServiceRequest, outcome: Outcome, { alert }: FitContext): Fit {
	if (request.deviceId !== alert.deviceId)
		return miss('other-device', 'it was sent to another Device of the home network');
	const variant = describeVariant(request.serviceReferenceVariant);
	if (variant.kind === 'read' && outcome === 'success')
		return miss('read-succeeded', `a read that succeeded (${request.responseCode}) changes nothing`);
	const { anchor, at } = requestedOr(request.executeAt ?? request.requestedAt, request.respondedAt);
	const deltaSeconds = Math.round((alert.effectiveAt - at) / 1000);
	if (deltaSeconds < -SLACK || deltaSeconds > TIME_ONLY_SECONDS)
		return miss('outside-window', `${spellDelta(deltaSeconds)}: too far off to matter`);
	const reasons: Reason[] = [
		{ code: 'time-only', text: `only the time fits: ${spellDelta(deltaSeconds)}` },
		{ code: 'outcome', text: outcomeText(request.responseCode) }
	];
	return {
		fits: true,
		confident: false,
		score: clamp(0.2 - deltaSeconds / 9000),
		anchor,
		deltaSeconds,
		relation: 'same-device',
		reasons
	};
}

const miss = (reason: string, text: string): Fit => ({ fits: false, reason, text });
const clamp = (score: number): number => Math.round(Math.min(1, Math.max(0, score)) * 1000) / 1000;
