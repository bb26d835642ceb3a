// Writes the summary of an explanation, which lists, exports and the feed show. The summary names the machine's
// suspect and says how sure the machine is. The summary uses the word "suspect", never "cause".
import type { AlertDescription } from '../alert-code.ts';
import type { ExplanationKind } from '../explanation-kind.ts';
import { outcomeText } from '../response-code.ts';
import { describeVariant } from '../service-reference-variant.ts';
import { asSentence, formatDelta } from '../wording.ts';
import type { CandidateFacts } from './explanation-facts.ts';

/**
 * Writes the summary of an explanation. `candidates`: the candidates, best first. `whyNotCommand`: the reason of the
 * cause table, for the kind `not-command`.
 */
export function summarise(
	kind: ExplanationKind,
	candidates: readonly CandidateFacts[],
	alert: AlertDescription,
	whyNotCommand: string | null
): string {
	const [best, second] = candidates;
	switch (kind) {
		case 'exact':
			return `The Alert names its command: ${describe(best!)}.`;
		case 'likely':
			return `The suspect is ${describe(best!)}, and ${outcomeText(best!.responseCode)}.`;
		case 'ambiguous':
			if (!second)
				return alert.physical
					? `Somebody touched the Device, and the only link is circumstantial: ${describe(best!)}.`
					: `There is only a weak link: ${describe(best!)}.`;
			return `${candidates.length} Service Requests may have caused this Alert, and the best fit is ${describe(best!)}.`;
		case 'pending':
			return best
				? `The audit data is not complete yet, and so far there is only a weak link: ${describe(best)}.`
				: 'The audit data is not complete yet, and nothing is found so far.';
		case 'unexplained':
			return 'The audit data is complete, and no Service Request of any User explains this Alert.';
		case 'not-command':
			return `No command can cause this. ${asSentence(whyNotCommand ?? 'Somebody touched the Device.')}`;
		case 'out-of-scope':
			return 'The Device was not in your tenure.';
	}
}

function describe(candidate: CandidateFacts): string {
	const { name } = describeVariant(candidate.serviceReferenceVariant);
	const sender = candidate.own
		? `your own`
		: `${candidate.userName ?? 'another User'} (${candidate.userRole || 'role unknown'})`;
	return `${sender} ${candidate.serviceReferenceVariant} ${name}, ${formatDelta(candidate.deltaSeconds)}`;
}
