// Writes the decision of an Alert for the page of its Device.
import type { Alert } from '#lib/domain/alert.ts';
import { VERDICT_WORDS } from '#lib/ui/wording.ts';

/** Writes the decision of an Alert in one line. */
export function decisionText({ decision, notice }: Pick<Alert, 'decision' | 'notice'>): string {
	if (!decision) return 'No decision';
	return `${notice ? 'Recheck: ' : ''}${VERDICT_WORDS[decision.verdict]} by ${decision.by}`;
}
