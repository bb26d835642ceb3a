// Takes a decision on one or several Alerts from the choice of verdict, reason and note to the server. The rows show the
// decision at once, and one key undoes it.
import { SvelteMap } from 'svelte/reactivity';
import type { Alert } from '#lib/domain/alert.ts';
import type { ReasonCode, Verdict } from '#lib/domain/decision.ts';
import { readAlert, sendDecision } from './alerts-api.ts';
import type { Answer } from './call-api.ts';
import {
	chooseVerdict,
	confirmChoice,
	pickReason,
	type ChosenDecision,
	type DecisionChoice
} from './decision-choice.ts';
import { MOST_AT_ONCE, sendDecisions } from './episodes-api.ts';
import type { LiveAlerts } from './live-alerts.svelte.ts';
import { Undoable, decidedAmong, type Decided } from './undoable.ts';
import { VERDICT_WORDS } from './wording.ts';

/** A decision that the person has not confirmed yet. */
export interface Choice extends DecisionChoice {
	/** The Alerts as the person saw them, at least one. Alerts that arrive later are not decided. */
	alerts: readonly Alert[];
}

/** The state of a decision of this person, as the row of the Alert shows the state. */
export interface Outcome {
	state: 'saving' | 'done' | 'undoing' | 'refused';
	text: string;
}

/** How long a row offers to undo the decision (ms). */
const UNDO_MS = 10_000;
const STALE = 'the list is stale and the Alert may have changed. Wait until the list is live.';
const CONFLICT = 'Not decided: it has changed since you read it. Read it again, then decide.';

export class Triage {
	choice = $state.raw<Choice | null>(null);
	/** Why the signed-in person may not decide; `null`: the person may decide. */
	readonly whyNot: string | null;
	readonly outcomes = new SvelteMap<string, Outcome>();
	readonly #live: LiveAlerts;
	readonly #undoable = new Undoable();

	constructor(live: LiveAlerts, whyNot: string | null) {
		this.#live = live;
		this.whyNot = whyNot;
	}

	/** Keeps the versions of the decided Alerts up to date, so that they can be undone. */
	start(): () => void {
		return this.#live.subscribe((changes) => this.#undoable.update(changes));
	}

