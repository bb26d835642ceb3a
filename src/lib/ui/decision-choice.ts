// Holds a decision while the person chooses its reason and writes a note. All places that take decisions use it.
import * as messages from '#messages/actions.ts';
import { REASONS, type ReasonCode, type Verdict } from '#lib/domain/decision.ts';

export interface DecisionChoice {
	verdict: Verdict;
	/** The reason that the person chose. `null`: the person has not chosen a reason. */
	reason: ReasonCode | null;
	note: string;
	/** Why the decision cannot be confirmed. `null`: no fault is known. */
	fault: string | null;
}

/** A decision that can be sent. */
export interface ChosenDecision {
	verdict: Verdict;
	reason: string;
	note: string | null;
}

/** Says why a reason cannot be chosen. `null`: it can. */
export type WhyUnavailable = (reason: ReasonCode) => string | null;

export const chooseVerdict = (verdict: Verdict): DecisionChoice => ({
	verdict,
	reason: null,
	note: '',
	fault: null
});

/** Chooses the reason with the digit key `key`. A key without a reason changes nothing. */
export function pickReason<Choice extends DecisionChoice>(
	choice: Choice,
	key: string,
	whyUnavailable: WhyUnavailable
): Choice {
	const reason = REASONS[choice.verdict].find((one) => one.key === key);
	if (!reason) return choice;
	const fault = whyUnavailable(reason);
	return { ...choice, reason: fault ? null : reason, fault };
}

/**
 * Returns the decision to send, or why the choice cannot be confirmed. `fresh`: whether the person sees the present state
 * of the server.
 */
export function confirmChoice(
	{ verdict, reason, note }: DecisionChoice,
	fresh: boolean
): { decision: ChosenDecision; fault: null } | { decision: null; fault: string } {
	const text = note.trim();
	if (!reason) return { decision: null, fault: messages.choose_reason() };
	if (reason.noteRequired && !text) return { decision: null, fault: messages.reason_needs_note() };
	if (!fresh) return { decision: null, fault: messages.stale({ what: 'decide' }) };
	return { decision: { verdict, reason: reason.code, note: text || null }, fault: null };
}
