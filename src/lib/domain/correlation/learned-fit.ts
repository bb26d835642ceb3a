// Matches a Service Request with a learned pattern, if the cause table does not list the request for the Alert. The
// match is at most a weak link until a person has added the pattern to the cause table.
import { describeAlert } from '../alert-code.ts';
import { causesListing, type CauseTable } from '../cause-table/cause-table.ts';
import { lastBefore } from '../learned-evidence.ts';
import { patternKey, type LearnedPatterns, type Pattern } from '../learned-pattern.ts';
import type { ServiceRequest } from '../service-request.ts';
import type { AlertFacts } from './evidence.ts';
import type { Fit } from './fit.ts';

/**
 * The score of every learned fit. A learned fit scores more than a request that fits by time alone, and less than a
 * cause in the table. All patterns have the same score, so that an explanation does not change when the figures of a
 * pattern change.
 */
const LEARNED_SCORE = 0.25;

/**
 * Returns the fit by a learned pattern. Returns `null` if no offered pattern matches the request, or if the delay
 * exceeds the window of the pattern.
 */
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
	return {
		fits: true,
		confident: false,
		score: LEARNED_SCORE,
		anchor: last.anchor,
		deltaSeconds: Math.round(delay / 1000),
		relation,
		basis: { code: 'learned', withinSeconds: pattern.withinSeconds },
		further: []
	};
}

/**
 * Returns whether an explanation by this table may use the pattern. Returns false if the table lists the SRV for the
 * code, if the event is physical, or if no command can be the cause. Always returns true for a DCC Alert, because a DCC
 * Alert may take the entry of its child element or of its code.
 */
export function mayUsePattern(
	{ code, serviceReferenceVariant }: Pick<Pattern, 'code' | 'serviceReferenceVariant'>,
	{ entries, notCommand }: CauseTable
): boolean {
	const { known, physical } = describeAlert({ kind: 'device', code });
	if (!known) return true;
	if (physical || notCommand.has(code)) return false;
	return !causesListing(entries.get(code), serviceReferenceVariant)?.length;
}
