// One decision for all members of an episode, with every outcome that a reader can meet.
import { DecisionResult, type Verdict } from '#lib/domain/decision.ts';

export interface EpisodeDecision {
	episode: string;
	/** Of the episode as the reader saw it: members that came later stay open. */
	version: number;
	verdict: Verdict;
	reason: string;
	note: string | null;
}
export type EpisodeAnswer = { ok: true; done: number } | { ok: false; why: string };

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
			why: problem?.detail ?? `The server answered ${response.status}; nothing was recorded.`
		};
	} catch {
		return { ok: false, why: 'The server gave no answer that can be read: look again before you decide.' };
	}
}
