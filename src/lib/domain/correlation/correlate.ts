// Correlation: which Service Requests may have caused this Alert, how sure that is, and why. A pure function of the
// evidence: no clock, no order of arrival. It explains; a person decides.
import type { Candidate, Excluded } from '../alert.ts';
import { describeAlert, whyNotCommand, type AlertDescription } from '../alert-code.ts';
import { MAX_CANDIDATES, byId, exactCandidate, excludedOf } from './candidate.ts';
import { causesOf } from '../cause-table/cause-table.ts';
import { commandOutcome, outcomeSentence, type CommandOutcome } from './command-outcome.ts';
import { isVisible, notesOf } from './disclosure.ts';
import type { Evidence } from './evidence.ts';
import type { ExplanationKind } from '../explanation-kind.ts';
import { summarise } from './explanation-text.ts';
import { matchReference, type ReferenceMatch } from './reference-match.ts';
import type { ServiceRequest } from '../service-request.ts';
import { isResponsible } from '../tenure.ts';
import { weighRequests } from './weigh-requests.ts';
import { TIME_ONLY_SECONDS, distanceOf } from './window.ts';

export interface Explanation {
	kind: ExplanationKind;
	summary: string;
	guidance: string | null;
	notes: string[];
	/** Best first, at most five. */
	candidates: Candidate[];
	/** Nearest in time first, at most ten. */
	excluded: Excluded[];
	commandOutcome: CommandOutcome | null;
	/** The task to pass an Alert on that came to a former Supplier. */
	forward: { urgent: boolean } | null;
	/** While `pending`: the completeness mark that settles it (epoch ms). */
	settlesAt: number | null;
	/** When the mere passing of time is news: the explanation is due again then (epoch ms). */
	dueAt: number | null;
	tableVersion: string;
}

/** What the ways to an explanation differ in. */
type Finding = Pick<Explanation, 'kind' | 'candidates' | 'excluded' | 'settlesAt'>;

export function correlate(evidence: Evidence): Explanation {
	const { alert, home, viewer, table } = evidence;
	const description = describeAlert(alert);
	const entry = causesOf(table, alert);
	const base = { guidance: entry?.guidance ?? null, tableVersion: table.version };

	const device = home.get(alert.deviceId);
	if (!device || !isResponsible(device.tenures, viewer.supplierId, alert.effectiveAt))
		return { ...base, ...outOfScope(device !== undefined, description) };

	// In one order, so that no rule below can see the order of arrival.
	const visible = unique(evidence.requests)
		.filter((request) => isVisible(request, evidence))
		.sort(byId);
	const match = matchReference(alert, visible);
	const finding =
		byReference(match, visible, evidence) ??
		byGuard(visible, evidence) ??
		weighRequests(visible, evidence, entry, description);
	const outcome = finding.kind === 'exact' ? commandOutcome(alert, evidence.reports, evidence.now) : null;
	const notes = notesOf(evidence, entry);
	if (match.kind === 'missing' && finding.kind !== 'not-command')
		notes.push(match.why ?? 'It names a command that the audit data does not hold.');
	if (outcome) notes.unshift(outcomeSentence(outcome));
	return {
		...base,
		kind: finding.kind,
		summary: summarise(finding.kind, finding.candidates, description, whyNotCommand(alert, table)),
		notes,
		candidates: finding.candidates.slice(0, MAX_CANDIDATES),
		excluded: finding.excluded,
		commandOutcome: outcome && { ...counts(outcome) },
		forward: null,
		settlesAt: finding.settlesAt,
		dueAt: outcome?.dueAt ?? null
	};
}

/** The command that the Alert names, where the audit data holds it. */
function byReference(
	match: ReferenceMatch,
	visible: readonly ServiceRequest[],
	evidence: Evidence
): Finding | null {
	const { alert } = evidence;
	if (match.kind === 'one' || match.kind === 'unsure') {
		const sure = match.kind === 'one';
		const others = visible.filter((r) => r !== match.request && r.deviceId === alert.deviceId);
		return {
			kind: sure ? 'exact' : 'likely',
			candidates: [exactCandidate(match.request, evidence, sure ? 'exact' : 'strong', match.how)],
			excluded: excludedOf(others, evidence, 'not-named', 'the Alert names another command'),
			settlesAt: null
		};
	}
	if (match.kind === 'several') {
		const how = 'two Users used the counter that the Alert names';
		const candidates = match.requests.map((r) => exactCandidate(r, evidence, 'strong', how));
		return { kind: 'ambiguous', candidates, excluded: [], settlesAt: null };
	}
	return null;
}

/** Codes that no command can cause, whatever was sent at the time. */
function byGuard(visible: readonly ServiceRequest[], evidence: Evidence): Finding | null {
	const { alert, table } = evidence;
	if (whyNotCommand(alert, table) === null) return null;
	const near = visible.filter(
		(r) => r.deviceId === alert.deviceId && distanceOf(r, alert.effectiveAt) <= TIME_ONLY_SECONDS * 1000
	);
	const excluded = excludedOf(near, evidence, 'no-command-can', `no command can cause ${alert.code}`);
	return { kind: 'not-command', candidates: [], excluded, settlesAt: null };
}

/**
 * An Alert follows the credentials on the Device, which change later than the tenure: it may reach a former Supplier,
 * who has to pass it on (SEC guidance on critical Alerts after a change of Supplier).
 */
function outOfScope(
	known: boolean,
	{ priority }: AlertDescription
): Omit<Explanation, 'guidance' | 'tableVersion'> {
	const summary = known
		? 'The Device was not in your tenure when this was raised: forward it to the Supplier responsible.'
		: 'The Device is not in the inventory: kept, and explained when the Device appears.';
	return {
		kind: 'out-of-scope',
		summary,
		notes: [],
		candidates: [],
		excluded: [],
		commandOutcome: null,
		forward: known ? { urgent: priority === 1 } : null,
		settlesAt: null,
		dueAt: null
	};
}

const counts = ({ expected, confirmed, failed, state }: CommandOutcome): CommandOutcome => ({
	expected,
	confirmed,
	failed,
	state
});

const unique = (requests: readonly ServiceRequest[]): ServiceRequest[] => [
	...new Map(requests.map((r) => [r.requestId, r])).values()
];
