// Holds the list that a person sees. The list pauses while the person reads, and otherwise follows the live feed.
import type { AlertFilters } from '#lib/domain/alert-filter.ts';
import type { Alert } from '#lib/domain/alert.ts';
import {
	NO_ROWS,
	appendPage,
	applyChanges,
	openView,
	retractRows,
	type Row,
	type Rows,
	type View
} from './alert-rows.ts';
import { readMore } from './alerts-api.ts';
import type { Clock } from './clock.svelte.ts';
import type { LiveAlerts } from './live-alerts.svelte.ts';
import { viewOf, type ListQuery } from './views.ts';

/** How often expired tombstones are removed (ms). */
const SWEEP_MS = 1000;

export class ShownAlerts {
	#rows = $state.raw<Rows>(NO_ROWS);
	#nextCursor = $state.raw<string | null>(null);
	#loading = $state(false);
	readonly #live: LiveAlerts;
	readonly #clock: Clock;
	#view: View = { belongs: () => false, order: 'desk' };
	#filters: AlertFilters = {};
	#paused = false;
	/** The id of the selected row, which is never removed. `null`: no row is selected. */
	#selectedId: string | null = null;

	constructor(live: LiveAlerts, clock: Clock) {
		this.#live = live;
		this.#clock = clock;
	}

	get rows(): readonly Row[] {
		return this.#rows.shown;
	}

	/** The number of waiting Alerts. `urgent` counts the waiting Alerts of priority 1. */
	get waiting(): { count: number; urgent: number } {
		let urgent = 0;
		for (const alert of this.#rows.waiting.values()) if (alert.priority === 1) urgent++;
		return { count: this.#rows.waiting.size, urgent };
	}

	/** Whether the server has older rows that are not loaded. */
	get hasMore(): boolean {
		return this.#nextCursor !== null;
	}

	/** Opens the view that an address names. A view of the desk takes its rows from the desk in the browser. */
	open(query: ListQuery, page: { items: readonly Alert[]; nextCursor: string | null }): void {
		this.#view = viewOf(query);
		this.#filters = query.filters;
		const isDeskView = this.#view.order === 'desk';
		if (isDeskView) this.#live.accept(page.items);
		this.#nextCursor = isDeskView ? null : page.nextCursor;
		this.#rows = openView(isDeskView ? this.#live.desk : page.items, this.#view);
	}

	start(): () => void {
		const unsubscribe = this.#live.subscribe((changes, retracted) => {
			this.#rows = retractRows(this.#rows, retracted, this.#clock.preciseNow());
			this.#apply(changes);
		});
		const sweep = setInterval(() => {
			if (!this.#paused && this.rows.some((row) => row.leftAtMs !== null)) this.#apply([]);
		}, SWEEP_MS);
		return () => {
			unsubscribe();
			clearInterval(sweep);
		};
	}

	/** Pauses the list while the person reads. When the pause ends, adds the waiting Alerts. */
	setPaused(paused: boolean, selectedId: string | null): void {
		this.#selectedId = selectedId;
		if (paused === this.#paused) return;
		this.#paused = paused;
		if (!paused) this.#apply([]);
	}

	/** Adds the waiting Alerts to the list, because the person asks for them. */
	showWaiting(): void {
		this.#rows = applyChanges(this.#rows, [], this.#view, {
			following: true,
			nowMs: this.#clock.preciseNow(),
			keepId: this.#selectedId
		});
	}

	/** Loads the next older page, if the server has older rows. */
	async loadMore(): Promise<void> {
		if (this.#loading || this.#nextCursor === null) return;
		this.#loading = true;
		const view = this.#view;
		const page = await readMore(toParams(this.#filters), this.#nextCursor);
		this.#loading = false;
		if (!page || view !== this.#view) return;
		this.#nextCursor = page.nextCursor;
		this.#rows = appendPage(this.#rows, page.items, view);
	}

	#apply(changes: readonly Alert[]): void {
		this.#rows = applyChanges(this.#rows, changes, this.#view, {
			following: !this.#paused,
			nowMs: this.#clock.preciseNow(),
			keepId: this.#selectedId
		});
	}
}

function toParams(filters: AlertFilters): Record<string, string> {
	const params: Record<string, string> = {};
	for (const [name, value] of Object.entries(filters)) if (value !== undefined) params[name] = String(value);
	return params;
}
