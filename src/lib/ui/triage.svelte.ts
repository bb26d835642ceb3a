// Takes a decision from the choice of verdict, reason and note to the server. The row of the Alert shows the decision
// at once, and one key undoes the decision.
import { SvelteMap } from 'svelte/reactivity';
import type { Alert } from '#lib/domain/alert.ts';
import { REASONS, type ReasonCode, type Verdict } from '#lib/domain/decision.ts';
import { readAlert, sendDecision } from './alerts-api.ts';
import type { LiveAlerts } from './live-alerts.svelte.ts';

/** A decision that the person has not confirmed yet. */
export interface Choice {
	alert: Alert;
	verdict: Verdict;
	/** The reason that the person chose. `null`: the person has not chosen a reason. */
	reason: ReasonCode | null;
	note: string;
	/** Why the decision cannot be confirmed. `null`: no fault is known. */
	fault: string | null;
}

/** The state of a decision of this person, as the row of the Alert shows the state. */
export interface Outcome {
	state: 'saving' | 'done' | 'undoing' | 'refused';
	text: string;
}

/** How long a row offers to undo the decision (ms). */
const UNDO_MS = 10_000;
/** How many decisions of this person can be undone. */
const MAX_UNDOABLE = 20;

export class Triage {
	choice = $state.raw<Choice | null>(null);
	/** Why the signed-in person may not decide; `null`: the person may decide. */
	readonly whyNot: string | null;
	readonly outcomes = new SvelteMap<string, Outcome>();
	readonly #live: LiveAlerts;
	/** The Alerts that this person decided, each in its version after the decision. The oldest decision comes first. */
	#undoable: Alert[] = [];

	constructor(live: LiveAlerts, whyNot: string | null) {
		this.#live = live;
		this.whyNot = whyNot;
	}

	/** Opens the reasons for a verdict. Refuses while the list is stale, because the Alert may have changed. */
	begin(alert: Alert, verdict: Verdict): void {
		if (this.whyNot) return this.#refuse(alert.id, this.whyNot);
		if (!this.#live.fresh)
			return this.#refuse(
				alert.id,
				'Not decided: the list is stale and the Alert may have changed. Wait until the list is live.'
			);
		this.outcomes.delete(alert.id);
		this.choice = { alert, verdict, reason: null, note: '', fault: null };
	}

	cancel(): void {
		this.choice = null;
	}

	/** Chooses the reason with the digit key `key`. */
	pick(key: string): void {
		const choice = this.choice;
		const reason = choice && REASONS[choice.verdict].find((r) => r.key === key);
		if (!choice || !reason) return;
		const fault = whyReasonUnavailable(reason, choice.alert);
		this.choice = fault ? { ...choice, reason: null, fault } : { ...choice, reason, fault: null };
	}

	setNote(note: string): void {
		if (this.choice) this.choice = { ...this.choice, note, fault: null };
	}

	/** Sends the choice to the server. Returns false if the choice has a fault; a faulty choice is not sent. */
	confirm(): boolean {
		const choice = this.choice;
		if (!choice) return false;
		const note = choice.note.trim();
		const fault = !choice.reason
			? 'Choose a reason: 1 to 9.'
			: choice.reason.noteRequired && !note
				? 'This reason needs a note.'
				: !this.#live.fresh
					? 'Not decided: the list is stale. Wait until the list is live.'
					: null;
		if (fault) {
			this.choice = { ...choice, fault };
			return false;
		}
		this.choice = null;
		void this.#record(choice.alert, choice.verdict, choice.reason!, note || null);
		return true;
	}

	/**
	 * Undoes the last decision of this person. With `id`, undoes the last decision of this person on the Alert with
	 * this id.
	 */
	async undo(id?: string): Promise<void> {
		const index =
			id === undefined ? this.#undoable.length - 1 : this.#undoable.findLastIndex((alert) => alert.id === id);
		const alert = this.#undoable[index];
		if (!alert) return;
		this.#undoable.splice(index, 1);
		this.outcomes.set(alert.id, { state: 'undoing', text: 'Undoing …' });
		const current = (await readAlert(alert.id)) ?? alert;
		await this.reopen(current);
	}

	/** Removes the decision of an Alert. */
	async reopen(alert: Alert): Promise<void> {
		if (!this.#live.fresh)
			return this.#refuse(alert.id, 'Not reopened: the list is stale. Wait until the list is live.');
		const answer = await sendDecision(alert.id, {
			verdict: null,
			reason: null,
			note: null,
			version: alert.version
		});
		if (answer.kind === 'refused') return this.#refuse(alert.id, answer.message);
		this.outcomes.delete(alert.id);
		this.#live.accept([answer.alert]);
	}

	canUndo(id: string): boolean {
		return this.outcomes.get(id)?.state === 'done' && this.#undoable.some((alert) => alert.id === id);
	}

	async #record(alert: Alert, verdict: Verdict, reason: ReasonCode, note: string | null): Promise<void> {
		const text = `${verdict === 'actionable' ? 'Actionable' : 'Ignorable'}: ${reason.label}`;
		this.outcomes.set(alert.id, { state: 'saving', text });
		const answer = await sendDecision(alert.id, {
			verdict,
			reason: reason.code,
			note,
			version: alert.version
		});
		if (answer.kind === 'refused') {
			this.#refuse(alert.id, answer.message);
			const current = answer.conflict ? await readAlert(alert.id) : null;
			if (current) this.#live.accept([current]);
			return;
		}
		const outcome: Outcome = { state: 'done', text };
		this.outcomes.set(alert.id, outcome);
		this.#undoable = [...this.#undoable, answer.alert].slice(-MAX_UNDOABLE);
		this.#live.accept([answer.alert]);
		setTimeout(() => {
			if (this.outcomes.get(alert.id) === outcome) this.outcomes.delete(alert.id);
		}, UNDO_MS);
	}

	#refuse(id: string, text: string): void {
		this.outcomes.set(id, { state: 'refused', text });
	}
}

/** Says why a reason cannot be chosen for this Alert. Returns `null` if the reason can be chosen. */
export function whyReasonUnavailable(reason: ReasonCode, alert: Alert): string | null {
	if (!reason.needsCandidate || alert.candidates.length > 0) return null;
	return `"${reason.label}" needs a candidate Service Request, and this Alert has none.`;
}
