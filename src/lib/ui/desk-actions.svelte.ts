// Shelves, assigns and comments on Alerts, and records disagreement with an explanation. A form asks for the rest where an
// action needs more than a key. One key undoes each action except a comment, which stays for ever.
import type { Alert } from '#lib/domain/alert.ts';
import type { CommentSubject } from '#lib/domain/desk/comment.ts';
import type { ShelfTime } from '#lib/domain/desk/shelving.ts';
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

const SHELF_WORDS: Record<ShelfTime, string> = {
	'30m': 'Shelved for 30 minutes',
	'2h': 'Shelved for 2 hours',
	'end-of-shift': 'Shelved until the end of the shift',
	'next-change': 'Shelved until the next change'
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
		if (!this.#may(target, NOT[kind])) return;
		if (kind === 'comment' && (target.frozen || target.alerts.length > MOST_SINGLE))
			return this.#bulk.say(`A comment is for at most ${MOST_SINGLE} Alerts. Select fewer.`);
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
		if (!this.#may({ ...target, alerts }, NOT.shelve)) return;
		const back = (of: readonly Alert[], to: ShelfTime | null): Inverse[] => [
			{ ids: of.map(({ id }) => id), send: (subject) => shelveMany(subject, to, null) }
		];
		void this.#bulk.run(
			{ ...target, alerts },
			{
				text: time ? SHELF_WORDS[time] : 'Returned from the shelf',
				done: time ? 'shelved' : 'returned from the shelf',
				leaves: true,
				send: (subject) => shelveMany(subject, time, note),
				inverse: (of) => back(of, time ? null : '30m')
			}
		);
	}

	/** Assigns Alerts to a person, or to nobody. `name`: how the outcome names the person. */
	assign(target: Target, to: string | null, name: string): void {
		this.close();
		if (!this.#may(target, NOT.assign)) return;
		void this.#bulk.run(target, {
			text: to ? `Assigned to ${name}` : 'Assigned to nobody',
			done: to ? `assigned to ${name}` : 'assigned to nobody',
			leaves: false,
			send: (subject) => assignMany(subject, to),
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
		this.#bulk.say(ids.length === 1 ? 'Comment stored.' : `Comment stored on ${ids.length} Alerts.`);
		return null;
	}

	/** Records that the person disagrees with the explanation of each Alert. Asks nothing more. */
	async disagree(target: Target): Promise<void> {
		if (!this.#may(target, 'No disagreement recorded')) return;
		const { alerts, frozen } = target;
		if (frozen || alerts.length > MOST_SINGLE)
			return this.#bulk.say(`A disagreement is about at most ${MOST_SINGLE} explanations. Select fewer.`);
		await this.#outcomes.track(this.#disagreeAll(alerts));
	}

	async #disagreeAll(alerts: readonly Alert[]): Promise<void> {
		for (const alert of alerts) {
			const answer = await sendDisagreement(alert, true);
			if (answer.ok)
				this.#outcomes.done(
					{ versions: versionsOf([alert]), undo: () => this.#agree(alert) },
					'You disagree with the explanation'
				);
			else this.#outcomes.refuse(alert.id, whyRefused(answer));
		}
	}

	async #agree(alert: Alert): Promise<void> {
		const answer = await sendDisagreement(alert, false);
		if (answer.ok) this.#outcomes.rows.delete(alert.id);
		else this.#outcomes.refuse(alert.id, `Not undone: ${whyRefused(answer)}`);
	}

	/** Returns whether there is something to act on and the person may act now; otherwise says why not. */
	#may({ alerts, frozen }: Target, not: string): boolean {
		if (alerts.length === 0 && !frozen) return false;
		const refusal = this.#triage.refusal(not);
		if (refusal) this.#bulk.say(refusal);
		return refusal === null;
	}
}

const NOT = { shelve: 'Not shelved', assign: 'Not assigned', comment: 'No comment stored' };

/** Returns the calls that give Alerts back to the people who had them, one for each person. */
function assignBack(alerts: readonly Alert[]): Inverse[] {
	const groups = Map.groupBy(alerts, ({ assignee }) => assignee?.id ?? null);
	return [...groups].map(([id, group]) => ({
		ids: group.map((alert) => alert.id),
		send: (subject) => assignMany(subject, id)
	}));
}
