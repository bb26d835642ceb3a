// Writes the verdict on an Alert in one sentence: what happened, the suspect, how sure the link is, and what people
// decided on the same pattern. The machine says "suspect"; only a person speaks of the cause. The only numbers are counts.
import type { Alert, Candidate } from './alert.ts';
import { namesSuspect } from './explanation-kind.ts';
import { rarerVerdict, type Precedents } from './precedent.ts';
import { formatDelta } from './wording.ts';

type Counts = Pick<Precedents, 'ignorable' | 'actionable'>;

/** Writes the verdict. `precedents`: what people decided on the pattern; `null`: not known, so the sentence omits it. */
export function verdictSentence(alert: Alert, precedents: Counts | null): string {
	const decided = precedents && decidedText(precedents);
	return `${happenedText(alert)}: ${causeText(alert)}${decided === null ? '' : `; ${decided}`}.`;
}

/** Says what happened: the name of the Alert, and how often if it stands for several. */
function happenedText({ name, occurrences, throttled }: Alert): string {
	if (occurrences <= 1 && !throttled) return name;
	const times = occurrences === 1 ? 'once' : `${occurrences.toLocaleString('en-GB')} times`;
	return `${name}, ${throttled ? 'at least ' : ''}${times}`;
}

/** Names the suspect and says how sure the link is. */
function causeText(alert: Alert): string {
	const [best] = alert.candidates;
	// Such a candidate shares an event with a physical event, as a site visit does. It never is the suspect.
	if (best?.reasons.some(({ code }) => code === 'circumstantial') && !namesSuspect(alert.explanation))
		return `${alert.explanation === 'pending' ? `${incompleteText(alert)}, and so far` : 'no command does this, and'} the only link is circumstantial, ${describe(best)}`;
	const count = alert.candidates.length;
	switch (alert.explanation) {
		case 'exact':
			return best ? `the Alert itself names its command, ${describe(best)}` : 'the Alert names its command';
		case 'likely':
			return best ? `the suspect is ${describe(best)}, a ${best.tier} link` : 'a suspect is likely';
		case 'ambiguous':
			if (!best) return 'no suspect is sure';
			return count === 1
				? `the only suspect is ${describe(best)}, a ${best.tier} link`
				: `${count} Service Requests are suspects and none is sure, of which ${describe(best)} fits best`;
		case 'pending':
			return best
				? `${incompleteText(alert)}, and so far the suspect is ${describe(best)}, a ${best.tier} link`
				: `${incompleteText(alert)}, and no suspect is known so far`;
		case 'unexplained':
			return 'the audit data is complete, and no Service Request of any User explains it';
		case 'not-command':
			return 'no command can cause it';
		case 'out-of-scope':
			if (!alert.forward) return 'no inventory has this Device yet, so the Alert waits for the Device';
			return alert.forward.urgent
				? 'the Device was not in your tenure, so forward the Alert to the responsible Supplier at once'
				: 'the Device was not in your tenure, so forward the Alert to the responsible Supplier';
	}
}

const incompleteText = ({ settlesAt }: Alert): string =>
	settlesAt
		? `the audit data is not complete to ${settlesAt.slice(0, 10)} ${settlesAt.slice(11, 16)} UTC yet`
		: 'the audit data is not complete yet';

const describe = (candidate: Candidate): string =>
	`${candidate.serviceReferenceVariant} ${candidate.name} ${senderText(candidate)}, ${formatDelta(candidate.deltaSeconds)}`;

const senderText = ({ own, userName, userRole }: Candidate): string => {
	if (own) return 'that you sent yourself';
	if (userName === null) return userRole ? `of a User in the role ${userRole}` : 'of another User';
	return `of ${userName} (${userRole || 'role unknown'})`;
};

/** Says what people decided on the pattern. One decision on many Alerts counts once. */
function decidedText(counts: Counts): string {
	const total = counts.ignorable + counts.actionable;
	if (total === 0) return 'no person has decided such an Alert before';
	const common = rarerVerdict(counts) === 'actionable' ? 'ignorable' : 'actionable';
	const commonCount = Math.max(counts.ignorable, counts.actionable);
	if (total === 1) return `people decided one such case before, as ${common}`;
	return commonCount === total
		? `people decided all ${total} such cases ${common}`
		: `people decided ${commonCount} of ${total} such cases ${common}`;
}
