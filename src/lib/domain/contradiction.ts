// New evidence against a Decision. A person's decision is never rewritten: where what the machine found since speaks
// against it, a notice stands beside it and the Alert asks for a second look.
import type { Basis, Decision } from './decision.ts';
import { namesSuspect, type ExplanationKind } from './explanation-kind.ts';

/** What the machine says of an Alert now. */
export const basisOf = (alert: {
	explanation: ExplanationKind;
	candidates: ReadonlyArray<{ requestId: string }>;
}): Basis => ({
	explanation: alert.explanation,
	suspect: namesSuspect(alert.explanation) ? (alert.candidates[0]?.requestId ?? null) : null
});

/**
 * A Decision as it may be read: the suspect that it rests on is named only while the explanation names that request. It
 * may turn out to lie in another tenure; the record keeps it.
 */
export function shownDecision(
	decision: Decision,
	now: { candidates: ReadonlyArray<{ requestId: string }>; excluded: ReadonlyArray<{ requestId: string }> }
): Decision {
	const suspect = decision.basis?.suspect;
	if (!suspect || [...now.candidates, ...now.excluded].some((request) => request.requestId === suspect))
		return decision;
	return { ...decision, basis: { ...decision.basis!, suspect: null } };
}

/** The notice beside a Decision, or `null` where the evidence of `now` does not speak against it. */
export function contradictionOf(decision: Decision, now: Basis): string | null {
	if (!decision.basis) return null;
	const explained = namesSuspect(decision.basis.explanation);
	const explainedNow = namesSuspect(now.explanation);
	if (decision.verdict === 'ignorable' && explained && !explainedNow)
		return 'Decided ignorable when a Service Request explained it; the evidence since no longer does. Look again.';
	if (decision.verdict === 'actionable' && !explained && explainedNow)
		return 'Decided actionable when nothing explained it; a Service Request explains it now. Look again.';
	if (explained && explainedNow && decision.basis.suspect !== now.suspect && blames(decision.reason))
		return 'Decided with another Service Request as the suspect; the evidence since names a different one. Look again.';
	return null;
}

/** Reasons that rest on one suspect. */
const blames = (reason: string): boolean =>
	['other-user-command', 'own-command', 'unexpected-user'].includes(reason);
