// Moves through the list of the desk and the Alert that is open beside it, and says on which Alerts the keys act.
import { tick, untrack } from 'svelte';
import { goto } from '$app/navigation';
import { page } from '$app/state';
import type { Alert } from '#lib/domain/alert.ts';
import type { Verdict } from '#lib/domain/decision.ts';
import type { Target } from '#lib/ui/bulk.svelte.ts';
import type { DeskForm } from '#lib/ui/desk-actions.svelte.ts';
import { waitingIn, type EpisodeEntry, type Mark, type SelectableEntry } from '#lib/ui/list-entries.ts';
import type { AlertPage } from '#lib/domain/live-events.ts';
import { idsOf } from '#lib/ui/selected.ts';
import { ShownAlerts } from '#lib/ui/shown-alerts.svelte.ts';
import type { ListQuery } from '#lib/ui/views.ts';
import * as messages from '#messages/actions.ts';
import type { Console } from '../console.ts';
import { OpenAlert } from '../open-alert.svelte.ts';
import { Reader } from '../reader.svelte.ts';
import { withAlert } from './address.ts';
import { Pause } from './pause.svelte.ts';
import { showWhenThere } from './show-when-there.ts';

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
	readonly pause: Pause;
	/** The list component. `undefined`: the page shows no list. */
	list = $state<ListHandle>();
	readonly #console: Console;
	/** The list that the address names. */
	#query: Pick<ListQuery, 'filters'> = { filters: {} };

	constructor(console: Console) {
		this.#console = console;
		this.pause = new Pause(console.clock);
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
			this.#query = query;
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
		this.#console.checked.endRange();
		this.select(this.#next(by));
	}

	#next(by: 1 | -1): string | null {
		return this.reader.step(this.shown.entries, by, this.list?.firstVisible());
	}

	/** Selects the current entry, or takes it out of the selection. */
	check(): void {
		const entry = this.entry ?? this.list?.firstVisible();
		if (!entry) return;
		this.reader.selected = entry.key;
		this.#console.checked.toggle(entry);
	}

	/** Moves one entry on and extends the selection up to it. */
	extend(by: 1 | -1): void {
		const from = this.entry?.key ?? null;
		const to = this.#next(by);
		if (!to) return;
		this.#console.checked.extend(this.shown.entries, from, to);
		this.select(to);
	}

	/** Selects or extends by mouse. `extends`: the range up to the entry. */
	checkEntry(entry: SelectableEntry, press: { extends: boolean }): void {
		const { checked } = this.#console;
		if (press.extends) checked.extend(this.shown.entries, this.entry?.key ?? null, entry.key);
		else checked.toggle(entry);
		this.reader.selected = entry.key;
		this.list?.focus();
	}

	/** Whether every Alert of the list is selected. */
	get isAllChecked(): boolean {
		const { checked } = this.#console;
		const rows = this.shown.rows.filter((row) => row.leftAtMs === null && !row.retracted);
		return rows.length > 0 && rows.every((row) => checked.has(row.alert.id));
	}

	/** Selects all Alerts of the list. If they are selected already, freezes all Alerts that match now. */
	checkAll(): void {
		const { checked } = this.#console;
		if (checked.frozen) return;
		if (this.isAllChecked) void checked.freeze(this.#query.filters);
		else checked.checkAll(this.shown.entries);
	}

	pick(entry: SelectableEntry): void {
		this.#console.checked.endRange();
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

	/** On what the keys act: the selection, or else the open Alert, or else the current entry. */
	get target(): Target {
		const { checked } = this.#console;
		return checked.isEmpty ? { alerts: this.alerts, frozen: null } : checked.target;
	}

	/** Opens the reasons for a verdict. */
	begin(verdict: Verdict): void {
		const { actions, bulk, checked, triage } = this.#console;
		const { alerts, frozen } = this.target;
		if (alerts.some(({ id }) => triage.isBusy(id))) return;
		if (!checked.isEmpty && !frozen && alerts.length === 0) return bulk.say(messages.others_decided());
		actions.close();
		bulk.report = null;
		triage.begin(alerts, verdict, frozen);
	}

	/** Sends the decision, and goes on to the next entry that needs one. */
	confirm(): void {
		const { checked, triage } = this.#console;
		const { choice } = triage;
		if (!choice || !triage.confirm()) return;
		checked.clear();
		this.selectAfter(idsOf(choice.alerts));
	}

	/** Opens the form of an action. */
	act(kind: DeskForm['kind']): void {
		const { actions, checked } = this.#console;
		actions.open(kind, this.target, checked.isEmpty ? (this.episode?.id ?? null) : null);
	}

	/** The Alerts of the current entry: the open Alert, or else those of the selected entry that wait. */
	get alerts(): Alert[] {
		if (this.openId) return this.opened.alert ? [this.opened.alert] : [];
		return this.entry ? waitingIn(this.entry) : [];
	}

	/** Opens the page of the Device of the open Alert, or of the current entry. */
	followDevice(): void {
		const [alert] = this.alerts;
		if (alert) void goto(`/devices/${encodeURIComponent(alert.deviceId)}`);
	}

	/** Shows the timeline of the open Alert, or of the current one. */
	showTimeline(): void {
		const { entry } = this;
		if (!this.openId && entry?.kind === 'alert') this.open(entry.key);
		if (this.openId || entry?.kind === 'alert') showWhenThere('[data-timeline], #timeline-title');
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

	/** Goes back one step: out of a field, a form, a report, the open Alert, the selection, the current entry. */
	stepBack(): void {
		const { actions, bulk, checked, triage } = this.#console;
		const isForm = triage.choice !== null || actions.form !== null;
		const field = document.activeElement;
		if (field instanceof HTMLElement && field.matches('input,textarea,select')) {
			field.blur();
			if (isForm) return;
		} else if (triage.choice) triage.cancel();
		else if (actions.form) actions.close();
		else if (bulk.report && !bulk.report.progress) bulk.report = null;
		else if (this.openId) this.open(null);
		else if (!checked.isEmpty) checked.clear();
		else if (this.reader.selected) this.reader.selected = null;
		if (field instanceof HTMLElement && !this.openId && !this.reader.selected) field.blur();
	}
}
