// Explains one Alert: which Service Requests may have caused the Alert, how sure the link is, and why. The explanation
// is a pure function of the evidence, so it depends on no clock and on no order of arrival. A person decides the Alert.
import { describeAlert, whyNotCommand, type AlertDescription } from '../alert-code.ts';
import type { Candidate, Excluded } from '../alert.ts';
import { causesOf, type CauseEntry } from '../cause-table/cause-table.ts';
import type { ExplanationKind } from '../explanation-kind.ts';
import { completeRequests, type ServiceRequest } from '../service-request.ts';
import { isResponsible } from '../tenure.ts';
import { MAX_CANDIDATES, byId, exactCandidate, excludedOf } from './candidate.ts';
import { commandOutcome, type CommandOutcome } from './command-outcome.ts';
import { isVisible, notesOf } from './disclosure.ts';
import type { Evidence } from './evidence.ts';
import type { CandidateFacts, ExcludedFacts, ExplanationFacts } from './explanation-facts.ts';
import { summarise } from './explanation-text.ts';
import { noteText, toCandidate, toExcluded, type TextContext } from './reason-text.ts';
import { matchReference, type ReferenceMatch } from './reference-match.ts';
import { weighRequests } from './weigh-requests.ts';
import { TIME_ONLY_SECONDS, distanceMs } from './window.ts';

export interface Explanation {
	kind: ExplanationKind;
	summary: string;
	guidance: string | null;
	notes: string[];
	/** The candidates, best first, at most five. */
	candidates: Candidate[];
	/** The excluded requests, nearest to the Alert in time first, at most ten. */
	excluded: Excluded[];
	commandOutcome: CommandOutcome | null;
	/** The task to forward an Alert that reached a former Supplier. `null`: nobody has to forward the Alert. */
	forward: { urgent: boolean } | null;
	/**
	 * The completeness mark that ends the waiting of a `pending` explanation (epoch ms). `null` for an explanation of
	 * any other kind.
	 */
	settlesAt: number | null;
	/**
	 * The instant when the Alert must be explained again although no new record arrived (epoch ms). `null`: no instant
	 * requires another explanation.
	 */
	dueAt: number | null;
	tableVersion: string;
	/** The facts from which the notes, the candidates and the excluded requests are written. */
	facts: ExplanationFacts;
}

/** The part of an explanation that depends on which rule found the explanation: reference, guard or cause table. */
interface Finding extends Pick<Explanation, 'kind' | 'settlesAt'> {
	candidates: CandidateFacts[];
	excluded: ExcludedFacts[];
}

export function correlate(evidence: Evidence): Explanation {
	const { alert, home, viewer, table } = evidence;
	const description = describeAlert(alert);
	const entry = causesOf(table, alert);
	const base = { guidance: entry?.guidance ?? null, tableVersion: table.version };

	const device = home.get(alert.deviceId);
	if (!device || !isResponsible(device.tenures, viewer.supplierId, alert.effectiveAt))
		return { ...base, ...outOfScope(device !== undefined, description), facts: nothing(entry) };

	// The requests are sorted, so that no rule below depends on the order of arrival.
	// Each part of a request is visible by itself, or it tells the viewer nothing.
	const visible = completeRequests(evidence.requests.filter((request) => isVisible(request, evidence))).sort(
		byId
	);
	const match = matchReference(alert, visible);
	const finding =
		byReference(match, visible, evidence) ??
		byGuard(visible, evidence) ??
		weighRequests(visible, evidence, entry, description);
	const outcome = finding.kind === 'exact' ? commandOutcome(alert, evidence.reports, evidence.now) : null;
	const notes = notesOf(evidence, entry);
	if (match.kind === 'missing' && finding.kind !== 'not-command')
		notes.push(
			match.issuedByDcc === null
				? { code: 'unknown-command' }
				: { code: 'issued-by-dcc', variant: match.issuedByDcc }
		);
	if (outcome) notes.unshift({ code: 'command-outcome' });
	const facts: ExplanationFacts = {
		...nothing(entry),
		candidates: finding.candidates.slice(0, MAX_CANDIDATES),
		excluded: finding.excluded,
		notes
	};
	const context: TextContext = {
		code: alert.code,
		reference: alert.reference,
		causeOf: (rule) => entry?.causes.find(({ id }) => id === rule)
	};
	return {
		...base,
		kind: finding.kind,
		summary: summarise(finding.kind, finding.candidates, description, whyNotCommand(alert, table)),
		notes: notes.map((note) => noteText(note, outcome, alert.throttledCount ?? 1)),
		candidates: facts.candidates.map((candidate) => toCandidate(candidate, context)),
		excluded: facts.excluded.map((request) => toExcluded(request, alert.code)),
		commandOutcome: outcome && { ...counts(outcome) },
		forward: null,
		settlesAt: finding.settlesAt,
		dueAt: outcome?.dueAt ?? null,
		facts
	};
}

/**
 * Explains the Alert by the command that the Alert names. Returns `null` if the Alert names no command that the audit
 * data has.
 */
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
			candidates: [exactCandidate(match.request, evidence, sure ? 'exact' : 'strong', match.by)],
			excluded: excludedOf(others, evidence, { reason: 'not-named' }),
			settlesAt: null
		};
	}
	if (match.kind === 'several') {
		const candidates = match.requests.map((r) => exactCandidate(r, evidence, 'strong', 'shared-counter'));
		return { kind: 'ambiguous', candidates, excluded: [], settlesAt: null };
	}
	return null;
}

/**
 * Applies the guard: a command never explains an Alert that no command can cause. Returns `null` if a command can cause
 * the Alert.
 */
function byGuard(visible: readonly ServiceRequest[], evidence: Evidence): Finding | null {
	const { alert, table } = evidence;
	if (whyNotCommand(alert, table) === null) return null;
	const near = visible.filter(
		(request) =>
			request.deviceId === alert.deviceId &&
			distanceMs(request, alert.effectiveAt) <= TIME_ONLY_SECONDS * 1000
	);
	const excluded = excludedOf(near, evidence, { reason: 'no-command-can' });
	return { kind: 'not-command', candidates: [], excluded, settlesAt: null };
}

/**
 * Explains an Alert outside the viewer's tenure. A Device sends Alerts by its credentials, which change later than the
 * tenure. An Alert may therefore reach a former Supplier, who must forward the Alert (SEC guidance on critical Alerts
 * after a change of Supplier).
 */
function outOfScope(
	isDeviceKnown: boolean,
	{ priority }: AlertDescription
): Omit<Explanation, 'guidance' | 'tableVersion' | 'facts'> {
	const summary = isDeviceKnown
		? 'The Device was not in your tenure when this Alert was raised. Forward the Alert to the responsible Supplier.'
		: 'The Device is not in the inventory. The Alert is stored, and will be explained when the Device is known.';
	return {
		kind: 'out-of-scope',
		summary,
		notes: [],
		candidates: [],
		excluded: [],
		commandOutcome: null,
		forward: isDeviceKnown ? { urgent: priority === 1 } : null,
		settlesAt: null,
		dueAt: null
	};
}

const nothing = (entry: CauseEntry | undefined): ExplanationFacts => ({
	candidates: [],
	excluded: [],
	notes: [],
	entry: entry?.alert ?? null
});

const counts = ({ expected, confirmed, failed, state }: CommandOutcome): CommandOutcome => ({
	expected,
	confirmed,
	failed,
	state
});
