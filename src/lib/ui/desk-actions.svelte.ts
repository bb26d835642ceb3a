// Shelves, assigns and comments on Alerts, and records disagreement with an explanation. A form asks for the rest where an
// action needs more than a key. One key undoes each action except a comment, which stays for ever.
import type { Alert } from '#lib/domain/alert.ts';
import type { CommentSubject } from '#lib/domain/desk/comment.ts';
import type { ShelfTime } from '#lib/domain/desk/shelving.ts';
import * as messages from '#messages/actions.ts';
import type { Bulk, Inverse, Target } from './bulk.svelte.ts';
import { whyRefused } from './call-api.ts';
import { assignMany, sendComment, sendDisagreement, shelveMany } from './desk-api.ts';
import type { Outcomes } from './outcomes.svelte.ts';
import type { Triage } from './triage.svelte.ts';
import { versionsOf } from './undoable.ts';

/** An action that waits for its time, its person or its text. */
export interface DeskForm {
	kind: 'shelve' | 'assign' | 'comment';
	target: Target;
	/** The episode that the target is. `null`: the target is Alerts. */
	episode: string | null;
}

const SHELVED: Record<ShelfTime, () => string> = {
	'30m': messages.shelved_30_minutes,
	'2h': messages.shelved_2_hours,
	'end-of-shift': messages.shelved_to_end_of_shift,
	'next-change': messages.shelved_to_change
};

/** A comment or a disagreement is one call for each Alert, so that its number of Alerts has a limit. */
const MOST_SINGLE = 100;

export class DeskActions {
	/** The form that is open. `null`: none. */
	form = $state.raw<DeskForm | null>(null);
	readonly #triage: Triage;
	readonly #outcomes: Outcomes;
	readonly #bulk: Bulk;

	constructor(triage: Triage, { outcomes, bulk }: { outcomes: Outcomes; bulk: Bulk }) {
		this.#triage = triage;
		this.#outcomes = outcomes;
		this.#bulk = bulk;
	}

	/** Opens the form of an action. Says why, if the action is not possible. */
	open(kind: DeskForm['kind'], target: Target, episode: string | null = null): void {
		if (!this.#may(target, kind)) return;
		if (kind === 'comment' && (target.frozen || target.alerts.length > MOST_SINGLE))
			return this.#bulk.say(messages.comments_at_most({ most: MOST_SINGLE }));
		this.#triage.cancel();
		this.form = { kind, target, episode };
	}

	close(): void {
		this.form = null;
	}

	/** Shelves Alerts for a time. `time: null` takes them off the shelf. */
	shelve(target: Target, time: ShelfTime | null, note: string | null): void {
		this.close();
		const alerts = time ? target.alerts : target.alerts.filter(({ shelved }) => shelved !== null);
		if (!this.#may({ ...target, alerts }, 'shelve')) return;
		const back = (of: readonly Alert[], to: ShelfTime | null): Inverse[] => [
			{ ids: of.map(({ id }) => id), send: (subject) => shelveMany(subject, to, null) }
		];
		void this.#bulk.run(
			{ ...target, alerts },
			{
				text: time ? SHELVED[time]() : messages.returned(),
				what: { act: time ? 'shelve' : 'return' },
				leaves: true,
				send: (subject) => shelveMany(subject, time, note),
				inverse: (of) => back(of, time ? null : '30m')
			}
		);
	}

	/** Assigns Alerts to a person; `null`: to nobody. `name`: how the outcome names the person. */
	assign(target: Target, to: { id: string; name: string } | null): void {
		this.close();
		if (!this.#may(target, 'assign')) return;
		void this.#bulk.run(target, {
			text: to ? messages.assigned({ person: to.name }) : messages.assigned_to_nobody(),
			what: to ? { act: 'assign', person: to.name } : { act: 'unassign' },
			leaves: false,
			send: (subject) => assignMany(subject, to?.id ?? null),
			inverse: assignBack
		});
	}

	/** Comments on each subject. Returns why the comment could not be stored; `null`: it is stored. */
	async comment(subject: CommentSubject, ids: readonly string[], text: string): Promise<string | null> {
		for (const id of ids) {
			const answer = await sendComment(subject, id, text);
			if (!answer.ok) return whyRefused(answer);
		}
		this.close();
		this.#bulk.say(messages.comment_stored({ count: ids.length }));
		return null;
	}

	/** Records that the person disagrees with the explanation of each Alert. Asks nothing more. */
	async disagree(target: Target): Promise<void> {
		if (!this.#may(target, 'disagree')) return;
		const { alerts, frozen } = target;
		if (frozen || alerts.length > MOST_SINGLE)
			return this.#bulk.say(messages.disagreements_at_most({ most: MOST_SINGLE }));
		await this.#outcomes.track(this.#disagreeAll(alerts));
	}

	async #disagreeAll(alerts: readonly Alert[]): Promise<void> {
		for (const alert of alerts) {
			const answer = await sendDisagreement(alert, true);
			if (answer.ok)
				this.#outcomes.done(
					{ versions: versionsOf([alert]), undo: () => this.#agree(alert) },
					messages.disagreed()
				);
			else this.#outcomes.refuse(alert.id, whyRefused(answer));
		}
	}

	async #agree(alert: Alert): Promise<void> {
		const answer = await sendDisagreement(alert, false);
		if (answer.ok) this.#outcomes.rows.delete(alert.id);
		else this.#outcomes.refuse(alert.id, messages.not_undone({ why: whyRefused(answer) }));
	}

	/** Returns whether there is something to act on and the person may act now; otherwise says why not. */
	#may({ alerts, frozen }: Target, what: Parameters<Triage['refusal']>[0]): boolean {
		if (alerts.length === 0 && !frozen) return false;
		const refusal = this.#triage.refusal(what);
		if (refusal) this.#bulk.say(refusal);
		return refusal === null;
	}
}

/** Returns the calls that give Alerts back to the people who had them, one for each person. */
function assignBack(alerts: readonly Alert[]): Inverse[] {
	const groups = Map.groupBy(alerts, ({ assignee }) => assignee?.id ?? null);
	return [...groups].map(([id, group]) => ({
		ids: group.map((alert) => alert.id),
		send: (subject) => assignMany(subject, id)
	}));
}
