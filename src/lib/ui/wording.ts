// Writes facts as the console shows them: ages, instants, senders and suspected causes.
import type { Alert, Candidate } from '#lib/domain/alert.ts';
import { formatSeconds } from '#lib/domain/wording.ts';
import * as messages from '#messages/alert.ts';
import * as common from '#messages/common.ts';
import { explanationName, tierName, tierTitle } from './alert-words.ts';

/** Writes the delay of a candidate: `27 s before`, or `12 min after` if the Alert came first. */
export const delayText = ({ deltaSeconds }: Candidate): string =>
	(deltaSeconds >= 0 ? messages.before : messages.after)({ delay: formatSeconds(deltaSeconds) });

/** Writes the sender of a request: `ED North Grid`, or `you (IS)` for a request of the reader. */
export function senderText(r: { userRole: string; userName: string | null; own: boolean }): string {
	const role = r.userRole || common.role_unknown();
	return r.own
		? messages.sender_own({ role })
		: messages.sender({ role, name: r.userName ?? common.another_user() });
}

/**
 * Writes the suspected cause in two lines. The first line has the certainty and the request; the second line has the
 * circumstance. `withDelay`: whether the circumstance names the delay of the request. `nowMs`: the present (epoch ms).
 */
export function causeText(
	alert: Alert,
	{ withDelay = true, nowMs }: { withDelay?: boolean; nowMs: number }
): { certainty: string; request: string; circumstance: string } {
	const [best] = alert.candidates;
	const kind = alert.explanation;
	if (kind === 'not-command')
		return {
			certainty: explanationName(kind),
			request: '',
			circumstance: best ? messages.cause_nearby({ request: name(best) }) : messages.cause_physical()
		};
	if (kind === 'unexplained')
		return { certainty: explanationName(kind), request: '', circumstance: messages.cause_no_request() };
	if (kind === 'out-of-scope' && alert.forward)
		return {
			certainty: alert.forward.urgent ? messages.cause_forward_at_once() : messages.cause_forward(),
			request: '',
			circumstance: messages.cause_not_in_tenure()
		};
	if (kind === 'out-of-scope')
		return { certainty: explanationName(kind), request: '', circumstance: messages.cause_unknown_device() };
	if (kind === 'pending')
		return {
			certainty: explanationName(kind),
			request: '',
			circumstance: best
				? messages.cause_so_far({ tier: tierName(best.tier), request: name(best) })
				: alert.settlesAt
					? messages.cause_incomplete_to({ instant: shortInstant(alert.settlesAt, nowMs) })
					: messages.cause_incomplete()
		};
	if (!best) return { certainty: explanationName(kind), request: '', circumstance: '' };
	const others = alert.candidates.length - 1;
	return {
		certainty: tierTitle(best.tier),
		request: name(best),
		circumstance: [
			senderText(best),
			...(withDelay ? [delayText(best)] : []),
			...(kind === 'ambiguous' && others > 0 ? [messages.cause_or_more({ count: others })] : [])
		].join(' · ')
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
