// Takes a decision on one or several Alerts from the choice of verdict, reason and note to the server. The rows show the
// decision at once, and one key undoes it.
import type { SvelteMap } from 'svelte/reactivity';
import type { Alert } from '#lib/domain/alert.ts';
import type { Decision, ReasonCode, Verdict } from '#lib/domain/decision.ts';
import { reasonName, verdictName } from './alert-words.ts';
import { readAlert, sendDecision } from './alerts-api.ts';
import * as messages from '#messages/actions.ts';
import type { Bulk, Inverse, Target } from './bulk.svelte.ts';
import { whyRefused } from './call-api.ts';
import {
	chooseVerdict,
	confirmChoice,
	pickReason,
	type ChosenDecision,
	type DecisionChoice
} from './decision-choice.ts';
import { decideMany } from './desk-api.ts';
import type { LiveAlerts } from './live-alerts.svelte.ts';
import type { Outcome, Outcomes } from './outcomes.svelte.ts';
import { versionsAfter } from './undoable.ts';

/**
 * A decision that the person has not confirmed yet. `alerts`: the Alerts as the person saw them, at least one without a
 * frozen selection. Alerts that arrive later are not decided.
 */
export type Choice = DecisionChoice & Target;

const REOPEN = { verdict: null, reason: null, note: null };

export class Triage {
	choice = $state.raw<Choice | null>(null);
	/** Why the signed-in person may not decide; `null`: the person may decide. */
	readonly whyNot: string | null;
	readonly #live: LiveAlerts;
	readonly #outcomes: Outcomes;
	readonly #bulk: Bulk;

	constructor(
		live: LiveAlerts,
		whyNot: string | null,
		{ outcomes, bulk }: { outcomes: Outcomes; bulk: Bulk }
	) {
		this.#live = live;
		this.whyNot = whyNot;
		this.#outcomes = outcomes;
		this.#bulk = bulk;
	}

	/** The outcome of the last action of this person on each Alert, by id. */
	get outcomes(): SvelteMap<string, Outcome> {
		return this.#outcomes.rows;
	}

	start(): () => void {
		return this.#outcomes.follow(this.#live);
	}

	/**
	 * Says why the person cannot act now; `null`: the person can. A stale list may be out of date, so that it takes no
	 * action. `what`: what the person wants to do.
	 */
	refusal(what: 'decide' | 'shelve' | 'assign' | 'comment' | 'disagree' | 'reopen'): string | null {
		return this.whyNot ?? (this.#live.fresh ? null : messages.stale({ what }));
	}

	/** Opens the reasons for a verdict on Alerts, or on a frozen selection. */
	begin(alerts: readonly Alert[], verdict: Verdict, frozen: Target['frozen'] = null): void {
		if (alerts.length === 0 && !frozen) return;
		const refusal = this.refusal('decide');
		for (const { id } of alerts) {
			if (refusal) this.#outcomes.refuse(id, refusal);
			else this.outcomes.delete(id);
		}
		if (refusal && frozen) this.#bulk.say(refusal);
		if (!refusal) this.choice = { ...chooseVerdict(verdict), alerts, frozen };
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
		const text = messages.decided({
			verdict: verdictName(choice.verdict),
			reason: reasonName({ reason: decision.reason })
		});
		const [only, ...others] = choice.alerts;
		if (only && others.length === 0 && !choice.frozen)
			void this.#outcomes.track(this.#decideOne(only, decision, text));
		else
			void this.#bulk.run(choice, {
				text,
				what: { act: 'decide' },
				leaves: true,
				send: (subject) => decideMany(subject, decision),
				inverse: (alerts) => [
					{ ids: alerts.map(({ id }) => id), send: (subject) => decideMany(subject, REOPEN) }
				]
			});
		return true;
	}

	/** Undoes the last action of this person. With `id`, undoes the last action of this person on that Alert. */
	undo(id?: string): Promise<void> {
		return this.#outcomes.undo(id);
	}

	/** Removes the decision of an Alert. */
	async reopen(alert: Alert): Promise<void> {
		if (!this.#live.fresh) return this.#outcomes.refuse(alert.id, messages.stale({ what: 'reopen' }));
		const answer = await sendDecision(alert.id, { ...REOPEN, version: alert.version });
		if (!answer.ok) return this.#outcomes.refuse(alert.id, whyRefused(answer));
		this.outcomes.delete(alert.id);
		this.#live.accept([answer.value]);
	}

	/** Removes the decisions of Alerts. */
	reopenMany({ alerts, frozen }: Target): void {
		const decided = alerts.filter(({ decision }) => decision !== null);
		if (frozen) return this.#bulk.say(messages.reopen_selected());
		if (decided.length === 0) return this.#bulk.say(messages.nothing_to_reopen());
		const refusal = this.refusal('reopen');
		if (refusal) return this.#bulk.say(refusal);
		void this.#bulk.run(
			{ alerts: decided, frozen: null },
			{
				text: messages.reopened(),
				what: { act: 'reopen' },
				leaves: false,
				send: (subject) => decideMany(subject, REOPEN),
				inverse: decideAgain
			}
		);
	}

	/** Returns whether an action of this person on the Alert is on its way. */
	isBusy(id: string): boolean {
		return this.#outcomes.isBusy(id);
	}

	canUndo(id: string): boolean {
		return this.#outcomes.canUndo(id);
	}

	async #decideOne(alert: Alert, decision: ChosenDecision, text: string): Promise<void> {
		this.#outcomes.saving([alert.id], text, true);
		const answer = await sendDecision(alert.id, { ...decision, version: alert.version });
		if (!answer.ok) {
			this.#outcomes.refuse(alert.id, whyRefused(answer));
			// The Alert may have changed before, or the decision may stand although its answer was lost.
			const current = await readAlert(alert.id);
			if (current) this.#live.accept([current]);
			return;
		}
		this.#outcomes.done(
			{ versions: versionsAfter([alert], [alert.id]), undo: () => this.#undoOne(alert.id) },
			text
		);
		this.#live.accept([answer.value]);
	}

	async #undoOne(id: string): Promise<void> {
		const current = await readAlert(id);
		if (current) await this.reopen(current);
		else this.#outcomes.refuse(id, messages.no_answer());
	}
}

/** Returns the calls that give reopened Alerts their decisions again, one for each decision that they had. */
function decideAgain(alerts: readonly Alert[]): Inverse[] {
	const groups = Map.groupBy(alerts, ({ decision }) => JSON.stringify(chosenIn(decision!)));
	return [...groups.values()].map((group) => {
		const decision = chosenIn(group[0]!.decision!);
		return { ids: group.map(({ id }) => id), send: (subject) => decideMany(subject, decision) };
	});
}

const chosenIn = ({ verdict, reason, note }: Decision) => ({ verdict, reason, note });

/** Says why a reason cannot be chosen for these Alerts. Returns `null` if the reason can be chosen. */
export function whyReasonUnavailable(reason: ReasonCode, alerts: readonly Alert[]): string | null {
	const without = reason.needsCandidate
		? alerts.filter(({ candidates }) => candidates.length === 0).length
		: 0;
	if (without === 0) return null;
	return messages.needs_candidate({
		reason: reasonName({ reason: reason.code }),
		count: alerts.length,
		without
	});
}
