// Holds which row is selected, and whether a person uses the list. The list pauses while a person uses the list.
import { needsDecision } from '#lib/domain/alert-filter.ts';
import { indexOf, isSelectable, rowsOf, type Entry, type SelectableEntry } from '#lib/ui/list-entries.ts';

/** How long the list stays paused after the pointer left the list (ms). */
const POINTER_AWAY_MS = 2000;

export class Reader {
	/** The key of the selected entry: the id of its Alert, or the key of an episode. `null`: nothing is selected. */
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

	/** Returns the selected entry, or the closed episode that holds the selected Alert. `null`: nothing is selected. */
	entry(entries: readonly Entry[]): SelectableEntry | null {
		const entry = entries[indexOf(entries, this.selected)];
		return entry && isSelectable(entry) ? entry : null;
	}

	/** Returns the key of the entry after or before the selected one. If nothing is selected, returns the key of `first`. */
	step(entries: readonly Entry[], by: 1 | -1, first: SelectableEntry | undefined): string | null {
		const index = indexOf(entries, this.selected);
		if (index < 0) return (first ?? entries.find(isSelectable))?.key ?? null;
		for (let i = index + by; entries[i]; i += by) if (isSelectable(entries[i]!)) return entries[i]!.key;
		return entries[index]!.key;
	}

	/**
	 * Returns the key of the next entry after the entry `after` that needs a decision. If there is none after it,
	 * returns the key of the nearest such entry before it. Returns `null` if no entry needs a decision.
	 */
	nextUndecided(entries: readonly Entry[], after: string, decided: ReadonlySet<string>): string | null {
		const index = indexOf(entries, after);
		const needs = (entry: Entry): boolean =>
			isSelectable(entry) &&
			!(entry.kind === 'episode' && entry.opened) &&
			rowsOf(entry).some(
				(row) => !decided.has(row.alert.id) && row.leftAtMs === null && needsDecision(row.alert)
			);
		return (
			(entries.slice(index + 1).find(needs) ?? entries.slice(0, Math.max(0, index)).findLast(needs))?.key ??
			null
		);
	}
}
