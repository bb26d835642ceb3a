// Writes the decision of an Alert for the page of its Device.
import type { Alert } from '#lib/domain/alert.ts';
import { REASONS, type Decision } from '#lib/domain/decision.ts';

export const verdictText = ({ verdict }: Pick<Decision, 'verdict'>): string =>
	verdict === 'actionable' ? 'Actionable' : 'Ignorable';

/** Writes the reason of a decision; a reason code that is not in the list is written as it is. */
export const reasonText = ({ verdict, reason }: Pick<Decision, 'verdict' | 'reason'>): string =>
	REASONS[verdict].find(({ code }) => code === reason)?.label ?? reason;

/** Writes the decision of an Alert in one line. */
export function decisionText({ decision, notice }: Pick<Alert, 'decision' | 'notice'>): string {
	if (!decision) return 'No decision';
	return `${notice ? 'Recheck: ' : ''}${verdictText(decision)} by ${decision.by}`;
}
