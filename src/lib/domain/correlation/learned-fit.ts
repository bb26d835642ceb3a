// A Service Request that the cause table does not know for an Alert, against what was learned: a weak link at most, until
// a person has put it into the table.
import { describeAlert } from '../alert-code.ts';
import { causesListing, type CauseTable } from '../cause-table/cause-table.ts';
import type { AlertFacts } from './evidence.ts';
import type { Fit } from './fit.ts';
import { lastBefore } from '../learned-evidence.ts';
import { patternKey, type LearnedPatterns, type Pattern } from '../learned-pattern.ts';
import { outcomeText } from '../response-code.ts';
import type { ServiceRequest } from '../service-request.ts';
import { spellDelta, spellSeconds } from '../wording.ts';

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
	const last = lastBefore(request, alert.effectiveAt);
	if (!last) return null;
	const delay = alert.effectiveAt - last.at;
	if (delay > pattern.withinSeconds * 1000) return null;
	const deltaSeconds = Math.round(delay / 1000);
	return {
		fits: true,
		confident: false,
		score: SCORE,
		anchor: last.anchor,
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

/**
 * Whether an explanation by this table may rest on the pattern at all: not where the table says itself what the SRV is to
 * the code, nor of a physical event, nor where no command can be the cause. Of DCC Alerts it always may, for they have the
 * row of their child element or that of their code.
 */
export function mayRestOn(
	{ code, serviceReferenceVariant }: Pick<Pattern, 'code' | 'serviceReferenceVariant'>,
	{ entries, notCommand }: CauseTable
): boolean {
	const { known, physical } = describeAlert({ kind: 'device', code });
	if (!known) return true;
	if (physical || notCommand.has(code)) return false;
	return !causesListing(entries.get(code), serviceReferenceVariant)?.length;
}
