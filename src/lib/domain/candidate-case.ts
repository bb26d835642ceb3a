// Says of each Service Request near an Alert what speaks for it, what speaks against it, and which rule found or excluded
// it. Candidates and excluded requests get the same form.
import type { Alert, Candidate, Excluded, Reason } from './alert.ts';
import { asSentence, formatDelta } from './wording.ts';

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

/** What speaks for a request and what speaks against it, in sentences, and the rule that found or excluded it. */
export interface RequestCase {
	for: string[];
	against: string[];
	rule: string;
	/** The cause of the cause table that matched, such as `8F30/1`. `null`: another rule, or an old explanation. */
	cause: string | null;
}

/** Returns the case of a candidate among the candidates of its Alert. */
export function caseOf(candidate: Candidate, { candidates }: Pick<Alert, 'candidates'>): RequestCase {
	const { reasons, tier } = candidate;
	const texts = (chosen: readonly Reason[]) => chosen.map(({ text }) => asSentence(text));
	const against = texts(reasons.filter(speaksAgainst));
	const others = candidates.filter(({ requestId }) => requestId !== candidate.requestId).length;
	if (others > 0 && tier !== 'exact')
		against.push(others === 1 ? 'One other candidate fits too.' : `${others} other candidates fit too.`);
	return {
		for: texts(reasons.filter((reason) => !speaksAgainst(reason))),
		against,
		rule: FOUND_BY.find(([code]) => reasons.some((reason) => reason.code === code))?.[1] ?? 'not recorded',
		cause: reasons.find(({ rule }) => rule !== undefined)?.rule ?? null
	};
}

/** Returns the case of an excluded request. */
export const caseOfExcluded = ({ deltaSeconds, reason, text }: Excluded): RequestCase => ({
	for: deltaSeconds === undefined ? [] : [`It came ${formatDelta(deltaSeconds)}.`],
	against: [asSentence(text)],
	rule: EXCLUDED_BY[reason] ?? 'not recorded',
	cause: null
});

const FOUND_BY: ReadonlyArray<readonly [code: string, rule: string]> = [
	['reference', 'command named by the Alert'],
	['cause-table', 'cause table'],
	['learned', 'learned pattern'],
	['time-only', 'time alone']
];

/** The rules that exclude a request, by the reason code of the API. */
const EXCLUDED_BY: Readonly<Record<string, string>> = {
	'never-reached-device': 'outcome of the request',
	succeeded: 'outcome of the request',
	failed: 'outcome of the request',
	'read-succeeded': 'outcome of the request',
	'not-a-known-cause': 'cause table',
	'role-not-eligible': 'role of the sender',
	'outside-window': 'time',
	'condition-not-met': 'condition of the cause',
	'other-device': 'Device of the request',
	'not-named': 'command named by the Alert',
	'no-command-can': 'guard: no command can cause it'
};
