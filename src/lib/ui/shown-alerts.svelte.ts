// Holds the list that a person sees: its rows, and which episodes are open in place. The list pauses while the person
// reads, and otherwise follows the live feed.
import { SvelteMap, SvelteSet } from 'svelte/reactivity';
import type { AlertFilters } from '#lib/domain/alert-filter.ts';
import type { Alert } from '#lib/domain/alert.ts';
import {
	NO_ROWS,
	appendPage,
	applyChanges,
	changedRows,
	openView,
	retractRows,
	type Row,
	type Rows,
	type View
} from './alert-rows.ts';
import { readMore } from './alerts-api.ts';
import type { Clock } from './clock.svelte.ts';
import { entriesOf, isSelectable, rowsOf, type Entry } from './list-entries.ts';
import type { LiveAlerts } from './live-alerts.svelte.ts';
import { viewOf, type ListQuery } from './views.ts';

/** How often expired tombstones are removed (ms). */
const SWEEP_MS = 1000;

export class ShownAlerts {
	#rows = $state.raw<Rows>(NO_ROWS);
	#nextCursor = $state.raw<string | null>(null);
	#loading = $state(false);
	#order = $state<View['order']>('desk');
	/** The ids of the episodes that are open in place. */
	readonly #opened = new SvelteSet<string>();
	/** The priorities of the Alerts that joined the list and were not on the screen since, by id. */
	readonly #unseen = new SvelteMap<string, number>();
	/** What the list shows: bands of priority, lone Alerts, and episodes. */
	readonly entries = $derived(entriesOf(this.#rows.shown, this.#order, this.#opened));
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

	/** The rows that joined the list off the screen, and that the person has not seen yet. `urgent`: of priority 1. */
	get unseen(): { count: number; urgent: number } {
		let urgent = 0;
		for (const priority of this.#unseen.values()) if (priority === 1) urgent++;
		return { count: this.#unseen.size, urgent };
	}

	/** Returns the key of the most urgent entry that the person has not seen. `null`: the person has seen all. */
	firstUnseen(): string | null {
		for (const entry of this.entries)
			if (isSelectable(entry) && rowsOf(entry).some((row) => this.#unseen.has(row.alert.id)))
				return entry.key;
		return null;
	}

	/** Notes that the person has these entries on the screen. */
	noteSeen(entries: readonly Entry[]): void {
		if (this.#unseen.size === 0) return;
		for (const entry of entries)
			if (isSelectable(entry)) for (const row of rowsOf(entry)) this.#unseen.delete(row.alert.id);
	}

	/** Opens the view that an address names. A view of the desk takes its rows from the desk in the browser. */
	open(query: ListQuery, page: { items: readonly Alert[]; nextCursor: string | null }): void {
		this.#view = viewOf(query);
		this.#order = this.#view.order;
		this.#filters = query.filters;
		const isDeskView = this.#view.order === 'desk';
		if (isDeskView) this.#live.accept(page.items);
		this.#unseen.clear();
		this.#nextCursor = isDeskView ? null : page.nextCursor;
		this.#rows = openView(isDeskView ? this.#live.desk : page.items, this.#view);
	}

	/** Opens or closes an episode in place. */
	toggle(episodeId: string): void {
		if (!this.#opened.delete(episodeId)) this.#opened.add(episodeId);
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
		this.#apply([], true);
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

	#apply(changes: readonly Alert[], following = !this.#paused): void {
		const before = this.#rows;
		this.#rows = applyChanges(before, changes, this.#view, {
			following,
			nowMs: this.#clock.preciseNow(),
			keepId: this.#selectedId,
			opened: this.#opened
		});
		// While the browser reads the desk, Alerts that waited before it join the list.
		if (this.#order === 'desk' && this.#live.counts) this.#noteJoined(before, changes);
	}

	/** Notes which rows joined the list, and which unseen rows have left it. */
	#noteJoined(before: Rows, changes: readonly Alert[]): void {
		for (const { alert, leftAtMs } of changedRows(before, this.#rows, changes)) {
			if (leftAtMs !== null) this.#unseen.delete(alert.id);
			else this.#unseen.set(alert.id, alert.priority);
		}
	}
}

function toParams(filters: AlertFilters): Record<string, string> {
	const params: Record<string, string> = {};
	for (const [name, value] of Object.entries(filters)) if (value !== undefined) params[name] = String(value);
	return params;
}
