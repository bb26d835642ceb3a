// Carries out one action on many Alerts: on Alerts by id, or on a frozen selection. Reports how far the action has come,
// names each Alert that it left as it was, and undoes the whole action at once.
import type { Alert } from '#lib/domain/alert.ts';
import type { LeftOut, Selection } from '#lib/domain/desk/selection.ts';
import * as messages from '#messages/actions.ts';
import { whyRefused, type Answer } from './call-api.ts';
import { readLeftOut, readSelection, undoSelection, type Reply, type Subject } from './desk-api.ts';
import type { Outcomes } from './outcomes.svelte.ts';
import { UNKNOWN_VERSIONS, versionsAfter, type Versions } from './undoable.ts';

/** What an action acts on: Alerts as the person saw them, or a frozen selection. */
export interface Target {
	alerts: readonly Alert[];
	/** The selection that the server froze. `null`: the action is on `alerts`. */
	frozen: Selection | null;
}

/** Sends a change of Alerts, or starts it on a frozen selection. */
export type Send = <S extends Subject>(subject: S) => Promise<Answer<Reply<S>>>;

/** What an action does. `person`: to whom it assigns Alerts. */
export type What =
	| { act: 'decide' | 'shelve' | 'return' | 'unassign' | 'reopen'; person?: undefined }
	| { act: 'assign'; person: string };

export interface Act {
	/** What the rows say, such as `Ignorable: information only`. */
	text: string;
	/** What happens to the Alerts. */
	what: What;
	/** Whether the action takes the Alerts out of the list. */
	leaves: boolean;
	send: Send;
	/** Returns the calls that undo the action on these Alerts. */
	inverse(alerts: readonly Alert[]): Inverse[];
}

/** A call that undoes an action on some Alerts. */
export interface Inverse {
	ids: readonly string[];
	send: Send;
}

/** What an action on several Alerts did so far. */
export interface Report {
	text: string;
	/** How far the action has come; `null`: it is complete. */
	progress: { done: number; count: number } | null;
	/** The Alerts that the action left as they are. */
	leftOut: readonly LeftOut[];
	/** Whether `u` undoes the action. */
	canUndo: boolean;
}

/** The highest number of Alerts in one call. */
const MOST_AT_ONCE = 500;
/** How often the browser reads how far an action on a selection has come (ms). */
const POLL_MS = 400;
/** The values of a message about an action. */
const wordsOf = ({ act, person = '' }: What) => ({ act, person });

export class Bulk {
	/** The report of the last action on several Alerts. `null`: there is nothing to say. */
	report = $state.raw<Report | null>(null);
	readonly #outcomes: Outcomes;

	constructor(outcomes: Outcomes) {
		this.#outcomes = outcomes;
	}

	/** Shows a sentence where the reports are, such as why an action is not possible. */
	say(text: string): void {
		this.report = { text, progress: null, leftOut: [], canUndo: false };
	}

