// Moves through the list of the desk and the Alert that is open beside it, and says on which Alerts the keys act.
import { tick, untrack } from 'svelte';
import { goto } from '$app/navigation';
import { page } from '$app/state';
import type { Alert } from '#lib/domain/alert.ts';
import { rowsOf, type EpisodeEntry, type Mark, type SelectableEntry } from '#lib/ui/list-entries.ts';
import type { AlertPage } from '#lib/domain/live-events.ts';
import { ShownAlerts } from '#lib/ui/shown-alerts.svelte.ts';
import type { ListQuery } from '#lib/ui/views.ts';
import type { Console } from '../console.ts';
import { OpenAlert } from '../open-alert.svelte.ts';
import { Reader } from '../reader.svelte.ts';
import { withAlert } from './address.ts';

/** What the page needs of the list component. */
export interface ListHandle {
	focus(): void;
	reveal(key: string): void;
	firstVisible(): SelectableEntry | undefined;
}

export class DeskPage {
	readonly shown: ShownAlerts;
	readonly reader = new Reader();
	readonly opened = new OpenAlert();
	/** The list component. `undefined`: the page shows no list. */
	list = $state<ListHandle>();
	readonly #console: Console;

	constructor(console: Console) {
		this.#console = console;
		this.shown = new ShownAlerts(console.live, console.clock);
	}

	/** The id of the Alert that the address opens. `null`: no Alert is open. */
	get openId(): string | null {
		return page.url.searchParams.get('alert');
	}

	/** Opens the list that the address names. */
	openList(
		query: ListQuery,
		first: Pick<AlertPage, 'items' | 'nextCursor' | 'reachedAt'>,
		mark: Mark | null
	): void {
		untrack(() => {
			this.shown.open(query, first, mark);
			// The selection stays if its row is in the list. The selected row of another list must not pause this list.
			if (!this.openId && !this.reader.entry(this.shown.entries)) this.reader.selected = null;
		});
	}

	/** Opens the Alert that the address names. `loaded`: the Alert that came with the page. */
	openAlert(loaded: Alert | null): void {
		untrack(() => {
			const { openId } = this;
			const known =
				this.shown.rows.find((row) => row.alert.id === openId && !row.retracted)?.alert ??
				(loaded?.id === openId ? loaded : null);
			if (openId) this.reader.selected = openId;
			void this.opened.show(openId, known);
		});
	}

	/**
	 * Opens the Alert `id` beside the list; `null` closes the open Alert. Moving from one open Alert to the next adds
	 * no entry to the history.
	 */
	open(id: string | null): void {
		void goto(withAlert(page.url, id), {
			keepFocus: true,
			noScroll: true,
			replaceState: this.openId !== null && id !== null
		});
	}

	select(key: string | null): void {
		if (!key) return;
		this.reader.selected = key;
		void tick().then(() => this.list?.reveal(key));
		// The open Alert follows the selection. An episode has no detail beside the list.
		if (this.openId) this.open(this.entry?.kind === 'alert' ? key : null);
	}

	step(by: 1 | -1): void {
		this.select(this.reader.step(this.shown.entries, by, this.list?.firstVisible()));
	}

	pick(entry: SelectableEntry): void {
		this.reader.selected = entry.key;
		this.list?.focus();
		if (entry.kind === 'alert') this.open(entry.key);
		else this.shown.toggle(entry.id);
	}

	/** Opens or closes the selected entry: an Alert beside the list, an episode in place. */
	openOrClose(): void {
		const { entry } = this;
		if (this.openId) this.open(null);
		else if (entry?.kind === 'episode') this.shown.toggle(entry.id);
		else if (entry) this.open(entry.key);
	}

	/** The selected entry. `null`: nothing is selected. */
	get entry(): SelectableEntry | null {
		return this.reader.entry(this.shown.entries);
	}

	/** The selected episode, if no Alert is open. */
	get episode(): EpisodeEntry | null {
		const entry = this.openId ? null : this.entry;
		return entry?.kind === 'episode' ? entry : null;
	}

	/** The Alerts on which the keys act: the open Alert, or else those of the selected entry that wait. */
	get alerts(): Alert[] {
		if (this.openId) return this.opened.alert ? [this.opened.alert] : [];
		return this.entry ? waitingIn(this.entry) : [];
	}

	/** Selects the next entry that needs a decision after the decided one. */
	selectAfter(decided: ReadonlySet<string>): void {
		const after = this.openId ?? this.reader.selected;
		if (after === null) return;
		this.list?.focus();
		this.select(this.reader.nextUndecided(this.shown.entries, after, decided));
	}

	/** Shows the waiting Alerts, or leads to the most urgent one that joined the list off the screen. */
	showNew(): void {
		if (this.shown.waiting.count > 0) return this.shown.showWaiting();
		const key = this.shown.firstUnseen();
		if (key) this.list?.reveal(key);
	}

	/** Goes back one step: out of a field, out of a form, out of the open Alert, out of the selection. */
	stepBack(): void {
		const { triage } = this.#console;
		const field = document.activeElement;
		if (field instanceof HTMLElement && field.matches('input, textarea, select')) {
			field.blur();
			if (triage.choice) return;
		} else if (triage.choice) triage.cancel();
		else if (this.openId) this.open(null);
		else if (this.reader.selected) this.reader.selected = null;
		if (field instanceof HTMLElement && !this.openId && !this.reader.selected) field.blur();
	}
}

/** Returns the Alerts of an entry that a person can act on: the Alert of a row, or the waiting Alerts of an episode. */
export function waitingIn(entry: SelectableEntry): Alert[] {
	const rows = rowsOf(entry).filter((row) => !row.retracted);
	const waiting = entry.kind === 'episode' ? rows.filter((row) => row.leftAtMs === null) : rows;
	return waiting.map((row) => row.alert);
}
