// Keeps what the actions of this person did, as the rows show it for a time, and undoes the last action.
import { SvelteMap } from 'svelte/reactivity';
import * as messages from '#messages/actions.ts';
import type { LiveAlerts } from './live-alerts.svelte.ts';
import { Undoable, type DoneAction } from './undoable.ts';

/** The state of an action of this person on an Alert, as the row of the Alert shows it. */
export interface Outcome {
	state: 'saving' | 'done' | 'undoing' | 'refused';
	text: string;
	/** Whether the action takes the Alert out of the list. The row is then a tombstone at once. */
	leaves?: boolean;
}

/** How long a row offers to undo an action (ms). */
const UNDO_MS = 10_000;

export class Outcomes {
	/** The outcome of the last action on each Alert, by id. */
	readonly rows = new SvelteMap<string, Outcome>();
	readonly #undoable = new Undoable();

	/** The actions that are on their way. */
	#onTheirWay: Promise<unknown> = Promise.resolve();

	/** Notes that an action is on its way, so that an undo pressed meanwhile undoes this action and no earlier one. */
	track<T>(action: Promise<T>): Promise<T> {
		this.#onTheirWay = Promise.allSettled([this.#onTheirWay, action]);
		return action;
	}

	/** Keeps the versions of the changed Alerts up to date, so that the actions can be undone. */
	follow(live: LiveAlerts): () => void {
		live.actedOn = (id) => this.rows.has(id);
		return live.subscribe((changes) => this.#undoable.update(changes));
	}

	/** Shows that an action on these Alerts is on its way. */
	saving(ids: Iterable<string>, text: string, leaves: boolean): void {
		const outcome: Outcome = { state: 'saving', text, leaves };
		for (const id of ids) this.rows.set(id, outcome);
	}

	/** Shows what an action did, and offers to undo it for a time. */
	done(action: DoneAction, text: string): void {
		const outcome: Outcome = { state: 'done', text };
		for (const id of action.versions.keys()) this.rows.set(id, outcome);
		this.#undoable.add(action);
		setTimeout(() => {
			for (const id of action.versions.keys()) if (this.rows.get(id) === outcome) this.rows.delete(id);
		}, UNDO_MS);
	}

	refuse(id: string, text: string): void {
		this.rows.set(id, { state: 'refused', text });
	}

	/** Undoes the last action. With `id`, undoes the last action on that Alert. */
	async undo(id?: string): Promise<void> {
		await this.#onTheirWay;
		const action = this.#undoable.take(id);
		if (!action) return;
		for (const key of action.versions.keys())
			this.rows.set(key, { state: 'undoing', text: messages.undoing() });
		await action.undo(action.versions);
	}

	canUndo(id: string): boolean {
		return this.rows.get(id)?.state === 'done' && this.#undoable.has(id);
	}

	isBusy(id: string): boolean {
		return this.rows.get(id)?.state.endsWith('ing') ?? false;
	}
}
