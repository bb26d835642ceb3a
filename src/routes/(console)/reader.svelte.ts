// Holds which row is selected, and whether a person uses the list. The list pauses while a person uses the list.
import { needsDecision } from '#lib/domain/alert-filter.ts';
import type { Row } from '#lib/ui/alert-rows.ts';

/** How long the list stays paused after the pointer left the list (ms). */
const POINTER_AWAY_MS = 2000;

export class Reader {
	/** The id of the Alert in the selected row. `null`: no row is selected. */
	selected = $state<string | null>(null);
	#pointerOnList = $state(false);
	#focusOnList = $state(false);
	#windowHidden = $state(false);
	#pointerTimer: ReturnType<typeof setTimeout> | undefined;

	/** Returns whether the list must pause. `open`: an Alert or a decision form is open. */
	isBusy(open: boolean): boolean {
		return open || this.selected !== null || this.#pointerOnList || this.#focusOnList || this.#windowHidden;
	}

	setPresence(present: boolean, source: 'pointer' | 'focus'): void {
		if (source === 'focus') {
			this.#focusOnList = present;
			return;
		}
		clearTimeout(this.#pointerTimer);
		if (present) this.#pointerOnList = true;
		else this.#pointerTimer = setTimeout(() => (this.#pointerOnList = false), POINTER_AWAY_MS);
	}

	watchWindow(): () => void {
		const update = () => (this.#windowHidden = document.hidden);
		update();
		document.addEventListener('visibilitychange', update);
		return () => {
			document.removeEventListener('visibilitychange', update);
			clearTimeout(this.#pointerTimer);
		};
	}

	/**
	 * Returns the Alert id of the row after or before the selected row. If no row is selected, returns the Alert id of
	 * the first visible row.
	 */
	step(rows: readonly Row[], by: 1 | -1, first: Row | undefined): string | null {
		const index = rows.findIndex((row) => row.alert.id === this.selected);
		if (index < 0) return (first ?? rows[0])?.alert.id ?? null;
		return (rows[index + by] ?? rows[index])!.alert.id;
	}

	/**
	 * Returns the id of the next Alert after the Alert `after` that needs a decision. If there is none after it,
	 * returns the id of the nearest such Alert before `after`. Returns `null` if no Alert needs a decision.
	 */
	nextUndecided(rows: readonly Row[], after: string): string | null {
		const index = rows.findIndex((row) => row.alert.id === after);
		const needs = (row: Row): boolean =>
			row.alert.id !== after && row.leftAtMs === null && needsDecision(row.alert);
		return (
			(rows.slice(index + 1).find(needs) ?? rows.slice(0, Math.max(0, index)).findLast(needs))?.alert.id ??
			null
		);
	}
}
