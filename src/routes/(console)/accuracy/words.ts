// Writes the kinds of wrong explanation as the page shows them.
import type { CodeScore } from '#lib/domain/accuracy-report.ts';
import type { ExplanationKind } from '#lib/domain/explanation-kind.ts';
import { EXPLANATION_WORDS } from '#lib/ui/wording.ts';

const NAMES_A_REQUEST = new Set(['exact', 'likely', 'ambiguous']);

/** Writes one kind of wrong explanation: `7 likely: another request is named first`. */
export function wrongText({ truth, explanation, n }: CodeScore['wrong'][number]): string {
	const given = EXPLANATION_WORDS[explanation as ExplanationKind] ?? explanation;
	return `${n} ${given.toLowerCase()}: ${faultText(truth, explanation)}`;
}

function faultText(truth: string, explanation: string): string {
	if (truth === 'spontaneous') return 'no command caused it';
	if (truth === 'unknown-cause') return 'the cause is not in the cause table';
	return NAMES_A_REQUEST.has(explanation) ? 'another request is named first' : 'the cause was not named';
}
