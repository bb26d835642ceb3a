// Correlation: which Service Requests may have caused this Alert, how sure that is, and why. A pure function of the
// evidence: no clock, no order of arrival. It explains; a person decides.
import type { Candidate, Excluded, ExplanationKind, Tier } from './alert.ts';
import { describeAlert, type AlertDescription } from './alert-code.ts';
import {
	MAX_CANDIDATES,
	MAX_EXCLUDED,
	byId,
	exactCandidate,
	excludedFacts,
	excludedOf,
	requestFacts
} from './candidate.ts';
import { causesOf, type CauseEntry } from './cause-table.ts';
import { fitRequest, TIME_ONLY_SECONDS } from './cause-fit.ts';
import { isVisible, notesOf } from './disclosure.ts';
import type { Evidence } from './evidence.ts';
import { summarise } from './explanation-text.ts';
import { matchReference } from './reference-match.ts';
import type { ServiceRequest } from './service-request.ts';
import { isResponsible } from './tenure.ts';
import { distanceOf, isNear, windowEnd } from './window.ts';

export interface Explanation {
	kind: ExplanationKind;
	summary: string;
	guidance: string | null;
	notes: string[];
	/** Best first, at most five. */
	candidates: Candidate[];
	/** Nearest in time first, at most ten. */
	excluded: Excluded[];
	/** While `pending`: the completeness mark that settles it (epoch ms). */
	settlesAt: number | null;
	tableVersion: string;
}

/** Two Users whose best candidates are closer than this are told apart by nobody: `ambiguous`. */
const MARGIN = 0.1;
const STRONG = 0.3;

interface Judged {
	candidate: Candidate;
	score: number;
}

export function correlate(evidence: Evidence): Explanation {
	const { alert, home, viewer, table } = evidence;
	const description = describeAlert(alert);
	const entry = causesOf(table, alert);
	const base = { guidance: entry?.guidance ?? null, tableVersion: table.version };

	const device = home.get(alert.deviceId);
	if (!device || !isResponsible(device.tenures, viewer.supplierId, alert.effectiveAt))
		return { ...base, ...outOfScope(device !== undefined) };

	const visible = unique(evidence.requests).filter((request) => isVisible(request, evidence));
	const notes = notesOf(evidence, entry);
	const exact = matchReference(alert.reference, alert.deviceId, visible);
	if (exact.kind === 'one') {
		const candidates = [exactCandidate(exact.request, evidence, 'exact', exact.how)];
		const excluded = excludedOf(
			visible.filter((r) => r !== exact.request && r.deviceId === alert.deviceId),
			evidence,
			'not-named',
			'the Alert names another command'
		);
		return {
			...base,
			kind: 'exact',
			notes,
			candidates,
			excluded,
			settlesAt: null,
			summary: summarise('exact', candidates, description)
		};
	}
	if (exact.kind === 'several') {
		const candidates = exact.requests.map((r) =>
			exactCandidate(r, evidence, 'strong', 'two Users used the counter that the Alert names')
		);
		candidates.sort(byId);
		return {
			...base,
			kind: 'ambiguous',
			notes,
			candidates: candidates.slice(0, MAX_CANDIDATES),
			excluded: [],
			settlesAt: null,
			summary: summarise('ambiguous', candidates, description)
		};
	}
	if (description.notCommand !== null) {
		const near = visible.filter(
			(r) => r.deviceId === alert.deviceId && distanceOf(r, alert.effectiveAt) <= TIME_ONLY_SECONDS * 1000
		);
		const excluded = excludedOf(near, evidence, 'no-command-can', `no command can cause ${alert.code}`);
		return {
			...base,
			kind: 'not-command',
			notes,
			candidates: [],
			excluded,
			settlesAt: null,
			summary: summarise('not-command', [], description)
		};
	}
	if (exact.kind === 'missing') notes.push('It names a command that the audit data does not hold.');
	return { ...base, ...weighed(visible, evidence, entry, description, notes, exact.kind === 'missing') };
}

