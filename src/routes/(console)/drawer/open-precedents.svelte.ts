// Loads the earlier decisions on the pattern of the open Alert, and loads them again at each new version.
import type { Precedents } from '#lib/domain/precedent.ts';
import { readPrecedents } from '#lib/ui/alerts-api.ts';

export class OpenPrecedents {
	/** The earlier decisions. `undefined`: they are loading. `null`: they could not be loaded. */
	value = $state.raw<Precedents | null | undefined>(undefined);
	#alertId: string | null = null;

	/** Loads the decisions on the pattern of an Alert. Returns the function that ends the loading. */
	load(alertId: string): () => void {
		// A new version of the same Alert keeps the decisions on the screen until the new ones arrive.
		if (alertId !== this.#alertId) this.value = undefined;
		this.#alertId = alertId;
		let current = true;
		void readPrecedents(alertId).then((read) => {
			if (current) this.value = read;
		});
		return () => (current = false);
	}
}
