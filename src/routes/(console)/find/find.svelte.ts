// Holds how a person finds Alerts in the list: the filters of the address, and the panel of facets.
import { goto } from '$app/navigation';
import { page } from '$app/state';
import type { AlertFilters } from '#lib/domain/alert-filter.ts';
import type { Given } from '#lib/ui/alert-query/fields.ts';
import { Facets } from '#lib/ui/facets.svelte.ts';
import { keep, kept } from '#lib/ui/kept.ts';
import { withGiven } from '#lib/ui/views.ts';

const STORED_AS = 'facets';
/** How often an open panel counts again (ms). */
const COUNT_MS = 30_000;

export class Find {
	readonly facets = new Facets();
	/** Whether the panel of facets is open. The browser remembers it. */
	panel = $state(false);

	/**
	 * Opens the panel if it was open at the last visit, and keeps the counts of an open panel up to date. In a narrow
	 * window the panel would cover the list. `filtersOf`: returns the filters of the list.
	 */
	start(filtersOf: () => AlertFilters): () => void {
		this.panel = kept(STORED_AS) === 'open' && matchMedia('(min-width: 1024px)').matches;
		const count = (): void => {
			if (this.panel && !document.hidden) void this.facets.show(filtersOf());
		};
		const timer = setInterval(count, COUNT_MS);
		return () => clearInterval(timer);
	}

	toggle(): void {
		this.panel = !this.panel;
		keep(STORED_AS, this.panel ? 'open' : 'closed');
	}

	/** Puts filters into the address. `typing`: they replace their shorter form in the history. */
	apply(given: Given, typing = false): void {
		const url = withGiven(page.url, given);
		if (url.search !== page.url.search)
			void goto(url, { keepFocus: true, noScroll: true, replaceState: typing });
	}
}
