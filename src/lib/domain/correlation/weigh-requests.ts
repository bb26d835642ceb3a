// The explanation by cause table, where the Alert names no command that is known: every request that the viewer may see
// is weighed, and the best are set against each other.
import type { Candidate, Excluded, Tier } from '../alert.ts';
import type { AlertDescription } from '../alert-code.ts';
import { MAX_EXCLUDED, byId, excludedFacts, requestFacts } from './candidate.ts';
import { causesListing, type CauseEntry } from '../cause-table/cause-table.ts';
import { fitRequest } from './cause-fit.ts';
import type { Evidence } from './evidence.ts';
import type { ExplanationKind } from '../explanation-kind.ts';
import type { LearnedPatterns } from '../learned-pattern.ts';
import { outcomeOf } from '../response-code.ts';
import { variantsOf } from './reference-match.ts';
import { changesCredentials, isIssuedByDcc } from '../service-reference-variant.ts';
import { effectiveAt, type ServiceRequest } from '../service-request.ts';
import { distanceOf, isNear, windowEnd } from './window.ts';

/** Two Users whose best candidates are closer than this are told apart by nobody: `ambiguous`. */
const MARGIN = 0.1;
const STRONG = 0.3;
/** Alerts that say that the sender's credentials were refused: a success of the same User then speaks against it. */
const REFUSED_CREDENTIALS = new Set(['8F30', '8F3D']);
/** A success this close to the Alert tells that the User's credentials worked (ms). */
const SUCCESS_NEAR = 120_000;

/** A physical event is not explained by what is merely frequent. */
const NOTHING_LEARNED: LearnedPatterns = new Map();

interface Judged {
	request: ServiceRequest;
	candidate: Candidate;
	score: number;
}

export function weighRequests(
	visible: readonly ServiceRequest[],
	evidence: Evidence,
	entry: CauseEntry | undefined,
	description: AlertDescription
) {
	const { alert, home, completeUntil } = evidence;
	const namesUnknown =
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
	const judged: Judged[] = [];
	const excluded: Array<{ request: ServiceRequest; shown: Excluded }> = [];
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
			// What no row speaks of cannot have come after the Alert either.
			const known = causesListing(entry, request.serviceReferenceVariant)?.length;
			if (fit.reason !== 'other-device' && isNear(request, alert.effectiveAt, known ? entry : undefined))
				excluded.push({
					request,
					shown: { ...excludedFacts(request, evidence), reason: fit.reason, text: fit.text }
				});
			continue;
		}
		// A named but unknown command is the cause; what only stands near in time can be circumstantial at most. Unless it
		// is of the SRV that is named, and the DCC's own counter hides which request it was.
		const variant = request.serviceReferenceVariant;
		const another = namesUnknown && !(isIssuedByDcc(variant) && namedVariants.includes(variant));
		const strong = fit.confident && fit.score >= STRONG && !description.physical && !another;
		judged.push({
			request,
			score: fit.score,
			candidate: {
				...requestFacts(request, evidence),
				tier: strong ? 'strong' : 'weak',
				relation: fit.relation,
				deltaSeconds: fit.deltaSeconds,
				anchor: fit.anchor,
				reasons: fit.reasons
			}
		});
	}
	weakenWhereUserSucceeded(judged, visible, evidence);
	judged.sort(
		(a, b) =>
			rank(a.candidate.tier) - rank(b.candidate.tier) ||
			b.score - a.score ||
			Math.abs(a.candidate.deltaSeconds) - Math.abs(b.candidate.deltaSeconds) ||
			byId(a.request, b.request)
	);
	const settlesAt = windowEnd(alert.effectiveAt, entry);
	const kind = conclude(judged, completeUntil !== null && completeUntil >= settlesAt);
	const distance = (request: ServiceRequest) => distanceOf(request, alert.effectiveAt);
	excluded.sort((a, b) => distance(a.request) - distance(b.request) || byId(a.request, b.request));
	return {
		kind,
		candidates: judged.map((j) => j.candidate),
		excluded: excluded.slice(0, MAX_EXCLUDED).map(({ shown }) => shown),
		settlesAt: kind === 'pending' ? settlesAt : null
	};
}

function conclude(judged: readonly Judged[], complete: boolean): ExplanationKind {
	const [best, ...others] = judged;
	if (best?.candidate.tier === 'strong') {
		const rival = others.find(
			(j) => j.request.userId !== best.request.userId && j.candidate.tier === 'strong'
		);
		return rival && best.score - rival.score < MARGIN ? 'ambiguous' : 'likely';
	}
	if (!complete) return 'pending';
	return best ? 'ambiguous' : 'unexplained';
}

/** A User whose other command succeeded just then had working credentials: that speaks against its refused one. */
function weakenWhereUserSucceeded(
	judged: readonly Judged[],
	visible: readonly ServiceRequest[],
	{ alert }: Evidence
): void {
	for (const item of judged) {
		if (outcomeOf(item.request.responseCode) === 'success') continue;
		const success = visible.find(
			(r) =>
				r.userId === item.request.userId &&
				r.requestId !== item.request.requestId &&
				r.deviceId === alert.deviceId &&
				outcomeOf(r.responseCode) === 'success' &&
				r.respondedAt !== null &&
				Math.abs(r.respondedAt - alert.effectiveAt) <= SUCCESS_NEAR
		);
		if (!success) continue;
		item.score = Math.max(0, item.score - 0.2);
		item.candidate.reasons.push({
			code: 'user-succeeded',
			text: `its ${success.serviceReferenceVariant} succeeded within two minutes, so its credentials worked`
		});
		if (item.score < STRONG || REFUSED_CREDENTIALS.has(alert.code)) item.candidate.tier = 'weak';
	}
}

const rank = (tier: Tier): number => ['exact', 'strong', 'weak'].indexOf(tier);
