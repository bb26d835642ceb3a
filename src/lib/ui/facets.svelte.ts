// Holds the counts of the facets of the list, for the panel of facets and for the completion of the query box.
import type { AlertFacets } from '#lib/domain/alert-facets.ts';
import type { AlertFilters } from '#lib/domain/alert-filter.ts';
import { readFacets } from './alerts-api.ts';
import { toParams } from './views.ts';

/** Counts older than this are read again (ms). A count may take the server some seconds. */
const FRESH_MS = 30_000;

export class Facets {
	/** `null`: nothing has been counted yet. The counts of the last list stay until those of the next have arrived. */
	counts = $state.raw<AlertFacets | null>(null);
	loading = $state(false);
	failed = $state(false);
	#key = '';
	#readAtMs = -FRESH_MS;

	/** Reads the counts of a list, unless they are fresh. */
	async show(filters: AlertFilters): Promise<void> {
		const key = toParams(filters).toString();
		if (key === this.#key && (this.loading || performance.now() - this.#readAtMs < FRESH_MS)) return;
		this.#key = key;
		this.loading = true;
		const counts = await readFacets(filters).catch(() => null);
		if (key !== this.#key) return;
		this.loading = false;
		this.failed = counts === null;
		if (counts) this.counts = counts;
		this.#readAtMs = performance.now();
	}
}
