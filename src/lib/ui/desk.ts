// What is on the desk: every undecided Alert of the Supplier that is more than journal, each in its newest version.
import { matches } from '#lib/domain/alert-filter.ts';
import type { Alert } from '#lib/domain/alert.ts';
import type { Retracted } from '#lib/domain/live-events.ts';
import { DESK, DESK_VIEWS, VIEWS, isOnDesk, type ViewName } from './views.ts';

/** How many that have left are remembered, so that a late frame does not put an old version back. */
const MOST_REMEMBERED = 20_000;

export class Desk {
	readonly #held = new Map<string, Alert>();
	/** Id and version of what has left the desk. */
	readonly #left = new Map<string, number>();
	/** Id and number in the feed of what was retracted: what is older of it comes too late. */
	readonly #retracted = new Map<string, number>();
	readonly #counts = new Map<ViewName, number>(DESK_VIEWS.map((name) => [name, 0]));

	get alerts(): IterableIterator<Alert> {
		return this.#held.values();
	}

	get ids(): string[] {
		return [...this.#held.keys()];
	}

	/** The ids that are held and are not among these. */
	without(ids: readonly string[]): string[] {
		const known = new Set(ids);
		return this.ids.filter((id) => !known.has(id));
	}

	/** How many Alerts each view holds. */
	counts(): Partial<Record<ViewName, number>> {
		return Object.fromEntries(this.#counts);
	}

	/** Takes each Alert whose version is news and returns those. */
	merge(alerts: Iterable<Alert>): Alert[] {
		const news: Alert[] = [];
		for (const alert of alerts) {
			const held = this.#held.get(alert.id);
			if (alert.version <= (held?.version ?? this.#left.get(alert.id) ?? 0)) continue;
			if (alert.seq < (this.#retracted.get(alert.id) ?? 0)) continue;
			this.#retracted.delete(alert.id);
			news.push(alert);
			if (held) this.#count(held, -1);
			if (isOnDesk(alert)) {
				this.#held.set(alert.id, alert);
				this.#left.delete(alert.id);
				this.#count(alert, 1);
			} else {
				this.#held.delete(alert.id);
				if (alert.priority <= DESK.priority!) remember(this.#left, alert.id, alert.version);
			}
		}
		return news;
	}

	/** Takes away what was retracted, unless it has come back since. Before what came with it is merged. */
	retract(entries: Iterable<Retracted>): void {
		for (const { id, seq } of entries) {
			const held = this.#held.get(id);
			if (held && held.seq > seq) continue;
			if (held) this.#count(held, -1);
			this.#held.delete(id);
			remember(this.#retracted, id, Math.max(seq, this.#retracted.get(id) ?? 0));
		}
	}

	#count(alert: Alert, by: 1 | -1): void {
		for (const name of DESK_VIEWS)
			if (matches(alert, VIEWS[name].filters)) this.#counts.set(name, this.#counts.get(name)! + by);
	}
}

function remember(memory: Map<string, number>, id: string, value: number): void {
	memory.delete(id);
	memory.set(id, value);
	if (memory.size > MOST_REMEMBERED) memory.delete(memory.keys().next().value!);
}
