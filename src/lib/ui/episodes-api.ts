// Sends one decision for all members of an episode, and returns every outcome that the page must show.
import { DecisionResult, type Verdict } from '#lib/domain/decision.ts';

export interface EpisodeDecision {
	episode: string;
	/** The version of the episode that the person saw. Members that joined later stay undecided. */
	version: number;
	verdict: Verdict;
	reason: string;
	note: string | null;
}
export type EpisodeAnswer = { ok: true; done: number } | { ok: false; message: string };

export async function decideEpisode(decision: EpisodeDecision): Promise<EpisodeAnswer> {
	try {
		const response = await fetch('/api/v1/decisions', {
			method: 'POST',
			credentials: 'same-origin',
			headers: { 'content-type': 'application/json' },
			body: JSON.stringify(decision)
		});
		if (response.ok) {
			const { done } = DecisionResult.parse(await response.json());
			return { ok: true, done: done.length };
		}
		const problem = (await response.json().catch(() => null)) as { detail?: string } | null;
		return {
			ok: false,
			message: problem?.detail ?? `The server answered ${response.status}. Nothing was recorded. Try again.`
		};
	} catch {
		return {
			ok: false,
			message: 'The answer of the server was lost or not readable. Check the episode before you decide again.'
		};
	}
}
