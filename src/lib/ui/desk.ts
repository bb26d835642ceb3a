// What is on the desk: every undecided Alert of the Supplier that is more than journal, each in its newest version.
import { matches } from '#lib/domain/alert-filter.ts';
import type { Alert } from '#lib/domain/alert.ts';
import { DESK, DESK_VIEWS, VIEWS, isOnDesk, type ViewName } from './views.ts';

/** How many that have left are remembered, so that a late frame does not put an old version back. */
const MOST_REMEMBERED = 20_000;

export class Desk {
	readonly #held = new Map<string, Alert>();
	/** Id and version of what has left the desk. */
	readonly #left = new Map<string, number>();
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
			news.push(alert);
			if (held) this.#count(held, -1);
			if (isOnDesk(alert)) {
				this.#held.set(alert.id, alert);
				this.#left.delete(alert.id);
				this.#count(alert, 1);
			} else {
				this.#held.delete(alert.id);
				if (alert.priority <= DESK.priority!) this.#remember(alert);
			}
		}
		return news;
	}

	/** Takes one away that the server no longer has. */
	forget(id: string): void {
		const held = this.#held.get(id);
		if (held) this.#count(held, -1);
		this.#held.delete(id);
	}

	#count(alert: Alert, by: 1 | -1): void {
		for (const name of DESK_VIEWS)
			if (matches(alert, VIEWS[name].filters)) this.#counts.set(name, this.#counts.get(name)! + by);
	}

	#remember(alert: Alert): void {
		this.#left.delete(alert.id);
		this.#left.set(alert.id, alert.version);
		if (this.#left.size > MOST_REMEMBERED) this.#left.delete(this.#left.keys().next().value!);
	}
}
