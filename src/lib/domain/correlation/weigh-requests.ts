// Explains an Alert by the cause table, if the Alert names no known command. Weighs every request that the viewer may
// see, and compares the best candidates.
import type { AlertDescription } from '../alert-code.ts';
import type { Tier } from '../alert.ts';
import { causesListing, type CauseEntry } from '../cause-table/cause-table.ts';
import type { ExplanationKind } from '../explanation-kind.ts';
import type { LearnedPatterns } from '../learned-pattern.ts';
import { outcomeOf } from '../response-code.ts';
import { changesCredentials, isIssuedByDcc } from '../service-reference-variant.ts';
import { effectiveAt, type ServiceRequest } from '../service-request.ts';
import { MAX_EXCLUDED, byId, excludedFacts, requestFacts } from './candidate.ts';
import { fitRequest } from './cause-fit.ts';
import type { Evidence } from './evidence.ts';
import type { CandidateFacts, ExcludedFacts } from './explanation-facts.ts';
import { variantsOf } from './reference-match.ts';
import { distanceMs, isNear, windowEnd } from './window.ts';

/**
 * The least lead of the best strong candidate over the best strong candidate of another User. With a smaller lead, the
 * explanation is `ambiguous`.
 */
const AMBIGUITY_MARGIN = 0.1;
/** The lowest score of a strong candidate. */
const STRONG_SCORE = 0.3;
/**
 * The codes of Alerts that report refused credentials. A success of the same User is then evidence against that User's
 * other command.
 */
const REFUSED_CREDENTIALS = new Set(['8F30', '8F3D']);
/** A success within this time of the Alert shows that the User's credentials worked (ms). */
const SUCCESS_WINDOW_MS = 120_000;
/** Subtracted from the score of a command if another command of the same User succeeded near the Alert. */
const USER_SUCCEEDED_PENALTY = 0.2;

/**
 * The learned patterns for a physical event: none, because a frequent pattern is not enough to explain a physical
 * event.
 */
const NOTHING_LEARNED: LearnedPatterns = new Map();

interface WeighedRequest {
	request: ServiceRequest;
	candidate: CandidateFacts;
	score: number;
}

/**
 * Explains the Alert by the requests near it. `visible`: the requests that the viewer may see, sorted by RequestID.
 * `entry`: the cause table's entry for the Alert.
 */
export function weighRequests(
	visible: readonly ServiceRequest[],
	evidence: Evidence,
	entry: CauseEntry | undefined,
	description: AlertDescription
) {
	const { alert, home, completeUntil } = evidence;
	const namesUnknownCommand =
		alert.reference !== null && (alert.reference.requestId ?? alert.reference.counter) !== null;
	const namedVariants = alert.reference ? variantsOf(alert.reference) : [];
	const credentialChanges = visible
		.filter(
			(r) =>
				r.deviceId === alert.deviceId &&
				changesCredentials(r.serviceReferenceVariant) &&
				outcomeOf(r.responseCode) !== 'never-sent'
		)
		.map((r) => r.executeAt ?? effectiveAt(r));
	const weighed: WeighedRequest[] = [];
	const excluded: Array<{ request: ServiceRequest; shown: ExcludedFacts }> = [];
	for (const request of visible) {
		const fit = fitRequest(request, {
			alert,
			alertCategory: description.category,
			entry,
			device: home.get(alert.deviceId),
			credentialChanges,
			target: home.get(request.deviceId),
			learned: description.physical ? NOTHING_LEARNED : evidence.learned
		});
		if (!fit.fits) {
			// A request after the Alert is listed as excluded only if the cause table lists its SRV for the code.
			const isListed = causesListing(entry, request.serviceReferenceVariant)?.length;
			if (fit.exclusion && isNear(request, alert.effectiveAt, isListed ? entry : undefined))
				excluded.push({ request, shown: excludedFacts(request, evidence, fit.exclusion) });
			continue;
		}
		// If the Alert names an unknown command, that command is the cause, and every other request is at most a weak
		// link. A request of the named SRV is exempt if the DCC's own counter hides which request the Alert names.
		const variant = request.serviceReferenceVariant;
		const isAnotherCommand =
			namesUnknownCommand && !(isIssuedByDcc(variant) && namedVariants.includes(variant));
		const strong = fit.confident && fit.score >= STRONG_SCORE && !description.physical && !isAnotherCommand;
		weighed.push({
			request,
			score: fit.score,
			candidate: {
				...requestFacts(request, evidence),
				tier: strong ? 'strong' : 'weak',
				relation: fit.relation,
				deltaSeconds: fit.deltaSeconds,
				anchor: fit.anchor,
				basis: fit.basis,
				further: fit.further
			}
		});
	}
	weakenWhereUserSucceeded(weighed, visible, evidence);
	weighed.sort(
		(a, b) =>
			rank(a.candidate.tier) - rank(b.candidate.tier) ||
			b.score - a.score ||
			Math.abs(a.candidate.deltaSeconds) - Math.abs(b.candidate.deltaSeconds) ||
			byId(a.request, b.request)
	);
	const settlesAt = windowEnd(alert.effectiveAt, entry);
	const kind = kindOf(weighed, completeUntil !== null && completeUntil >= settlesAt);
	const distance = (request: ServiceRequest) => distanceMs(request, alert.effectiveAt);
	excluded.sort((a, b) => distance(a.request) - distance(b.request) || byId(a.request, b.request));
	return {
		kind,
		candidates: weighed.map((item) => item.candidate),
		excluded: excluded.slice(0, MAX_EXCLUDED).map(({ shown }) => shown),
		settlesAt: kind === 'pending' ? settlesAt : null
	};
}

/**
 * Returns the kind of the explanation. `weighed`: the weighed requests, best first. `complete`: the audit data is
 * complete up to the end of the window.
 */
function kindOf(weighed: readonly WeighedRequest[], complete: boolean): ExplanationKind {
	const [best, ...others] = weighed;
	if (best?.candidate.tier === 'strong') {
		const rival = others.find(
			(item) => item.request.userId !== best.request.userId && item.candidate.tier === 'strong'
		);
		return rival && best.score - rival.score < AMBIGUITY_MARGIN ? 'ambiguous' : 'likely';
	}
	if (!complete) return 'pending';
	return best ? 'ambiguous' : 'unexplained';
}

/**
 * Lowers the score of a command that did not succeed if another command of the same User succeeded near the Alert. The
 * success shows that the User's credentials worked.
 */
function weakenWhereUserSucceeded(
	weighed: readonly WeighedRequest[],
	visible: readonly ServiceRequest[],
	{ alert }: Evidence
): void {
	for (const item of weighed) {
		if (outcomeOf(item.request.responseCode) === 'success') continue;
		const success = visible.find(
			(r) =>
				r.userId === item.request.userId &&
				r.requestId !== item.request.requestId &&
				r.deviceId === alert.deviceId &&
				outcomeOf(r.responseCode) === 'success' &&
				r.respondedAt !== null &&
				Math.abs(r.respondedAt - alert.effectiveAt) <= SUCCESS_WINDOW_MS
		);
		if (!success) continue;
		item.score = Math.max(0, item.score - USER_SUCCEEDED_PENALTY);
		item.candidate.further.push({ code: 'user-succeeded', variant: success.serviceReferenceVariant });
		if (item.score < STRONG_SCORE || REFUSED_CREDENTIALS.has(alert.code)) item.candidate.tier = 'weak';
	}
}

const rank = (tier: Tier): number => ['exact', 'strong', 'weak'].indexOf(tier);
