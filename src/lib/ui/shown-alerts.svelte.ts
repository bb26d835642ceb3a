// The list that a reader has before them: held still while they read, filled from the live feed while they do not.
import type { Alert } from '#lib/domain/alert.ts';
import type { AlertFilters } from '#lib/domain/alert-filter.ts';
import {
	EMPTY,
	append,
	arrange,
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

const SWEEP_MS = 1000;

export class ShownAlerts {
	#rows = $state.raw<Rows>(EMPTY);
	#nextCursor = $state.raw<string | null>(null);
	#reading = $state(false);
	readonly #live: LiveAlerts;
	readonly #clock: Clock;
	#view: View = { belongs: () => false, order: 'desk' };
	#filters: AlertFilters = {};
	#busy = false;
	/** The row under the hand: never taken away. */
	#keep: string | null = null;

	constructor(live: LiveAlerts, clock: Clock) {
		this.#live = live;
		this.#clock = clock;
	}

	get rows(): readonly Row[] {
		return this.#rows.shown;
	}

	get waiting(): { count: number; urgent: number } {
		let urgent = 0;
		for (const alert of this.#rows.waiting.values()) if (alert.priority === 1) urgent++;
		return { count: this.#rows.waiting.size, urgent };
	}

	/** Whether older rows can be had from the server. */
	get hasMore(): boolean {
		return this.#nextCursor !== null;
	}

	/** Opens the view of an address. A view of the desk is filled from what the browser holds already. */
	open(query: ListQuery, page: { items: readonly Alert[]; nextCursor: string | null }): void {
		this.#view = viewOf(query);
		this.#filters = query.filters;
		const ofDesk = this.#view.order === 'desk';
		if (ofDesk) this.#live.take(page.items);
		this.#nextCursor = ofDesk ? null : page.nextCursor;
		this.#rows = openView(ofDesk ? this.#live.desk : page.items, this.#view);
	}

	start(): () => void {
		const unsubscribe = this.#live.subscribe((changes, retracted) => {
			this.#rows = retractRows(this.#rows, retracted, this.#clock.exact());
			this.#arrange(changes);
		});
		const sweep = setInterval(() => {
			if (!this.#busy && this.rows.some((row) => row.goneAt !== null)) this.#arrange([]);
		}, SWEEP_MS);
		return () => {
			unsubscribe();
			clearInterval(sweep);
		};
	}

	/** While the reader is busy nothing moves; when they let go, what waits goes in. */
	setBusy(busy: boolean, keep: string | null): void {
		this.#keep = keep;
		if (busy === this.#busy) return;
		this.#busy = busy;
		if (!busy) this.#arrange([]);
	}

	/** Lets in what waits, because the reader asks for it. */
	bringIn(): void {
		this.#rows = arrange(this.#rows, [], this.#view, {
			following: true,
			now: this.#clock.exact(),
			keep: this.#keep
		});
	}

	/** Reads the next older page of a list that the browser does not hold whole. */
	async more(): Promise<void> {
		if (this.#reading || this.#nextCursor === null) return;
		this.#reading = true;
		const view = this.#view;
		const page = await readMore(toParams(this.#filters), this.#nextCursor);
		this.#reading = false;
		if (!page || view !== this.#view) return;
		this.#nextCursor = page.nextCursor;
		this.#rows = append(this.#rows, page.items, view);
	}

	#arrange(changes: readonly Alert[]): void {
		this.#rows = arrange(this.#rows, changes, this.#view, {
			following: !this.#busy,
			now: this.#clock.exact(),
			keep: this.#keep
		});
	}
}

function toParams(filters: AlertFilters): Record<string, string> {
	const params: Record<string, string> = {};
	for (const [name, value] of Object.entries(filters)) if (value !== undefined) params[name] = String(value);
	return params;
}
