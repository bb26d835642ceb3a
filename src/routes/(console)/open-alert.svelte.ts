// Holds the open Alert. The Alert comes from the list or else from the server, and the feed keeps the Alert up to date.
import type { Alert } from '#lib/domain/alert.ts';
import { readAlert } from '#lib/ui/alerts-api.ts';
import type { LiveAlerts } from '#lib/ui/live-alerts.svelte.ts';

export class OpenAlert {
	/** The open Alert. `undefined`: the Alert is loading. `null`: the Alert does not exist for this Supplier. */
	alert = $state.raw<Alert | null | undefined>(undefined);
	#id: string | null = null;

	/**
	 * Opens the Alert `id`; `null` closes the open Alert. `known`: the Alert, if the list or the page has it; otherwise
	 * `null`.
	 */
	async show(id: string | null, known: Alert | null): Promise<void> {
		if (id === this.#id && this.alert) return;
		this.#id = id;
		this.alert = known ?? undefined;
		if (id === null || known) return;
		const read = await readAlert(id);
		if (this.#id === id) this.alert = read;
	}

	/** Applies the changes of the feed to the open Alert. Returns the function that unsubscribes. */
	follow(live: LiveAlerts): () => void {
		return live.subscribe((changes, retracted) => {
			for (const { id, seq } of retracted)
				if (id === this.#id && seq > (this.alert?.seq ?? 0)) this.alert = null;
			for (const alert of changes)
				if (alert.id === this.#id && alert.version > (this.alert?.version ?? 0)) this.alert = alert;
		});
	}
}
