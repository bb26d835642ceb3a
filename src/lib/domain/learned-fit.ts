// A Service Request that the cause table does not know for an Alert, against what was learned: a weak link at most, until
// a person has put it into the table.
import type { Fit } from './cause-fit.ts';
import type { AlertFacts } from './evidence.ts';
import { patternKey, type LearnedPatterns } from './learned-evidence.ts';
import { outcomeText } from './response-code.ts';
import type { ServiceRequest } from './service-request.ts';
import { spellDelta, spellSeconds } from './wording.ts';

/** Clocks of the DCC and of a Device may differ by this much (seconds). */
const SLACK = 5;
/**
 * Above what has only the time to speak for it, below what a person has put into the table. The same for all: an
 * explanation does not move with the figures.
 */
const SCORE = 0.25;

/** The fit by learned evidence, or `null` where nothing was learned of it. */
export function fitLearned(request: ServiceRequest, alert: AlertFacts, learned: LearnedPatterns): Fit | null {
	const { serviceReferenceVariant, userRole } = request;
	const relation = request.deviceId === alert.deviceId ? 'same-device' : 'same-hub';
	const pattern = learned.get(
		patternKey({
			deviceType: alert.deviceType ?? '',
			code: alert.code,
			serviceReferenceVariant,
			userRole,
			relation
		})
	);
	if (!pattern?.offered) return null;
	const executed = request.executeAt !== null && request.executeAt <= alert.effectiveAt + SLACK * 1000;
	const at = executed ? request.executeAt! : (request.requestedAt ?? request.respondedAt!);
	const deltaSeconds = Math.round((alert.effectiveAt - at) / 1000);
	if (deltaSeconds < -SLACK || deltaSeconds > pattern.withinSeconds) return null;
	return {
		fits: true,
		confident: false,
		score: SCORE,
		anchor: executed ? 'executed' : request.requestedAt !== null ? 'requested' : 'responded',
		deltaSeconds,
		relation,
		reasons: [
			{
				code: 'learned',
				text: `learned, not in the cause table: such a request stands before ${alert.code} far more often than by chance`
			},
			{
				code: 'time',
				text: `${spellDelta(deltaSeconds)}; learned within ${spellSeconds(pattern.withinSeconds)}`
			},
			{ code: 'outcome', text: outcomeText(request.responseCode) }
		]
	};
}
