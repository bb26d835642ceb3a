// Writes the sentences of an explanation from its facts: the reasons, the exclusions and the notes. New explanations and
// stored explanations get their sentences here.
import type { Candidate, Excluded, Reason } from '../alert.ts';
import type { Cause } from '../cause-table/cause-table.ts';
import type { CommandReference } from '../command-reference.ts';
import { outcomeText } from '../response-code.ts';
import { describeVariant } from '../service-reference-variant.ts';
import { asSentence, formatDelta, formatSeconds } from '../wording.ts';
import { outcomeSentence, type CommandOutcome } from './command-outcome.ts';
import type {
	CandidateFacts,
	ConditionKind,
	ExcludedFacts,
	Exclusion,
	FurtherReason,
	Naming,
	Note
} from './explanation-facts.ts';

/** The part of a cause that its reasons show. */
export type CauseWords = Pick<Cause, 'mechanism' | 'typicalSeconds' | 'maxSeconds'>;

/** What the sentences of an explanation say of the Alert and of the cause table. */
export interface TextContext {
	code: string;
	reference: CommandReference | null;
	/** Returns a cause of the cause table by its id. */
	causeOf(rule: string): CauseWords | undefined;
}

const CONDITION_NAMES: Record<ConditionKind, string> = {
	'change-of-supplier': 'a change of Supplier',
	'credential-change': 'a change of credentials'
};

/** Writes a candidate with its name and its reasons. */
export function toCandidate(facts: CandidateFacts, context: TextContext): Candidate {
	const { requestId, userId, userRole, userName, deviceId, serviceReferenceVariant, own } = facts;
	const { responseCode, fedBy, tier, relation, deltaSeconds, anchor } = facts;
	return {
		requestId,
		userId,
		userRole,
		userName,
		deviceId,
		serviceReferenceVariant,
		name: describeVariant(serviceReferenceVariant).name,
		own,
		requestedAt: iso(facts.requestedAt),
		executeAt: iso(facts.executeAt),
		respondedAt: iso(facts.respondedAt),
		responseCode,
		fedBy,
		tier,
		relation,
		deltaSeconds,
		anchor,
		reasons: reasonsOf(facts, context)
	};
}

/** Writes an excluded request with its name and its exclusion. */
export function toExcluded(facts: ExcludedFacts, code: string): Excluded {
	const { requestId, serviceReferenceVariant, userRole, userName, deltaSeconds, exclusion } = facts;
	return {
		requestId,
		serviceReferenceVariant,
		name: describeVariant(serviceReferenceVariant).name,
		userRole,
		userName,
		deltaSeconds,
		reason: exclusion.reason,
		text: exclusionText(exclusion, userRole, code)
	};
}

/** Writes a note. `outcome`: the progress of the command; `occurrences`: for how many Alerts this Alert stands. */
export function noteText(note: Note, outcome: CommandOutcome | null, occurrences: number): string {
	switch (note.code) {
		case 'command-outcome':
			return outcomeSentence(outcome!);
		case 'before-supply':
			return 'Activity before the start of your supply is not visible.';
		case 'unreliable-clock':
			return 'The clock of the Device is not reliable, so the Alert was matched by its time of receipt.';
		case 'throttled':
			return `It stands for at least ${occurrences} Alerts, because the DCC may have throttled them.`;
		case 'unknown-command':
			return 'The Alert names a command that is not in the audit data.';
		case 'issued-by-dcc':
			return `The DCC issues ${note.variant} under its own counter, so the counter cannot identify the Service Request.`;
	}
}

const iso = (at: number | null): string | null => (at === null ? null : new Date(at).toISOString());

function reasonsOf(facts: CandidateFacts, context: TextContext): Reason[] {
	const reasons = basisReasons(facts, context);
	for (const reason of facts.further)
		reasons.push({ code: reason.code, text: furtherText(reason, facts.userRole, context.code) });
	return reasons;
}

