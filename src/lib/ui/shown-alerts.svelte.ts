// Holds the list that a person sees: its rows, and which episodes are open in place. The list pauses while the person
// reads, and otherwise follows the live feed.
import { SvelteMap, SvelteSet } from 'svelte/reactivity';
import { needsServer, type AlertFilters } from '#lib/domain/alert-filter.ts';
import type { Alert } from '#lib/domain/alert.ts';
import {
	NO_ROWS,
	appendPage,
	applyChanges,
	changedRows,
	compareIds,
	judgeAgain,
	openView,
	retractRows,
	type Row,
	type Rows,
	type View
} from './alert-rows.ts';
import { readMore } from './alerts-api.ts';
import type { Clock } from './clock.svelte.ts';
import { entriesOf, isSelectable, rowsOf, type Entry, type Mark } from './list-entries.ts';
import type { LiveAlerts } from './live-alerts.svelte.ts';
import { hasAges, viewOf, type ListQuery } from './views.ts';

/** How often expired tombstones are removed (ms). */
const SWEEP_MS = 1000;
/** How often a list with ages takes in the Alerts that have reached or left their age (ms). */
const AGE_MS = 15_000;
/** A search goes on by itself until the list has this number of rows. */
const ENOUGH_ROWS = 60;

/** How far the server has searched for the rows of the list. */
export interface Search {
	/** The time down to which the list is complete; `null`: the server has not searched for long. */
	reachedAt: string | null;
	loading: boolean;
	/** Whether the list has all its rows. */
	ended: boolean;
	failed: boolean;
}

