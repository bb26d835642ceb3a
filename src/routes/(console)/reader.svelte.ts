// Where the reader is: the row under the cursor, and whether a hand is on the list. While it is, nothing moves.
import { needsDecision } from '#lib/domain/alert-filter.ts';
import type { Row } from '#lib/ui/alert-rows.ts';

/** A pointer that has left the list this long ago is away. */
const POINTER_MS = 2000;

export class Reader {
	/** The id of the row under the cursor. */
	selected = $state<string | null>(null);
	#pointer = $state(false);
	#focus = $state(false);
	#hidden = $state(false);
	#leaving: ReturnType<typeof setTimeout> | undefined;

	/** `open`: a drawer or a choice is open. */
	isBusy(open: boolean): boolean {
		return open || this.selected !== null || this.#pointer || this.#focus || this.#hidden;
	}

	hand(on: boolean, by: 'pointer' | 'focus'): void {
		if (by === 'focus') {
			this.#focus = on;
			return;
		}
		clearTimeout(this.#leaving);
		if (on) this.#pointer = true;
		else this.#leaving = setTimeout(() => (this.#pointer = false), POINTER_MS);
	}

	watchWindow(): () => void {
		const look = () => (this.#hidden = document.hidden);
		look();
		document.addEventListener('visibilitychange', look);
		return () => {
			document.removeEventListener('visibilitychange', look);
			clearTimeout(this.#leaving);
		};
	}

	/** The row one step on from the cursor; from none, the first that is seen. */
	step(rows: readonly Row[], by: 1 | -1, first: Row | undefined): string | null {
		const at = rows.findIndex((row) => row.alert.id === this.selected);
		if (at < 0) return (first ?? rows[0])?.alert.id ?? null;
		return (rows[at + by] ?? rows[at])!.alert.id;
	}

	/** After a decision: the next row that needs one, downwards first. */
	nextUndecided(rows: readonly Row[], after: string): string | null {
		const at = rows.findIndex((row) => row.alert.id === after);
		const needs = (row: Row): boolean =>
			row.alert.id !== after && row.goneAt === null && needsDecision(row.alert);
		return (
			(rows.slice(at + 1).find(needs) ?? rows.slice(0, Math.max(0, at)).findLast(needs))?.alert.id ?? null
		);
	}
}
