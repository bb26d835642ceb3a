// Holds a decision on an episode that is not confirmed yet. The decision covers the episode as it was when the person
// chose the verdict, so that members that join later are not decided unseen.
import type { Alert } from '#lib/domain/alert.ts';
import type { ReasonCode, Verdict } from '#lib/domain/decision.ts';
import type { Episode } from '#lib/domain/episode.ts';
import { reasonName } from '#lib/ui/alert-words.ts';
import { chooseVerdict, confirmChoice, pickReason, type DecisionChoice } from '#lib/ui/decision-choice.ts';
import type { EpisodeDecision } from '#lib/ui/episodes-api.ts';
import * as messages from '#messages/episodes.ts';

export class EpisodeChoice {
	/** The episode to decide. `null`: the reason form is closed. */
	episode = $state.raw<Episode | null>(null);
	chosen = $state.raw<DecisionChoice>(chooseVerdict('ignorable'));
	#hasCandidate = false;

	begin(episode: Episode, members: readonly Alert[], verdict: Verdict): void {
		this.episode = episode;
		this.chosen = chooseVerdict(verdict);
		this.#hasCandidate = members.some((alert) => alert.candidates.length > 0);
	}

	cancel(): void {
		this.episode = null;
	}

	/** Says why a reason cannot be chosen for this episode. Returns `null` if the reason can be chosen. */
	whyUnavailable(reason: ReasonCode): string | null {
		if (!reason.needsCandidate || this.#hasCandidate) return null;
		return messages.needs_candidate({ reason: reasonName({ reason: reason.code }) });
	}

	/** Chooses the reason with the digit key `key`. */
	pick(key: string): void {
		if (this.episode) this.chosen = pickReason(this.chosen, key, (reason) => this.whyUnavailable(reason));
	}

	setNote(note: string): void {
		this.chosen = { ...this.chosen, note, fault: null };
	}

	/**
	 * Returns the decision to send, and closes the form. Returns `null` if the decision cannot be sent; the choice then
	 * says why.
	 */
	confirm(fresh: boolean): EpisodeDecision | null {
		const { episode } = this;
		if (!episode) return null;
		const { decision, fault } = confirmChoice(this.chosen, fresh);
		if (!decision) {
			this.chosen = { ...this.chosen, fault };
			return null;
		}
		this.episode = null;
		return { episode: episode.id, version: episode.version, ...decision };
	}
}
