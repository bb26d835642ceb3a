// Keeps the preview of a standing decision up to date: the browser asks for it when the person pauses.
import type { Verdict } from '#lib/domain/decision.ts';
import type { StandingWhen } from '#lib/domain/standing-decision/rule.ts';
import type { StandingPreview } from '#lib/domain/standing-decision/standing-decision.ts';
import { previewStanding } from '#lib/ui/standing-api.ts';

const PAUSE_MS = 300;

export class LiveStandingPreview {
	/** `null`: no preview of these conditions has arrived yet. */
	shown = $state.raw<StandingPreview | null>(null);
	/** Why there is no preview. Empty: there is no fault. */
	fault = $state('');
	isBusy = $state(false);
	#timer: ReturnType<typeof setTimeout> | undefined;
	/** The text of the conditions that were asked for last. */
	#asked = '';

	show(when: StandingWhen, verdict: Verdict): void {
		const asked = JSON.stringify([when, verdict]);
		if (asked === this.#asked) return;
		this.#asked = asked;
		clearTimeout(this.#timer);
		this.isBusy = true;
		this.#timer = setTimeout(() => void this.#read(asked, when, verdict), PAUSE_MS);
	}

	/** Shows a newer preview of the same conditions. */
	replace(preview: StandingPreview): void {
		this.shown = preview;
	}

	stop(): void {
		clearTimeout(this.#timer);
		this.#asked = '';
	}

	async #read(asked: string, when: StandingWhen, verdict: Verdict): Promise<void> {
		const answer = await previewStanding({ when, verdict });
		if (asked !== this.#asked) return;
		this.isBusy = false;
		this.shown = answer.ok ? answer.value : null;
		this.fault = answer.ok ? '' : (answer.faults[0]?.message ?? answer.message);
	}
}