/** The explanation by cause table, where the Alert names no command that is known. */
function weighed(
	visible: readonly ServiceRequest[],
	evidence: Evidence,
	entry: CauseEntry | undefined,
	description: AlertDescription,
	notes: string[],
	namesUnknownCommand: boolean
): Omit<Explanation, 'guidance' | 'tableVersion'> {
	const { alert, home, completeUntil } = evidence;
	const judged: Judged[] = [];
	const excluded: Array<Excluded & { distance: number }> = [];
	for (const request of visible) {
		const fit = fitRequest(request, {
			alert,
			alertCategory: description.category,
			entry,
			device: home.get(alert.deviceId),
			target: home.get(request.deviceId)
		});
		if (!fit.fits) {
			const elsewhere =
				request.deviceId !== alert.deviceId &&
				(fit.reason === 'other-device' || fit.reason === 'not-a-known-cause');
			if (!elsewhere && isNear(request, alert.effectiveAt, entry))
				excluded.push({
					...excludedFacts(request),
					reason: fit.reason,
					text: fit.text,
					distance: distanceOf(request, alert.effectiveAt)
				});
			continue;
		}
		// A named but unknown command is the cause; what only stands near in time can be circumstantial at most.
		const strong = fit.confident && fit.score >= STRONG && !description.physical && !namesUnknownCommand;
		const { tier, score } = { tier: strong ? ('strong' as const) : ('weak' as const), score: fit.score };
		judged.push({
			score,
			candidate: {
				...requestFacts(request, evidence),
				tier,
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
			byId(a.candidate, b.candidate)
	);

	const settlesAt = windowEnd(alert.effectiveAt, entry);
	const complete = completeUntil !== null && completeUntil >= settlesAt;
	const kind = conclude(judged, complete);
	const candidates = judged.slice(0, MAX_CANDIDATES).map((j) => j.candidate);
	excluded.sort((a, b) => a.distance - b.distance || byId(a, b));
	return {
		kind,
		notes,
		candidates,
		excluded: excluded.slice(0, MAX_EXCLUDED).map(({ distance: _distance, ...rest }) => rest),
		settlesAt: kind === 'pending' ? settlesAt : null,
		summary: summarise(kind, candidates, description)
	};
}

function conclude(judged: readonly Judged[], complete: boolean): ExplanationKind {
	const [best, ...others] = judged;
	if (best?.candidate.tier === 'strong') {
		const rival = others.find(
			(j) => j.candidate.userId !== best.candidate.userId && j.candidate.tier === 'strong'
		);
		return rival && best.score - rival.score < MARGIN ? 'ambiguous' : 'likely';
	}
	if (!complete) return 'pending';
	return best ? 'ambiguous' : 'unexplained';
}

/** A User whose other command succeeded just then had working credentials: that speaks against its refused one. */
function weakenWhereUserSucceeded(
	judged: Judged[],
	visible: readonly ServiceRequest[],
	{ alert }: Evidence
): void {
	for (const item of judged) {
		if (item.candidate.responseCode === 'I0' || !item.candidate.reasons.some((r) => r.code === 'outcome'))
			continue;
		const success = visible.find(
			(r) =>
				r.userId === item.candidate.userId &&
				r.requestId !== item.candidate.requestId &&
				r.deviceId === alert.deviceId &&
				r.responseCode === 'I0' &&
				r.respondedAt !== null &&
				Math.abs(r.respondedAt - alert.effectiveAt) <= 120_000
		);
		if (!success) continue;
		item.score = Math.max(0, item.score - 0.2);
		item.candidate.reasons.push({
			code: 'user-succeeded',
			text: `its ${success.serviceReferenceVariant} succeeded within two minutes, so its credentials worked`
		});
		if (item.score < STRONG && item.candidate.tier === 'strong') item.candidate.tier = 'weak';
	}
}

function outOfScope(known: boolean): Omit<Explanation, 'guidance' | 'tableVersion'> {
	const summary = known
		? 'The Device was not in your tenure when this was raised: forward it to the Supplier responsible.'
		: 'The Device is not in the inventory: kept, and explained when the Device appears.';
	return { kind: 'out-of-scope', summary, notes: [], candidates: [], excluded: [], settlesAt: null };
}

const rank = (tier: Tier): number => ['exact', 'strong', 'weak'].indexOf(tier);

const unique = (requests: readonly ServiceRequest[]): ServiceRequest[] => [
	...new Map(requests.map((r) => [r.requestId, r])).values()
];
