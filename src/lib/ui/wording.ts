// Writes facts as the console shows them: ages, instants, senders and suspected causes.
import type { Alert, Candidate } from '#lib/domain/alert.ts';
import type { FedBy } from '#lib/domain/fed-by.ts';
import { formatSeconds } from '#lib/domain/wording.ts';
import { explanationName, tierName, tierTitle } from './alert-words.ts';

const FED_BY_WORDS: Record<FedBy, string> = {
	installation: 'the feed of the installation',
	supplier: 'your own key',
	both: 'the feed of the installation, and your own key'
};

/** Says who fed a record. */
export const fedByText = (fedBy: FedBy): string => FED_BY_WORDS[fedBy];

/** Writes the delay of a candidate: `27 s before`, or `12 min after` if the Alert came first. */
export const delayText = (candidate: Candidate): string =>
	`${formatSeconds(candidate.deltaSeconds)} ${candidate.deltaSeconds >= 0 ? 'before' : 'after'}`;

/** Writes the sender of a request: `ED North Grid`, or `you (IS)` for a request of the reader. */
export const senderText = (r: { userRole: string; userName: string | null; own: boolean }): string =>
	r.own
		? `you (${r.userRole || 'role unknown'})`
		: `${r.userRole || 'role unknown'} ${r.userName ?? 'another User'}`;

/**
 * Writes the suspected cause in two lines. The first line has the certainty and the request; the second line has the
 * circumstance. `withDelay`: whether the circumstance names the delay of the request.
 */
export function causeText(
	alert: Alert,
	{ withDelay = true } = {}
): { certainty: string; request: string; circumstance: string } {
	const [best] = alert.candidates;
	const kind = alert.explanation;
	if (kind === 'not-command')
		return {
			certainty: explanationName(kind),
			request: '',
			circumstance: best ? `nearby: ${name(best)}` : 'physical event'
		};
	if (kind === 'unexplained')
		return { certainty: 'Unexplained', request: '', circumstance: 'no Service Request from any User' };
	if (kind === 'out-of-scope' && alert.forward)
		return {
			certainty: alert.forward.urgent ? 'Forward at once' : 'Forward',
			request: '',
			circumstance: 'not in your tenure'
		};
	if (kind === 'out-of-scope')
		return { certainty: 'Out of scope', request: '', circumstance: 'unknown Device' };
	if (kind === 'pending')
		return {
			certainty: 'Pending',
			request: '',
			circumstance: best ? `so far ${tierName(best.tier)}: ${name(best)}` : 'audit data not complete yet'
		};
	if (!best) return { certainty: explanationName(kind), request: '', circumstance: '' };
	const others = alert.candidates.length - 1;
	return {
		certainty: tierTitle(best.tier),
		request: name(best),
		circumstance: `${senderText(best)}${withDelay ? ` · ${delayText(best)}` : ''}${kind === 'ambiguous' && others > 0 ? ` · or ${others} more` : ''}`
	};
}

const name = (c: Candidate): string => `${c.serviceReferenceVariant} ${c.name}`;

/**
 * Writes an age: `5 s`, `12 min`, `3 h`, `2 d`. The age is never negative, even if the clock of the Device is ahead.
 */
export const age = (iso: string, nowMs: number): string =>
	formatSeconds(Math.max(0, (nowMs - Date.parse(iso)) / 1000));

/** Writes an instant: `2026-11-05 02:14:07 UTC`. */
export const instant = (iso: string): string => `${iso.slice(0, 10)} ${iso.slice(11, 19)} UTC`;

/** Writes the time of day in UTC, `02:14:07`, of epoch ms or of an ISO instant. */
export const timeOfDay = (at: number | string): string => new Date(at).toISOString().slice(11, 19);

/** Returns the end of an EUI-64, by which people tell Devices apart: `…78-90-A0`. */
export const shortId = (eui: string): string => `…${eui.slice(-8)}`;

/** Writes an instant in UTC, with the date if it was on another day: `02:14`, or `2026-11-05 02:14`. */
export const shortInstant = (iso: string, nowMs: number): string =>
	new Date(nowMs).toISOString().slice(0, 10) === iso.slice(0, 10)
		? iso.slice(11, 16)
		: `${iso.slice(0, 10)} ${iso.slice(11, 16)}`;

/** Writes the initials of a person: `SC` for Sam Controller. */
export const initialsOf = (name: string): string => {
	const words = name.split(/[\s-]+/).filter(Boolean);
	return [words[0], words.length > 1 ? words.at(-1) : undefined]
		.map((word) => word?.[0]?.toUpperCase() ?? '')
		.join('');
};