	/** Opens the reasons for a verdict. Refuses while the list is stale, because an Alert may have changed. */
	begin(alerts: readonly Alert[], verdict: Verdict): void {
		if (alerts.length === 0) return;
		const refusal = this.whyNot ?? (this.#live.fresh ? null : `Not decided: ${STALE}`);
		for (const { id } of alerts) {
			if (refusal) this.#refuse(id, refusal);
			else this.outcomes.delete(id);
		}
		if (!refusal) this.choice = { ...chooseVerdict(verdict), alerts };
	}

	cancel(): void {
		this.choice = null;
	}

	/** Chooses the reason with the digit key `key`. */
	pick(key: string): void {
		const { choice } = this;
		if (choice)
			this.choice = pickReason(choice, key, (reason) => whyReasonUnavailable(reason, choice.alerts));
	}

	setNote(note: string): void {
		if (this.choice) this.choice = { ...this.choice, note, fault: null };
	}

	/** Sends the choice to the server. Returns false if the choice has a fault; a faulty choice is not sent. */
	confirm(): boolean {
		const choice = this.choice;
		if (!choice) return false;
		const { decision, fault } = confirmChoice(choice, this.#live.fresh);
		if (!decision) {
			this.choice = { ...choice, fault };
			return false;
		}
		this.choice = null;
		const text = `${VERDICT_WORDS[choice.verdict]}: ${choice.reason!.label}`;
		for (const { id } of choice.alerts) this.outcomes.set(id, { state: 'saving', text });
		const [only, ...others] = choice.alerts;
		void (others.length === 0
			? this.#decideOne(only!, decision, text)
			: this.#decideMany(choice.alerts, decision, text));
		return true;
	}

	/** Undoes the last decision of this person. With `id`, undoes the last decision of this person on that Alert. */
	async undo(id?: string): Promise<void> {
		const decided = this.#undoable.take(id);
		if (!decided) return;
		for (const key of decided.keys()) this.outcomes.set(key, { state: 'undoing', text: 'Undoing …' });
		if (decided.size > 1) return this.#reopenMany(decided);
		const [only] = decided.keys();
		const current = await readAlert(only!);
		if (current) await this.reopen(current);
		else this.#refuse(only!, 'Not undone: the server did not answer. Try again.');
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
		if (!answer.ok) return this.#refuse(alert.id, messageOf(answer));
		this.outcomes.delete(alert.id);
		this.#live.accept([answer.value]);
	}

	canUndo(id: string): boolean {
		return this.outcomes.get(id)?.state === 'done' && this.#undoable.has(id);
	}

	async #decideOne(alert: Alert, decision: ChosenDecision, text: string): Promise<void> {
		const answer = await sendDecision(alert.id, { ...decision, version: alert.version });
		if (!answer.ok) {
			this.#refuse(alert.id, messageOf(answer));
			// The Alert may have changed before, or the decision may stand although its answer was lost.
			const current = await readAlert(alert.id);
			if (current) this.#live.accept([current]);
			return;
		}
		this.#note(decidedAmong([alert], [alert.id]), text);
		this.#live.accept([answer.value]);
	}

	/** Decides exactly the Alerts that the person saw. An Alert that has changed since is named, and stays open. */
	async #decideMany(alerts: readonly Alert[], decision: ChosenDecision, text: string): Promise<void> {
		const done: string[] = [];
		for (let i = 0; i < alerts.length; i += MOST_AT_ONCE) {
			const items = alerts.slice(i, i + MOST_AT_ONCE).map(({ id, version }) => ({ id, version }));
			const answer = await sendDecisions({ ...decision, items });
			if (answer.ok) done.push(...answer.value.done);
			const open = answer.ok ? answer.value.conflicts : items;
			for (const { id } of open) this.#refuse(id, answer.ok ? CONFLICT : answer.message);
		}
		if (done.length > 0) this.#note(decidedAmong(alerts, done), text);
	}

	async #reopenMany(decided: Decided): Promise<void> {
		const items = [...decided].map(([id, version]) => ({ id, version }));
		for (let i = 0; i < items.length; i += MOST_AT_ONCE) {
			const part = items.slice(i, i + MOST_AT_ONCE);
			const answer = await sendDecisions({ verdict: null, reason: null, note: null, items: part });
			for (const id of answer.ok ? answer.value.done : []) this.outcomes.delete(id);
			for (const { id } of answer.ok ? answer.value.conflicts : part)
				this.#refuse(id, answer.ok ? 'Not undone: it has changed since.' : answer.message);
		}
	}

	/** Notes what this person decided, and offers to undo it for a time. */
	#note(decided: Decided, text: string): void {
		const outcome: Outcome = { state: 'done', text };
		for (const id of decided.keys()) this.outcomes.set(id, outcome);
		this.#undoable.add(decided);
		setTimeout(() => {
			for (const id of decided.keys()) if (this.outcomes.get(id) === outcome) this.outcomes.delete(id);
		}, UNDO_MS);
	}

	#refuse(id: string, text: string): void {
		this.outcomes.set(id, { state: 'refused', text });
	}
}

/** Says why the server refused: the fault of the first field, or else the refusal itself. */
const messageOf = ({ faults: [fault], message }: Extract<Answer<unknown>, { ok: false }>): string =>
	fault?.message ?? message;

/** Says why a reason cannot be chosen for these Alerts. Returns `null` if the reason can be chosen. */
export function whyReasonUnavailable(reason: ReasonCode, alerts: readonly Alert[]): string | null {
	const without = reason.needsCandidate
		? alerts.filter(({ candidates }) => candidates.length === 0).length
		: 0;
	if (without === 0) return null;
	const which =
		alerts.length === 1 ? 'this Alert has none' : `${without} of the ${alerts.length} Alerts have none`;
	return `"${reason.label}" needs a candidate Service Request, and ${which}.`;
}
