// The Alert in the drawer: from the list where it is there, else from the server, and kept up to date by the feed.
import type { Alert } from '#lib/domain/alert.ts';
import { readAlert } from '#lib/ui/alerts-api.ts';
import type { LiveAlerts } from '#lib/ui/live-alerts.svelte.ts';

export class Opened {
	/** `undefined`: on its way. `null`: there is no such Alert. */
	alert = $state.raw<Alert | null | undefined>(undefined);
	#id: string | null = null;

	/** Shows the Alert of this id; `known` is what the list or the page has of it. */
	async show(id: string | null, known: Alert | null): Promise<void> {
		if (id === this.#id && this.alert) return;
		this.#id = id;
		this.alert = known ?? undefined;
		if (id === null || known) return;
		const read = await readAlert(id);
		if (this.#id === id) this.alert = read;
	}

	follow(live: LiveAlerts): () => void {
		return live.subscribe((changes, retracted) => {
			for (const { id, seq } of retracted)
				if (id === this.#id && seq > (this.alert?.seq ?? 0)) this.alert = null;
			for (const alert of changes)
				if (alert.id === this.#id && alert.version > (this.alert?.version ?? 0)) this.alert = alert;
		});
	}
}