function basisReasons({ basis, deltaSeconds, responseCode }: CandidateFacts, context: TextContext): Reason[] {
	const came = `It came ${formatDelta(deltaSeconds)}.`;
	const outcome = (): Reason => ({ code: 'outcome', text: asSentence(outcomeText(responseCode)) });
	switch (basis.code) {
		case 'named':
			return [
				{ code: 'reference', text: namingText(basis.by, context.reference) },
				{ code: 'time', text: came }
			];
		case 'rule': {
			const cause = context.causeOf(basis.rule);
			const usual =
				cause &&
				` The delay is usually ${formatSeconds(cause.typicalSeconds)}, and at most ${formatSeconds(cause.maxSeconds)}.`;
			return [
				{
					code: 'cause-table',
					text: cause ? asSentence(cause.mechanism) : 'The cause table listed it for this Alert.',
					rule: basis.rule
				},
				{ code: 'time', text: `${came}${usual ?? ''}` },
				outcome()
			];
		}
		case 'learned':
			return [
				{ code: 'learned', text: `Such requests precede ${context.code} far more often than by chance.` },
				{ code: 'not-in-table', text: 'The link is learned, and the cause table does not list it.' },
				{
					code: 'time',
					text: `${came} The learned window is ${formatSeconds(basis.withinSeconds)}.`
				},
				outcome()
			];
		case 'time-only':
			return [
				{ code: 'time-only', text: `Only the time fits: it came ${formatDelta(deltaSeconds)}.` },
				outcome()
			];
	}
}

function namingText(by: Naming, reference: CommandReference | null): string {
	const fields = [
		`counter ${reference?.counter}`,
		reference?.messageCode && `message code ${reference.messageCode}`
	].filter(Boolean);
	const named = `The Alert names the command by its ${fields.join(' and ')}`;
	switch (by) {
		case 'request-id':
			return 'The Alert names its RequestID.';
		case 'counter':
			return `${named}.`;
		case 'counter-without-user':
			return `${named}, but not the User who sent it.`;
		case 'shared-counter':
			return 'Two Users used the counter that the Alert names.';
	}
}

function furtherText(reason: FurtherReason, userRole: string, alertCode: string): string {
	switch (reason.code) {
		case 'same-hub':
			return `It was sent to the ${reason.target ?? 'other Device'} of the same home network.`;
		case 'relayed':
			return `The DCC relays commands of role ${userRole} under its own identity, so they rarely fail this check.`;
		case 'circumstantial':
			return 'It shares an event with the Alert, such as a site visit, and is not its cause.';
		case 'condition-not-met':
			return `It is known to cause ${alertCode} only near ${CONDITION_NAMES[reason.condition]}, and no such change is known.`;
		case 'user-succeeded':
			return `${reason.variant} of the same User succeeded within two minutes of the Alert, so the User's credentials worked.`;
	}
}

function exclusionText(exclusion: Exclusion, userRole: string, alertCode: string): string {
	switch (exclusion.reason) {
		case 'never-reached-device':
			return `The DCC refused it (${exclusion.responseCode}), so it never reached the Device.`;
		case 'not-a-known-cause':
			return `It is not known to cause ${alertCode}.`;
		case 'role-not-eligible':
			return `A User of role ${userRole} is not known to cause ${alertCode} with this request.`;
		case 'outside-window': {
			const came = `It came ${formatDelta(exclusion.deltaMs / 1000)}`;
			return exclusion.maxSeconds === null
				? `${came}, which is too far away.`
				: `${came}. That is outside the window of ${formatSeconds(exclusion.maxSeconds)} for ${alertCode}.`;
		}
		case 'succeeded':
			return `It succeeded (${exclusion.responseCode}), and a command that causes ${alertCode} does not succeed.`;
		case 'failed':
			return `It failed (${exclusion.responseCode}), and a command that causes ${alertCode} does not fail.`;
		case 'read-succeeded':
			return `A read that succeeded (${exclusion.responseCode}) changes nothing.`;
		case 'condition-not-met':
			return `It can cause ${alertCode} only near ${CONDITION_NAMES[exclusion.condition]}.`;
		case 'not-named':
			return 'The Alert names another command.';
		case 'no-command-can':
			return `No command can cause ${alertCode}.`;
	}
}
