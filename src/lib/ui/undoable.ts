// Remembers the last decisions of this person, so that each can be undone with the present versions of its Alerts.
import type { Alert } from '#lib/domain/alert.ts';

/** How many decisions of this person can be undone. */
const MOST_DECISIONS = 20;

/** The present version of each decided Alert, by id. */
export type Decided = ReadonlyMap<string, number>;

export class Undoable {
	/** The oldest decision comes first. */
	#decisions: Array<Map<string, number>> = [];

	add(decided: Decided): void {
		this.#decisions = [...this.#decisions, new Map(decided)].slice(-MOST_DECISIONS);
	}

	/** Takes note of newer versions. */
	update(changes: readonly Alert[]): void {
		for (const { id, version } of changes)
			for (const decided of this.#decisions)
				if ((decided.get(id) ?? Infinity) < version) decided.set(id, version);
	}

	has(id: string): boolean {
		return this.#decisions.some((decided) => decided.has(id));
	}

	/** Removes and returns the last decision, or the last decision on the Alert `id`. `null`: there is none. */
	take(id?: string): Decided | null {
		const index =
			id === undefined
				? this.#decisions.length - 1
				: this.#decisions.findLastIndex((decided) => decided.has(id));
		return index < 0 ? null : this.#decisions.splice(index, 1)[0]!;
	}
}

/** Returns the decided Alerts with their versions after the decision. `ids`: those that the server decided. */
export function decidedAmong(alerts: readonly Alert[], ids: readonly string[]): Decided {
	const done = new Set(ids);
	return new Map(alerts.filter(({ id }) => done.has(id)).map(({ id, version }) => [id, version + 1]));
}
