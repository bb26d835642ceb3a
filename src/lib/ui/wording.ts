// How facts read on the console: ages, instants, tiers, explanations.
import type { Alert, Candidate, Tier } from '#lib/domain/alert.ts';
import type { ExplanationKind } from '#lib/domain/explanation-kind.ts';
import { spellSeconds } from '#lib/domain/wording.ts';

export const TIER_WORDS: Record<Tier, string> = { exact: 'Exact', strong: 'Strong', weak: 'Weak' };

export const EXPLANATION_WORDS: Record<ExplanationKind, string> = {
	exact: 'Exact',
	likely: 'Likely',
	ambiguous: 'Ambiguous',
	pending: 'Pending',
	unexplained: 'Unexplained',
	'not-command': 'No command can cause this',
	'out-of-scope': 'Out of scope'
};

/** `27 s before`, or `12 min after` where the Alert came first. */
export const delta = (candidate: Candidate): string =>
	`${spellSeconds(candidate.deltaSeconds)} ${candidate.deltaSeconds >= 0 ? 'before' : 'after'}`;

/** `ED North Grid`, or `IS you`. */
export const who = (r: { userRole: string; userName: string | null; own: boolean }): string =>
	`${r.userRole || 'role unknown'} ${r.own ? 'you' : (r.userName ?? 'another User')}`;

/** The two lines of a cause: how sure, and the circumstance. */
export function cause(alert: Alert): { head: string; what: string; circumstance: string } {
	const [best] = alert.candidates;
	const kind = alert.explanation;
	if (kind === 'not-command')
		return {
			head: EXPLANATION_WORDS[kind],
			what: '',
			circumstance: best ? `nearby: ${name(best)}` : 'physical event'
		};
	if (kind === 'unexplained')
		return { head: 'Unexplained', what: '', circumstance: 'no Service Request of any User' };
	if (kind === 'out-of-scope' && alert.forward)
		return {
			head: alert.forward.urgent ? 'Forward at once' : 'Forward',
			what: '',
			circumstance: 'not in your tenure'
		};
	if (kind === 'out-of-scope') return { head: 'Out of scope', what: '', circumstance: 'unknown Device' };
	if (kind === 'pending')
		return {
			head: 'Pending',
			what: '',
			circumstance: best
				? `so far ${TIER_WORDS[best.tier].toLowerCase()}: ${name(best)}`
				: 'audit data not complete yet'
		};
	if (!best) return { head: EXPLANATION_WORDS[kind], what: '', circumstance: '' };
	const others = alert.candidates.length - 1;
	return {
		head: TIER_WORDS[best.tier],
		what: name(best),
		circumstance: `${who(best)} · ${delta(best)}${kind === 'ambiguous' && others > 0 ? ` · or ${others} more` : ''}`
	};
}

const name = (c: Candidate): string => `${c.serviceReferenceVariant} ${c.name}`;

/** `5 s`, `12 min`, `3 h`, `2 d`: never negative, whatever a Device's clock says. */
export const age = (iso: string, now: number): string =>
	spellSeconds(Math.max(0, (now - Date.parse(iso)) / 1000));

/** `2026-11-05 02:14:07 UTC`. */
export const instant = (iso: string): string => `${iso.slice(0, 10)} ${iso.slice(11, 19)} UTC`;

/** `02:14:07`, UTC. */
export const timeOfDay = (at: number | string): string => new Date(at).toISOString().slice(11, 19);

/** The end of an EUI-64, by which people tell Devices apart: `…78-90-A0`. */
export const shortId = (eui: string): string => `…${eui.slice(-8)}`;
