// Writes the kinds of wrong explanation as the page shows them.
import type { CodeScore } from '#lib/domain/accuracy-report.ts';
import { ExplanationKind } from '#lib/domain/explanation-kind.ts';
import { explanationName } from '#lib/ui/alert-words.ts';
import * as messages from '#messages/accuracy.ts';

const NAMES_A_REQUEST = new Set(['exact', 'likely', 'ambiguous']);

/** Writes one kind of wrong explanation: `7 likely: another request is named first`. */
export function wrongText({ truth, explanation, n }: CodeScore['wrong'][number]): string {
	const given = isKind(explanation) ? explanationName(explanation) : explanation;
	return messages.wrong_kind({ n, explanation: given.toLowerCase(), fault: faultText(truth, explanation) });
}

const isKind = (text: string): text is ExplanationKind => ExplanationKind.safeParse(text).success;

function faultText(truth: string, explanation: string): string {
	if (truth === 'spontaneous') return messages.fault_no_command();
	if (truth === 'unknown-cause') return messages.fault_unknown_cause();
	return NAMES_A_REQUEST.has(explanation) ? messages.fault_other_request() : messages.fault_not_named();
}
