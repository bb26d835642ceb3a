// Compares a decision with newer evidence. The machine never rewrites the decision of a person. If newer evidence
// contradicts the decision, a notice appears beside the decision, and the Alert asks for a review.
import type { Basis, Decision } from './decision.ts';
import { namesSuspect, type ExplanationKind } from './explanation-kind.ts';

/** Returns the basis that a decision would have now: the kind of the current explanation, and its suspect. */
export const basisOf = (alert: {
	explanation: ExplanationKind;
	candidates: ReadonlyArray<{ requestId: string }>;
}): Basis => ({
	explanation: alert.explanation,
	suspect: namesSuspect(alert.explanation) ? (alert.candidates[0]?.requestId ?? null) : null
});

/**
 * Returns a decision as a Supplier may read it. The basis keeps its suspect only while the current explanation lists
 * that request, because the request may turn out to lie in another tenure. The database keeps the suspect in any case.
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

/** Returns the notice beside a decision. Returns `null` if the current basis `now` does not contradict the decision. */
export function contradictionOf(decision: Decision, now: Basis): string | null {
	if (!decision.basis) return null;
	const explained = namesSuspect(decision.basis.explanation);
	const explainedNow = namesSuspect(now.explanation);
	if (decision.verdict === 'ignorable' && explained && !explainedNow)
		return 'It was decided ignorable when a Service Request explained the Alert. Newer evidence no longer names a suspect. Review the decision.';
	if (decision.verdict === 'actionable' && !explained && explainedNow)
		return 'It was decided actionable when nothing explained the Alert. A Service Request explains it now. Review the decision.';
	if (
		explained &&
		explainedNow &&
		decision.basis.suspect !== now.suspect &&
		dependsOnSuspect(decision.reason)
	)
		return 'It was decided for one Service Request as the suspect. Newer evidence names a different one. Review the decision.';
	return null;
}

/** Returns whether the reason code is valid only for the suspect that the person saw. */
const dependsOnSuspect = (reason: string): boolean =>
	['other-user-command', 'own-command', 'unexpected-user'].includes(reason);

/** The notice beside an Alert that a standing decision decided, and that newer evidence brought back to the desk. */
export const withdrawnNotice = (standing: number): string =>
	`Standing decision ${standing} decided this Alert. Newer evidence no longer fits the standing decision. Decide the Alert.`;
