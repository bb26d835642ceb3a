// Asks whom a person wants to page about an Alert or an episode of the desk, and keeps what happened.
import type { ComponentProps } from 'svelte';
import * as messages from '#messages/actions.ts';
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

	/**
	 * Asks about the selection if it is one Alert, or else about the open Alert or the current entry. A page is about one
	 * Alert or one episode, so that a larger selection has no page.
	 */
	ask(desk: Pick<DeskPage, 'alerts' | 'episode' | 'target'>): void {
		const { bulk, checked, episodes, pager, triage } = this.#console;
		const selected = checked.isEmpty ? null : desk.target;
		if (selected && (selected.frozen || selected.alerts.length !== 1)) return bulk.say(messages.page_one());
		const [alert] = (selected ?? desk).alerts;
		const episode = selected ? null : desk.episode;
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
