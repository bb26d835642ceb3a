// Deciding: choose a verdict, a reason, perhaps a note; shown at once, recorded by the server, undone with one key.
import { SvelteMap } from 'svelte/reactivity';
import type { Alert } from '#lib/domain/alert.ts';
import { REASONS, type ReasonCode, type Verdict } from '#lib/domain/decision.ts';
import { readAlert, sendDecision } from './alerts-api.ts';
import type { LiveAlerts } from './live-alerts.svelte.ts';

/** The choice that is open: which Alert, which verdict, which reason. */
export interface Choice {
	alert: Alert;
	verdict: Verdict;
	reason: ReasonCode | null;
	note: string;
	/** Why it cannot be confirmed as it stands. */
	fault: string | null;
}

/** What became of an own action, shown in its row. */
export interface Outcome {
	state: 'saving' | 'done' | 'undoing' | 'refused';
	text: string;
}

const UNDO_MS = 10_000;
const MOST_UNDONE = 20;

export class Triage {
	choice = $state.raw<Choice | null>(null);
	readonly outcomes = new SvelteMap<string, Outcome>();
	readonly #live: LiveAlerts;
	/** The versions that own decisions made, the last one last. */
	#done: Alert[] = [];

	constructor(live: LiveAlerts) {
		this.#live = live;
	}

	/** Opens the reasons for a verdict. Refused while the list is stale: never decided blind. */
	begin(alert: Alert, verdict: Verdict): void {
		if (!this.#live.fresh)
			return this.#refuse(
				alert.id,
				'Not decided: the list is stale, and the Alert may have changed. Wait for Live.'
			);
		this.outcomes.delete(alert.id);
		this.choice = { alert, verdict, reason: null, note: '', fault: null };
	}

	cancel(): void {
		this.choice = null;
	}

	/** Picks a reason by its digit. */
	pick(key: string): void {
		const choice = this.choice;
		const reason = choice && REASONS[choice.verdict].find((r) => r.key === key);
		if (!choice || !reason) return;
		const fault = whyNot(reason, choice.alert);
		this.choice = fault ? { ...choice, reason: null, fault } : { ...choice, reason, fault: null };
	}

	setNote(note: string): void {
		if (this.choice) this.choice = { ...this.choice, note, fault: null };
	}

	/** Records the choice; returns whether it could be sent. */
	confirm(): boolean {
		const choice = this.choice;
		if (!choice) return false;
		const note = choice.note.trim();
		const fault = !choice.reason
			? 'Choose a reason: 1 to 9.'
			: choice.reason.noteRequired && !note
				? 'This reason needs a note that says which.'
				: !this.#live.fresh
					? 'Not decided: the list is stale. Wait for Live.'
					: null;
		if (fault) {
			this.choice = { ...choice, fault };
			return false;
		}
		this.choice = null;
		void this.#record(choice.alert, choice.verdict, choice.reason!, note || null);
		return true;
	}

	/** Takes back the last own decision, or the one of `id`. */
	async undo(id?: string): Promise<void> {
		const at =
			id === undefined ? this.#done.length - 1 : this.#done.findLastIndex((alert) => alert.id === id);
		const alert = this.#done[at];
		if (!alert) return;
		this.#done.splice(at, 1);
		this.outcomes.set(alert.id, { state: 'undoing', text: 'Taking back …' });
		const now = (await readAlert(alert.id)) ?? alert;
		await this.reopen(now);
	}

	/** Opens a decided Alert again. */
	async reopen(alert: Alert): Promise<void> {
		if (!this.#live.fresh) return this.#refuse(alert.id, 'Not reopened: the list is stale. Wait for Live.');
		const answer = await sendDecision(alert.id, {
			verdict: null,
			reason: null,
			note: null,
			version: alert.version
		});
		if (answer.kind === 'refused') return this.#refuse(alert.id, answer.why);
		this.outcomes.delete(alert.id);
		this.#live.take([answer.alert]);
	}

	canUndo(id: string): boolean {
		return this.outcomes.get(id)?.state === 'done' && this.#done.some((alert) => alert.id === id);
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
			this.#refuse(alert.id, answer.why);
			const fresh = answer.conflict ? await readAlert(alert.id) : null;
			if (fresh) this.#live.take([fresh]);
			return;
		}
		const outcome: Outcome = { state: 'done', text };
		this.outcomes.set(alert.id, outcome);
		this.#done = [...this.#done, answer.alert].slice(-MOST_UNDONE);
		this.#live.take([answer.alert]);
		setTimeout(() => {
			if (this.outcomes.get(alert.id) === outcome) this.outcomes.delete(alert.id);
		}, UNDO_MS);
	}

	#refuse(id: string, why: string): void {
		this.outcomes.set(id, { state: 'refused', text: why });
	}
}

/** Why a reason cannot stand for this Alert, or `null`. */
export function whyNot(reason: ReasonCode, alert: Alert): string | null {
	if (!reason.needsCandidate || alert.candidates.length > 0) return null;
	return `"${reason.label}" needs a Service Request beside the Alert, and there is none.`;
}
