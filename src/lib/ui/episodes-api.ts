// Reads episodes, and sends one decision for all members of an episode. Returns every outcome that the page must show.
import { DecisionResult, type Verdict } from '#lib/domain/decision.ts';
import { EpisodePage, type Episode } from '#lib/domain/episode.ts';
import { callApi, type Answer } from './call-api.ts';

export interface EpisodeDecision {
	/** `null` reopens the Alerts. */
	verdict: Verdict | null;
	reason: string | null;
	note: string | null;
	episode: string;
	/** The version of the episode that the person saw. Members that joined later stay undecided. */
	version: number;
}

/** Decides the members of an episode. */
export const sendDecisions = (
	decision: EpisodeDecision
): Promise<Answer<{ done: string[]; conflicts: Array<{ id: string; version: number | null }> }>> =>
	callApi('/decisions', (body) => DecisionResult.parse(body), { method: 'POST', body: decision });

/** Reads the episodes with these ids, at most 100. An id without an episode is left out. */
export const readEpisodes = (ids: readonly string[]): Promise<Answer<Episode[]>> =>
	callApi(`/episodes?ids=${ids.join(',')}&limit=${ids.length}`, (body) => EpisodePage.parse(body).items, {
		method: 'GET'
	});
