// One Service Request against the causes of one Alert code: does it fit, how well, and if not, why not.
import type { Reason, Relation } from '../alert.ts';
import { causesListing, type Cause, type CauseEntry } from '../cause-table/cause-table.ts';
import { CLOCK_TOLERANCE_SECONDS } from './clock-tolerance.ts';
import { anchorsOf, bestAnchor, requestedOr, weighDelay, type AnchoredAt, type Attempt } from './delay.ts';
import { isRelayed, type AlertFacts, type HomeDevice } from './evidence.ts';
import type { Fit } from './fit.ts';
import { fitLearned } from './learned-fit.ts';
import type { LearnedPatterns } from '../learned-pattern.ts';
import { outcomeOf, outcomeText, type Outcome } from '../response-code.ts';
import { describeVariant } from '../service-reference-variant.ts';
import type { ServiceRequest } from '../service-request.ts';
import { changesNear } from '../tenure.ts';
import { TIME_ONLY_SECONDS } from './window.ts';
import { spellDelta, spellSeconds } from '../wording.ts';

/** A command refused at just that time, without the change that would explain it, is what to ask about: half a weight. */
const UNMET = 0.5;
const CHANGES = {
	'change-of-supplier': 'a change of Supplier',
	'credential-change': 'a change of credentials'
} as const;
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

/** The best fit over all causes that list the request's SRV, or the nearest miss. */
export function fitRequest(request: ServiceRequest, context: FitContext): Fit {
	const outcome = outcomeAt(request, context.alert);
	const neverSent = outcome === 'never-sent';
	const causes = causesListing(context.entry, request.serviceReferenceVariant);
	if (!neverSent && (!causes || causes.length === 0)) {
		const learned = fitLearned(request, context.alert, context.learned);
		if (learned) return learned;
	}
	// Before all else that speaks against it: which requests to other Devices are known depends on what was asked for.
	if (request.deviceId !== context.alert.deviceId && !causes?.some(({ relation }) => relation === 'same-hub'))
		return OTHER_DEVICE;
	if (neverSent)
		return miss(
			'never-reached-device',
			`the DCC refused it (${request.responseCode}): it never reached the Device`
		);
	if (!causes) return fitByTimeAlone(request, outcome, context);
	if (causes.length === 0) return miss('not-a-known-cause', `it is not known to cause ${context.alert.code}`);

	let best: Fit | undefined;
	for (const cause of causes) {
		const fit = fitCause({ request, outcome, cause, alert: context.alert }, context);
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

function fitCause(attempt: Attempt, context: FitContext): Fit {
	const { request, cause, alert } = attempt;
	const against = outcomeAgainst(attempt);
	if (against) return against;

	const relation: Relation = request.deviceId === alert.deviceId ? 'same-device' : 'same-hub';
	if (relation === 'same-hub' && cause.relation === 'same-device') return OTHER_DEVICE;
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

	const anchored = bestAnchor(attempt);
	if (!anchored) {
		const [from] = anchorsOf(attempt);
		return miss(
			'outside-window',
			`${spellDelta((alert.effectiveAt - from!.at) / 1000)}: outside the window of ${spellSeconds(cause.maxSeconds)} for ${alert.code}`
		);
	}
	return weigh(attempt, context, relation, anchored);
}

/** What the response says against this cause, if anything. */
function outcomeAgainst({ request, outcome, cause }: Attempt): Fit | null {
	const wantsFailure = cause.outcome === 'failure' || cause.outcome === 'failure-or-none';
	if (wantsFailure && outcome === 'success')
		return miss('succeeded', `it succeeded (${request.responseCode}), which speaks against it`);
	if (cause.outcome === 'success-or-none' && outcome === 'failure')
		return miss('failed', `it failed (${request.responseCode}), which speaks against it`);
	return null;
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

function weigh(attempt: Attempt, context: FitContext, relation: Relation, anchored: AnchoredAt): Fit {
	const { request, outcome, cause, alert } = attempt;
	const deltaSeconds = Math.round((alert.effectiveAt - anchored.at) / 1000);
	const { fit, timely } = weighDelay(anchored, attempt);
	const unmet = cause.condition && !conditionHolds(cause.condition, context) && CHANGES[cause.condition.kind];
	if (unmet && !timely) return miss('condition-not-met', `it can cause ${alert.code} only near ${unmet}`);
	const reasons: Reason[] = [
		{ code: 'cause-table', text: cause.mechanism },
		{
			code: 'time',
			text: `${spellDelta(deltaSeconds)}; usual is ${spellSeconds(cause.typicalSeconds)}, at most ${spellSeconds(cause.maxSeconds)}`
		},
		{ code: 'outcome', text: outcomeText(request.responseCode) }
	];
	let score = cause.prior * (0.5 + 0.5 * fit);
	if (cause.outcome.startsWith('failure') && outcome === 'failure') score += 0.1;
	if (relation === 'same-hub') {
		score -= 0.05;
		reasons.push({
			code: 'same-hub',
			text: `sent to the ${context.target?.deviceType ?? 'other Device'} of the same home network`
		});
	}
	if (context.alertCategory === 'security' && cause.outcome !== 'any' && isRelayed(request.userRole)) {
		score -= 0.3;
		reasons.push({
			code: 'relayed',
			text: `commands of role ${request.userRole} are relayed by the DCC under its own identity, so they rarely fail this check`
		});
	}
	if (cause.confidence === 'circumstantial')
		reasons.push({ code: 'circumstantial', text: 'a shared event such as a site visit, not a cause' });
	if (unmet) {
		score *= UNMET;
		reasons.push({
			code: 'condition-not-met',
			text: `it is known to cause ${alert.code} only near ${unmet}, and none is known`
		});
	}
	const sure = cause.confidence === 'specification' || cause.confidence === 'strong';
	const confident = sure && timely && !unmet;
	return {
		fits: true,
		confident,
		score: clamp(score),
		anchor: anchored.anchor,
		deltaSeconds,
		relation,
		reasons
	};
}

/** No row of the table speaks of this Alert code: a change, or a failure, shortly before it is worth a look. */
function fitByTimeAlone(request: ServiceRequest, outcome: Outcome, { alert }: FitContext): Fit {
	const variant = describeVariant(request.serviceReferenceVariant);
	if (variant.kind === 'read' && outcome === 'success')
		return miss('read-succeeded', `a read that succeeded (${request.responseCode}) changes nothing`);
	const { anchor, at } = requestedOr(request.executeAt ?? request.requestedAt, request.respondedAt);
	const deltaSeconds = Math.round((alert.effectiveAt - at) / 1000);
	if (deltaSeconds < -CLOCK_TOLERANCE_SECONDS || deltaSeconds > TIME_ONLY_SECONDS)
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
const OTHER_DEVICE = miss('other-device', 'it was sent to another Device of the home network');
const clamp = (score: number): number => Math.round(Math.min(1, Math.max(0, score)) * 1000) / 1000;
