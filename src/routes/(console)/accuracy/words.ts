import type { CodeScore } from '#lib/domain/accuracy-report.ts';
import type { ExplanationKind } from '#lib/domain/explanation-kind.ts';
import { EXPLANATION_WORDS } from '#lib/ui/wording.ts';

const NAMES_A_REQUEST = new Set(['exact', 'likely', 'ambiguous']);

/** `7 likely: another request stands first`. */
export function wordsOfWrong({ truth, explanation, n }: CodeScore['wrong'][number]): string {
	const said = EXPLANATION_WORDS[explanation as ExplanationKind] ?? explanation;
	return `${n} ${said.toLowerCase()}: ${because(truth, explanation)}`;
}

function because(truth: string, explanation: string): string {
	if (truth === 'spontaneous') return 'no command did it';
	if (truth === 'unknown-cause') return 'the cause is in no table';
	return NAMES_A_REQUEST.has(explanation) ? 'another request stands first' : 'the cause was not named';
}
