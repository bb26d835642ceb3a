// Sorts the reasons of a candidate into what speaks for it and what speaks against it.
import type { Alert, Candidate, Reason } from './alert.ts';
import { asSentence } from './wording.ts';

/** The codes of the reasons that speak against a candidate. */
const COUNTER_REASONS: ReadonlySet<string> = new Set([
	'relayed',
	'circumstantial',
	'condition-not-met',
	'user-succeeded',
	'same-hub',
	'time-only',
	'not-in-table',
	'frequency-by-chance'
]);

export const speaksAgainst = ({ code }: Reason): boolean => COUNTER_REASONS.has(code);

/** What speaks for a candidate, what speaks against it, and the rule that matched, each in sentences. */
export interface CandidateCase {
	for: string[];
	against: string[];
	/** The rule that found the candidate. */
	rule: string;
	/** The cause of the cause table that matched, such as `8F30/1`. `null`: another rule, or an old explanation. */
	cause: string | null;
}

/** Returns the case of a candidate of an Alert. */
export function caseOf(candidate: Candidate, { candidates }: Pick<Alert, 'candidates'>): CandidateCase {
	const texts = (reasons: readonly Reason[]) => reasons.map(({ text }) => asSentence(text));
	const against = texts(candidate.reasons.filter(speaksAgainst));
	const others = candidates.filter(({ requestId }) => requestId !== candidate.requestId).length;
	if (others > 0 && candidate.tier !== 'exact')
		against.push(others === 1 ? 'One other candidate fits too.' : `${others} other candidates fit too.`);
	const rule = candidate.reasons.find(({ rule }) => rule !== undefined)?.rule ?? null;
	return {
		for: texts(candidate.reasons.filter((reason) => !speaksAgainst(reason))),
		against,
		rule: ruleText(candidate.reasons),
		cause: rule
	};
}

const RULES: ReadonlyArray<readonly [code: string, text: string]> = [
	['reference', 'the Alert names the command'],
	['cause-table', 'cause table'],
	['learned', 'learned pattern'],
	['time-only', 'time alone']
];

const ruleText = (reasons: readonly Reason[]): string =>
	RULES.find(([code]) => reasons.some((reason) => reason.code === code))?.[1] ?? 'not recorded';
