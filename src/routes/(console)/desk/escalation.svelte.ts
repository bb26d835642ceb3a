// Asks whom a person wants to page about an Alert or an episode of the desk, and keeps what happened.
import type { ComponentProps } from 'svelte';
import type { Console } from '../console.ts';
import type EscalateDialog from '../pager/EscalateDialog.svelte';
import type { DeskPage } from './desk-page.svelte.ts';

export class Escalation {
	/** What the person wants to page somebody about. `null`: nothing. */
	asked = $state.raw<Pick<ComponentProps<typeof EscalateDialog>, 'subject' | 'title' | 'open'> | null>(null);
	/** What happened, in words. */
	outcome = $state('');
	readonly #console: Console;

	constructor(console: Console) {
		this.#console = console;
	}

	/** Asks about the open Alert, or about the selected Alert or episode. */
	ask({ alerts: [alert], episode }: Pick<DeskPage, 'alerts' | 'episode'>): void {
		const { episodes, pager, triage } = this.#console;
		if (!alert || triage.choice || this.asked) return;
		const title = `${alert.code} ${alert.name}`;
		if (triage.whyNot) this.outcome = `${triage.whyNot}.`;
		else
			this.asked = episode
				? {
						subject: { episode: episode.id },
						title: episodes.get(episode.id)?.title ?? title,
						open: pager.ofEpisode(episode.id)
					}
				: { subject: { alert: alert.id }, title, open: pager.ofAlert(alert) };
	}

	end(outcome: string | null): void {
		this.asked = null;
		if (outcome) this.outcome = outcome;
	}
}