	run(target: Target, act: Act): Promise<void> {
		return this.#outcomes.track(
			target.frozen ? this.#runFrozen(target.frozen, act) : this.#runItems(target.alerts, act)
		);
	}

	async #runItems(alerts: readonly Alert[], act: Act): Promise<void> {
		const ids = alerts.map(({ id }) => id);
		this.#outcomes.saving(ids, act.text, act.leaves);
		const { done, leftOut } = await inParts(
			alerts.map(({ id, version }) => ({ id, version })),
			act.send
		);
		for (const { id, why } of leftOut)
			this.#outcomes.refuse(id, messages.not_done({ ...wordsOf(act.what), why }));
		const versions = versionsAfter(alerts, done);
		if (done.length > 0)
			this.#outcomes.done(
				{ versions, undo: (present) => this.#undo(present, act.inverse(alerts), act.what) },
				act.text
			);
		if (alerts.length > 1)
			this.report = {
				text: messages.done({ ...wordsOf(act.what), count: done.length }),
				progress: null,
				leftOut: named(leftOut, alerts),
				canUndo: done.length > 0
			};
	}

	async #undo(present: Versions, inverse: readonly Inverse[], what: What): Promise<void> {
		let undone = 0;
		const leftOut: LeftOut[] = [];
		for (const { ids, send } of inverse) {
			const items = ids.flatMap((id) => (present.has(id) ? [{ id, version: present.get(id)! }] : []));
			if (items.length === 0) continue;
			const result = await inParts(items, send);
			undone += result.done.length;
			for (const id of result.done) this.#outcomes.rows.delete(id);
			for (const { id, why } of result.leftOut) this.#outcomes.refuse(id, messages.not_undone({ why }));
			leftOut.push(...result.leftOut);
		}
		this.report =
			present.size > 1
				? {
						text: messages.undone({ ...wordsOf(what), count: undone }),
						progress: null,
						leftOut,
						canUndo: false
					}
				: null;
	}

	async #runFrozen({ id, count: size }: Selection, act: Act): Promise<void> {
		const what = wordsOf(act.what);
		const complete = await this.#follow(() => act.send({ selection: id }), {
			done: (count) => messages.done({ ...what, count }),
			soFar: (done, count) => messages.done_so_far({ ...what, done, count })
		});
		if (!complete) return;
		this.report = { ...complete, canUndo: true };
		this.#outcomes.done(
			{
				versions: UNKNOWN_VERSIONS,
				undo: async () => {
					const undone = await this.#follow(() => undoSelection(id), {
						done: (count) => messages.undone_of({ count, size }),
						soFar: (done, count) => messages.undone_so_far({ done, count, size })
					});
					if (undone) this.report = undone;
				}
			},
			act.text
		);
	}

	/** Starts an action on a selection and reports how far it has come. Returns the last report; `null`: it did not start. */
	async #follow(
		start: () => Promise<Answer<Selection>>,
		words: { done: (count: number) => string; soFar: (done: number, count: number) => string }
	): Promise<Report | null> {
		let answer = await start();
		for (;;) {
			if (!answer.ok) {
				this.say(whyRefused(answer));
				return null;
			}
			const { value } = answer;
			if (value.state !== 'running') {
				const leftOut = value.conflicts + value.refused > 0 ? await readLeftOut(value.id) : [];
				return { text: words.done(value.done), progress: null, leftOut, canUndo: false };
			}
			this.report = {
				text: words.soFar(value.done, value.count),
				progress: { done: value.done + value.conflicts + value.refused, count: value.count },
				leftOut: [],
				canUndo: false
			};
			await new Promise((resolve) => setTimeout(resolve, POLL_MS));
			answer = await readSelection(value.id);
		}
	}
}

/** Sends a change in as many calls as it needs. Returns what the server changed, and why it left the others. */
async function inParts(
	items: ReadonlyArray<{ id: string; version: number }>,
	send: Send
): Promise<{ done: string[]; leftOut: LeftOut[] }> {
	const done: string[] = [];
	const leftOut: LeftOut[] = [];
	for (let i = 0; i < items.length; i += MOST_AT_ONCE) {
		const part = items.slice(i, i + MOST_AT_ONCE);
		const answer = await send({ items: part });
		if (answer.ok) {
			done.push(...answer.value.done);
			leftOut.push(
				...answer.value.conflicts.map((conflict) => ({ ...conflict, why: messages.changed_since() })),
				...(answer.value.refused ?? [])
			);
		} else {
			const why = whyRefused(answer);
			leftOut.push(...part.map((item) => ({ ...item, why })));
		}
	}
	return { done, leftOut };
}

/** Keeps the order in which the person sees the Alerts. */
function named(leftOut: readonly LeftOut[], alerts: readonly Alert[]): readonly LeftOut[] {
	const places = new Map(alerts.map(({ id }, place) => [id, place]));
	return leftOut.toSorted((a, b) => (places.get(a.id) ?? 0) - (places.get(b.id) ?? 0));
}
