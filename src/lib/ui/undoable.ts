// Remembers the last actions of this person, so that each can be undone with the present versions of its Alerts.
import type { Alert } from '#lib/domain/alert.ts';

/** How many actions of this person can be undone. */
const MOST_ACTIONS = 20;

/** The present version of each Alert that the action changed, by id. */
export type Versions = ReadonlyMap<string, number>;

/** The versions of an action on a frozen selection, which the browser does not know. */
export const UNKNOWN_VERSIONS: Versions = new Map();

/** An action that can be undone. `undo`: undoes it, and shows what happened. */
export interface DoneAction {
	/** The Alerts by id; none for a frozen selection, whose Alerts only the server knows. */
	versions: Versions;
	undo(versions: Versions): Promise<void>;
}

export class Undoable {
	/** The oldest action comes first. */
	#actions: Array<{ versions: Map<string, number>; undo: DoneAction['undo'] }> = [];

	add({ versions, undo }: DoneAction): void {
		this.#actions = [...this.#actions, { versions: new Map(versions), undo }].slice(-MOST_ACTIONS);
	}

	/** Takes note of newer versions. */
	update(changes: readonly Alert[]): void {
		for (const { id, version } of changes)
			for (const { versions } of this.#actions)
				if ((versions.get(id) ?? Infinity) < version) versions.set(id, version);
	}

	has(id: string): boolean {
		return this.#actions.some(({ versions }) => versions.has(id));
	}

	/** Removes and returns the last action, or the last action on the Alert `id`. `null`: there is none. */
	take(id?: string): DoneAction | null {
		const index =
			id === undefined
				? this.#actions.length - 1
				: this.#actions.findLastIndex(({ versions }) => versions.has(id));
		return index < 0 ? null : this.#actions.splice(index, 1)[0]!;
	}
}

/** Returns the changed Alerts with their versions after the change. `ids`: those that the server changed. */
export function versionsAfter(alerts: readonly Alert[], ids: readonly string[]): Versions {
	const done = new Set(ids);
	return new Map(alerts.filter(({ id }) => done.has(id)).map(({ id, version }) => [id, version + 1]));
}

/** Returns the present versions of Alerts that an action did not change. */
export const versionsOf = (alerts: readonly Alert[]): Versions =>
	new Map(alerts.map(({ id, version }) => [id, version]));
