// Writes the decision of an Alert for the page of its Device.
import type { Alert } from '#lib/domain/alert.ts';
import { verdictName } from '#lib/ui/alert-words.ts';
import * as common from '#messages/common.ts';
import * as messages from '#messages/devices.ts';

/** Writes the decision of an Alert in one line. */
export function decisionText({ decision, notice }: Pick<Alert, 'decision' | 'notice'>): string {
	if (!decision) return messages.no_decision();
	const words = { verdict: verdictName(decision.verdict), person: decision.by };
	return notice ? messages.recheck_decision_by(words) : common.decision_by(words);
}
