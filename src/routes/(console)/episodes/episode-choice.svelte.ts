// Holds a decision on an episode that is not confirmed yet. The decision covers the episode as it was when the person
// chose the verdict, so that members that join later are not decided unseen.
import type { Alert } from '#lib/domain/alert.ts';
import { REASONS, type ReasonCode, type Verdict } from '#lib/domain/decision.ts';
import type { Episode } from '#lib/domain/episode.ts';
import type { EpisodeDecision } from '#lib/ui/episodes-api.ts';

export class EpisodeChoice {
	/** The episode to decide. `null`: the reason form is closed. */
	episode = $state.raw<Episode | null>(null);
	verdict = $state<Verdict>('ignorable');
	reason = $state.raw<ReasonCode | null>(null);
	note = $state('');
	fault = $state('');
	#hasCandidate = false;

	begin(episode: Episode, members: readonly Alert[], verdict: Verdict): void {
		this.episode = episode;
		this.verdict = verdict;
		this.reason = null;
		this.note = this.fault = '';
		this.#hasCandidate = members.some((alert) => alert.candidates.length > 0);
	}

	cancel(): void {
		this.episode = null;
	}

	/** Says why a reason cannot be chosen for this episode. Returns `null` if the reason can be chosen. */
	whyUnavailable(reason: ReasonCode): string | null {
		if (!reason.needsCandidate || this.#hasCandidate) return null;
		return `"${reason.label}" needs a candidate Service Request, and no member has one.`;
	}

	/** Chooses the reason with the digit key `key`. */
	pick(key: string): void {
		const reason = this.episode && REASONS[this.verdict].find((r) => r.key === key);
		if (!reason) return;
		this.fault = this.whyUnavailable(reason) ?? '';
		this.reason = this.fault ? null : reason;
	}

	/**
	 * Returns the decision to send, and closes the form. Returns `null` if the decision cannot be sent; `fault` then
	 * says why.
	 */
	confirm(fresh: boolean): EpisodeDecision | null {
		const { episode, reason, verdict } = this;
		if (!episode) return null;
		const note = this.note.trim();
		if (!reason) this.fault = 'Choose a reason: 1 to 9.';
		else if (reason.noteRequired && !note) this.fault = 'This reason needs a note.';
		else if (!fresh) this.fault = 'Not decided: the list is stale. Wait until the list is live.';
		else {
			this.episode = null;
			return {
				episode: episode.id,
				version: episode.version,
				verdict,
				reason: reason.code,
				note: note || null
			};
		}
		return null;
	}
}
