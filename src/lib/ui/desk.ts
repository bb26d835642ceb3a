// Stores the desk in the browser: the newest version of every Alert of the Supplier that needs a decision and is not
// journal (priority 4).
import type { Alert } from '#lib/domain/alert.ts';
import type { Retracted } from '#lib/domain/live-events.ts';
import { ViewCounter, type CountedView, type Counters } from './view-counter.ts';
import { DESK_FILTERS, isOnDesk } from './views.ts';

/**
 * How many removed Alerts the desk remembers, so that a late frame cannot put an old version of a removed Alert back.
 */
const MAX_REMEMBERED = 20_000;

export class Desk {
	readonly #alerts = new Map<string, Alert>();
	/** The last version of each Alert that left the desk, by Alert id. */
	readonly #leftVersions = new Map<string, number>();
	/**
	 * The feed number of each retraction, by Alert id. The desk ignores versions of the Alert with a lower feed number.
	 */
	readonly #retractedSeqs = new Map<string, number>();
	readonly #counter = new ViewCounter();

	get alerts(): IterableIterator<Alert> {
		return this.#alerts.values();
	}

	get ids(): string[] {
		return [...this.#alerts.keys()];
	}

	/** Returns the ids of the Alerts on the desk that are not in `ids`. */
	idsNotIn(ids: readonly string[]): string[] {
		const known = new Set(ids);
		return this.ids.filter((id) => !known.has(id));
	}

	/** Counts these views from now on. */
	countViews(views: readonly CountedView[]): void {
		this.#counter.set(views, this.#alerts.values());
	}

	/** Returns the counters of each view. */
	counters(): Record<string, Counters> {
		return this.#counter.counters();
	}

	/**
	 * Stores each Alert that is newer than the version on the desk. Returns the newer Alerts, and those of them that a
	 * person has to be told of: those that joined the desk for the first time, or came back with a notice.
	 */
	merge(alerts: Iterable<Alert>): { newer: Alert[]; joined: Alert[] } {
		const newer: Alert[] = [];
		const joined: Alert[] = [];
		for (const alert of alerts) {
			const stored = this.#alerts.get(alert.id);
			if (alert.version <= (stored?.version ?? this.#leftVersions.get(alert.id) ?? 0)) continue;
			if (alert.seq < (this.#retractedSeqs.get(alert.id) ?? 0)) continue;
			this.#retractedSeqs.delete(alert.id);
			newer.push(alert);
			if (stored) this.#counter.add(stored, -1);
			if (isOnDesk(alert)) {
				if (!stored && (alert.notice || !this.#leftVersions.has(alert.id))) joined.push(alert);
				this.#alerts.set(alert.id, alert);
				this.#leftVersions.delete(alert.id);
				this.#counter.add(alert, 1);
			} else {
				this.#alerts.delete(alert.id);
				if (alert.priority <= DESK_FILTERS.priority) remember(this.#leftVersions, alert.id, alert.version);
			}
		}
		return { newer, joined };
	}

	/**
	 * Removes retracted Alerts that have not come back. Call `retract` before `merge` with the changes of the same
	 * frame.
	 */
	retract(entries: Iterable<Retracted>): void {
		for (const { id, seq } of entries) {
			const stored = this.#alerts.get(id);
			if (stored && stored.seq > seq) continue;
			if (stored) this.#counter.add(stored, -1);
			this.#alerts.delete(id);
			remember(this.#retractedSeqs, id, Math.max(seq, this.#retractedSeqs.get(id) ?? 0));
		}
	}
}

/** Stores a value by id, and removes the oldest value above the limit. */
function remember(memory: Map<string, number>, id: string, value: number): void {
	memory.delete(id);
	memory.set(id, value);
	if (memory.size > MAX_REMEMBERED) memory.delete(memory.keys().next().value!);
}
