// Counts the Alerts of the desk in each view: all, and those that are new since the person last looked.
import { matches, type AlertFilters } from '#lib/domain/alert-filter.ts';
import type { Alert } from '#lib/domain/alert.ts';
import { compareIds } from './alert-rows.ts';

export interface CountedView {
	/** The name of a view that every desk has, or the id of a saved view. */
	key: string;
	/** The filters for the person who looks, which the browser can judge and which do not change with the time. */
	filters: AlertFilters;
	/** The person has seen the Alerts up to this id; `null`: the person has never looked. */
	seenId: string | null;
}

export interface Counters {
	open: number;
	/** `null`: the person has never looked. */
	fresh: number | null;
}

export class ViewCounter {
	#views: Array<CountedView & { open: number; fresh: number }> = [];

	/** Counts these views from now on. `alerts`: the whole desk. */
	set(views: readonly CountedView[], alerts: Iterable<Alert>): void {
		this.#views = views.map((view) => ({ ...view, open: 0, fresh: 0 }));
		for (const alert of alerts) this.add(alert, 1);
	}

	/** Counts an Alert that joined the desk, or with -1 one that left it. */
	add(alert: Alert, by: 1 | -1): void {
		for (const view of this.#views)
			if (matches(alert, view.filters)) {
				view.open += by;
				if (view.seenId !== null && compareIds(alert.id, view.seenId) > 0) view.fresh += by;
			}
	}

	/** Returns the counters by the keys of the views. */
	counters(): Record<string, Counters> {
		return Object.fromEntries(
			this.#views.map(({ key, open, fresh, seenId }) => [
				key,
				{ open, fresh: seenId === null ? null : fresh }
			])
		);
	}
}
