// Holds the selection: the Alerts whose select boxes are checked, by id, or the Alerts that the server froze. An update, a
// new page or another filter never changes the selection; only the person does.
import type { AlertFilters } from '#lib/domain/alert-filter.ts';
import type { Alert } from '#lib/domain/alert.ts';
import type { Selection } from '#lib/domain/desk/selection.ts';
import * as messages from '#messages/actions.ts';
import type { Bulk, Target } from './bulk.svelte.ts';
import { whyRefused } from './call-api.ts';
import { freeze } from './desk-api.ts';
import { indexOf, isSelectable, waitingIn, type Entry, type SelectableEntry } from './list-entries.ts';
import type { LiveAlerts } from './live-alerts.svelte.ts';
import {
	NONE_SELECTED,
	isDecidedSince,
	withAlerts,
	withNewer,
	withoutAlerts,
	type SelectedAlerts
} from './selected.ts';

/** Whether all, some or none of the Alerts of an entry are selected. */
export type Checked = 'true' | 'mixed' | 'false';

export class CheckedAlerts {
	#alerts = $state.raw<SelectedAlerts>(NONE_SELECTED);
	/** The selection that the server froze. `null`: the selection is by id. */
	frozen = $state.raw<Selection | null>(null);
	isFreezing = $state(false);
	/** The entry from which a range extends, and the selection without the range. `null`: no range is extended. */
	#range: { anchor: string; base: SelectedAlerts } | null = null;
	readonly #bulk: Bulk;

	constructor(bulk: Bulk) {
		this.#bulk = bulk;
	}

	get size(): number {
		return this.frozen?.count ?? this.#alerts.size;
	}

	get isEmpty(): boolean {
		return this.frozen === null && this.#alerts.size === 0;
	}

	/** What an action on the selection acts on: not the Alerts that another person has decided since they were selected. */
	get target(): Target {
		if (this.frozen) return { alerts: [], frozen: this.frozen };
		const selected = [...this.#alerts.values()];
		return {
			alerts: selected.filter((one) => !isDecidedSince(one)).map(({ alert }) => alert),
			frozen: null
		};
	}

	/** The number of selected Alerts that another person has decided since. */
	get decidedSince(): number {
		return [...this.#alerts.values()].filter(isDecidedSince).length;
	}

	/** The number of selected Alerts that are not among these entries. */
	outside(ids: ReadonlySet<string>): number {
		let count = 0;
		for (const id of this.#alerts.keys()) if (!ids.has(id)) count++;
		return count;
	}

	has(id: string): boolean {
		return this.#alerts.has(id);
	}

	stateOf(entry: SelectableEntry): Checked {
		if (entry.kind === 'alert') return this.#alerts.has(entry.row.alert.id) ? 'true' : 'false';
		const alerts = waitingIn(entry);
		const checked = alerts.filter(({ id }) => this.#alerts.has(id)).length;
		return checked === 0 ? 'false' : checked === alerts.length ? 'true' : 'mixed';
	}

	/** Selects an entry, or takes it out of the selection. An episode stands for its waiting Alerts. */
	toggle(entry: SelectableEntry): void {
		const change = this.stateOf(entry) === 'true' ? withoutAlerts : withAlerts;
		const next = change(this.#alerts, waitingIn(entry));
		this.#range = { anchor: entry.key, base: next };
		this.#set(next);
	}

	/** Extends the selection from its anchor, or else from the entry `from`, up to the entry `to`. */
	extend(entries: readonly Entry[], from: string | null, to: string): void {
		this.#range ??= { anchor: from ?? to, base: this.#alerts };
		const { anchor, base } = this.#range;
		const [a, b] = [indexOf(entries, anchor), indexOf(entries, to)];
		if (b < 0) return;
		const [first, last] = a < 0 ? [b, b] : [Math.min(a, b), Math.max(a, b)];
		this.#set(withAlerts(base, waitingAmong(entries.slice(first, last + 1))));
	}

	/** Ends the extension of a range: the next one begins where the person is then. */
	endRange(): void {
		this.#range = null;
	}

	/** Selects all Alerts of the list that are not tombstones. */
	checkAll(entries: readonly Entry[]): void {
		this.#range = null;
		this.#set(withAlerts(this.#alerts, waitingAmong(entries)));
	}

	/** Freezes all Alerts that match the filters now, also those that the list has not loaded. */
	async freeze(filters: AlertFilters): Promise<void> {
		if (this.isFreezing) return;
		this.isFreezing = true;
		const answer = await freeze(filters);
		this.isFreezing = false;
		if (answer.ok) this.frozen = answer.value;
		else this.#bulk.say(messages.not_selected({ why: whyRefused(answer) }));
	}

	clear(): void {
		this.#range = null;
		this.#set(NONE_SELECTED);
	}

	/** Takes note of newer versions of the selected Alerts. Returns the function that unsubscribes. */
	follow(live: LiveAlerts): () => void {
		return live.subscribe((changes) => {
			this.#alerts = withNewer(this.#alerts, changes);
		});
	}

	#set(next: SelectedAlerts): void {
		this.frozen = null;
		this.#alerts = next;
	}
}

/** Returns the Alerts of these entries that wait. A tombstone is not among them. */
const waitingAmong = (entries: readonly Entry[]): Alert[] =>
	entries.flatMap((entry) =>
		isSelectable(entry) && !(entry.kind === 'alert' && entry.row.leftAtMs !== null) ? waitingIn(entry) : []
	);
