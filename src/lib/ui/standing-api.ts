// Calls the API of standing decisions from the browser. The answers are not checked: their schemas would bring the tables
// of Alert codes into the page.
import type { Verdict } from '#lib/domain/decision.ts';
import type { StandingDecisionIn, StandingWhen } from '#lib/domain/standing-decision/rule.ts';
import type { StandingDecision, StandingPreview } from '#lib/domain/standing-decision/standing-decision.ts';
import { callApi, type Answer } from './call-api.ts';

const PATH = '/standing-decisions';

/** Counts what such a standing decision would have decided. Nothing is stored. */
export const previewStanding = (input: {
	when: StandingWhen;
	verdict: Verdict;
}): Promise<Answer<StandingPreview>> =>
	callApi(`${PATH}/preview`, (body) => body as StandingPreview, { method: 'POST', body: input });

export const proposeStanding = (input: StandingDecisionIn): Promise<Answer<StandingDecision>> =>
	callApi(PATH, (body) => body as StandingDecision, { method: 'POST', body: input });

/** Activates the proposal of another person. `preview`: the preview whose number the person confirms. */
export const activateStanding = (
	id: string,
	{ matched, asOf }: Pick<StandingPreview, 'matched' | 'asOf'>
): Promise<Answer<StandingDecision>> =>
	callApi(`${PATH}/${id}/activate`, (body) => body as StandingDecision, {
		method: 'POST',
		body: { confirm: matched, asOf }
	});

/** Ends or resumes a standing decision. `note`: why. */
export const stepStanding = (
	id: string,
	step: 'end' | 'resume',
	note: string
): Promise<Answer<StandingDecision>> =>
	callApi(`${PATH}/${id}/${step}`, (body) => body as StandingDecision, { method: 'POST', body: { note } });
