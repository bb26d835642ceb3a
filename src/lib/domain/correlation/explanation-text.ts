// Writes the summary of an explanation: the sentence that a controller reads first. The summary names the machine's
// suspect and says how sure the machine is. The summary uses the word "suspect", never "cause".
import type { AlertDescription } from '../alert-code.ts';
import type { Candidate } from '../alert.ts';
import type { ExplanationKind } from '../explanation-kind.ts';
import { outcomeText } from '../response-code.ts';
import { formatDelta } from '../wording.ts';

/**
 * Writes the summary of an explanation. `candidates`: the candidates, best first. `whyNotCommand`: the reason of the
 * cause table, for the kind `not-command`.
 */
export function summarise(
	kind: ExplanationKind,
	candidates: readonly Candidate[],
	alert: AlertDescription,
	whyNotCommand: string | null
): string {
	const [best, second] = candidates;
	switch (kind) {
		case 'exact':
			return `The Alert names its command: ${describe(best!)}.`;
		case 'likely':
			return `Suspect: ${describe(best!)}; ${outcomeText(best!.responseCode)}.`;
		case 'ambiguous':
			if (!second)
				return alert.physical
					? `Physical event; only circumstantial evidence: ${describe(best!)}.`
					: `Only a weak link: ${describe(best!)}.`;
			return `${candidates.length} Service Requests may have caused this Alert; the best fit is ${describe(best!)}.`;
		case 'pending':
			return best
				? `Audit data is not complete yet; so far only a weak link: ${describe(best)}.`
				: 'Audit data is not complete yet; nothing found so far.';
		case 'unexplained':
			return 'Audit data is complete, and no Service Request of any User explains this Alert.';
		case 'not-command':
			return `No command can cause this: ${lowerFirst(whyNotCommand ?? 'physical event')}`;
		case 'out-of-scope':
			return 'Not in your tenure.';
	}
}

function describe(candidate: Candidate): string {
	const sender = candidate.own
		? `your own`
		: `${candidate.userName ?? 'another User'} (${candidate.userRole || 'role unknown'})`;
	return `${sender} ${candidate.serviceReferenceVariant} ${candidate.name}, ${formatDelta(candidate.deltaSeconds)}`;
}

const lowerFirst = (text: string): string => text.charAt(0).toLowerCase() + text.slice(1);