export class ShownAlerts {
	#rows = $state.raw<Rows>(NO_ROWS);
	#nextCursor = $state.raw<string | null>(null);
	#loading = $state(false);
	#reachedAt = $state.raw<string | null>(null);
	#failed = $state(false);
	/**
	 * The Alerts that the server chose, for a list with filters that only the server can judge. `null`: the browser
	 * judges all filters, and the list is live.
	 */
	#chosen: SvelteSet<string> | null = null;
	/** The ids of changed Alerts that may belong to a list that is not live. */
	readonly #missed = new SvelteSet<string>();
	#order = $state<View['order']>('desk');
	/** How far the person has looked at this view before. `null`: the list shows no line. */
	#mark = $state.raw<Mark | null>(null);
	/** The ids of the episodes that are open in place. */
	readonly #opened = new SvelteSet<string>();
	/** The priorities of the Alerts that joined the list and were not on the screen since, by id. */
	readonly #unseen = new SvelteMap<string, number>();
	/** What the list shows: bands of priority, lone Alerts, and episodes. */
	readonly entries = $derived(entriesOf(this.#rows.shown, this.#order, this.#opened, this.#mark));
	readonly #live: LiveAlerts;
	readonly #clock: Clock;
	#view: View = { belongs: () => false, order: 'desk' };
	/** The view as far as the browser judges it. */
	#judged: View = this.#view;
	#filters = $state.raw<AlertFilters>({});
	#paused = false;
	/** The id of the selected row, which is never removed. `null`: no row is selected. */
	#selectedId: string | null = null;

	constructor(live: LiveAlerts, clock: Clock) {
		this.#live = live;
		this.#clock = clock;
	}

	/** The number of changed Alerts that may belong to this list. `null`: the list is live, and shows each of them. */
	get missed(): number | null {
		return this.#filters && needsServer(this.#filters) ? this.#missed.size : null;
	}

	/** The id up to which the person has seen all Alerts of this list. `null`: the list has none. */
	get seenUpTo(): string | null {
		const ids = this.rows.map((row) => row.alert.id);
		if (this.#order === 'desk') for (const { id } of this.#live.desk) ids.push(id);
		let last: string | null = null;
		for (const id of ids) if (last === null || compareIds(id, last) > 0) last = id;
		let firstWaiting: string | null = null;
		for (const id of this.#rows.waiting.keys())
			if (firstWaiting === null || compareIds(id, firstWaiting) < 0) firstWaiting = id;
		return firstWaiting === null ? last : String(BigInt(firstWaiting) - 1n);
	}

	get search(): Search {
		return {
			reachedAt: this.#reachedAt,
			loading: this.#loading,
			ended: this.#nextCursor === null,
			failed: this.#failed
		};
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
	open(
		query: ListQuery,
		page: { items: readonly Alert[]; nextCursor: string | null; reachedAt?: string | undefined },
		mark: Mark | null = null
	): void {
		this.#mark = mark;
		const looking = () => ({ callerId: this.#live.callerId, nowMs: this.#clock.preciseNow() });
		const judged = viewOf(query, looking);
		const chosen = needsServer(query.filters) ? new SvelteSet(page.items.map(({ id }) => id)) : null;
		this.#chosen = chosen;
		this.#judged = judged;
		this.#view = chosen
			? { ...judged, belongs: (alert) => chosen.has(alert.id) && judged.belongs(alert) }
			: judged;
		this.#order = judged.order;
		this.#filters = query.filters;
		const isOfDesk = judged.order === 'desk' && !chosen;
		if (judged.order === 'desk') this.#live.accept(page.items);
		this.#unseen.clear();
		this.#missed.clear();
		this.#failed = false;
		this.#nextCursor = isOfDesk ? null : page.nextCursor;
		this.#reachedAt = isOfDesk ? null : (page.reachedAt ?? null);
		this.#rows = openView(isOfDesk ? this.#live.desk : page.items, this.#view);
		void this.#goOn();
	}

	/** Opens or closes an episode in place. */
	toggle(episodeId: string): void {
		if (!this.#opened.delete(episodeId)) this.#opened.add(episodeId);
	}

	start(): () => void {
		const unsubscribe = this.#live.subscribe((changes, retracted) => {
			this.#rows = retractRows(this.#rows, retracted, this.#clock.preciseNow());
			// Until the browser has read the whole desk, the Alerts of the desk are not new.
			this.#apply(changes, !this.#paused || !this.#live.counters);
			// While the browser reads the desk, Alerts of before arrive too.
			if (this.#chosen && this.#live.counters)
				for (const alert of changes)
					if (!this.#chosen.has(alert.id) && this.#judged.belongs(alert)) this.#missed.add(alert.id);
		});
		const sweep = setInterval(() => {
			if (!this.#paused && this.rows.some((row) => row.leftAtMs !== null)) this.#apply([]);
		}, SWEEP_MS);
		const ages = setInterval(() => {
			if (!hasAges(this.#filters)) return;
			this.#rows = judgeAgain(this.#rows, this.#view, this.#clock.preciseNow());
			if (this.#order === 'desk') this.#apply([...this.#live.desk]);
		}, AGE_MS);
		return () => {
			unsubscribe();
			clearInterval(sweep);
			clearInterval(ages);
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
		await this.#loadPage();
		await this.#goOn();
	}

	/** Loads pages until the list has this number of rows, or has ended. A list of the desk is then whole. */
	async loadUntil(rows: number): Promise<void> {
		if (this.#order === 'desk') await this.#live.whole;
		while (this.rows.length < rows && (await this.#loadPage()));
	}

	/** Goes on with a search that found few rows, and with a list of the desk, which stands in bands. */
	async #goOn(): Promise<void> {
		while (
			(this.#reachedAt !== null && this.rows.length < ENOUGH_ROWS) ||
			(this.#order === 'desk' && this.#nextCursor !== null)
		)
			if (!(await this.#loadPage())) return;
	}

	/** Returns whether one more page was added. */
	async #loadPage(): Promise<boolean> {
		if (this.#loading || this.#nextCursor === null) return false;
		this.#loading = true;
		const judged = this.#judged;
		const page = await readMore(this.#filters, this.#nextCursor).catch(() => null);
		this.#loading = false;
		if (judged !== this.#judged) {
			void this.#goOn();
			return false;
		}
		this.#failed = page === null;
		if (!page) return false;
		this.#nextCursor = page.nextCursor;
		this.#reachedAt = page.reachedAt ?? null;
		for (const { id } of page.items) this.#chosen?.add(id);
		if (this.#order === 'desk') this.#apply(page.items, true);
		else this.#rows = appendPage(this.#rows, page.items, this.#view);
		return true;
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
		if (this.#order === 'desk' && this.#live.counters) this.#noteJoined(before, changes);
	}

	/** Notes which rows joined the list, and which unseen rows have left it. */
	#noteJoined(before: Rows, changes: readonly Alert[]): void {
		for (const { alert, leftAtMs } of changedRows(before, this.#rows, changes)) {
			if (leftAtMs !== null) this.#unseen.delete(alert.id);
			else this.#unseen.set(alert.id, alert.priority);
		}
	}
}
