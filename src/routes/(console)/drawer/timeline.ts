// Turns the timeline of a Device into marks: Alerts and Service Requests with their time from the open Alert, their late
// arrival, and their facts in words.
import type { Alert } from '#lib/domain/alert.ts';
import type { TimelineItem } from '#lib/domain/timeline.ts';
import { explanationName, tierName } from '#lib/ui/alert-words.ts';
import { formatSeconds } from '#lib/domain/wording.ts';
import { instant, senderText } from '#lib/ui/wording.ts';
import * as common from '#messages/common.ts';
import * as messages from '#messages/drawer.ts';

const MINUTE_MS = 60_000;
export const BEFORE_MS = 30 * MINUTE_MS;
export const AFTER_MS = 10 * MINUTE_MS;
/**
 * The least lateness of an arrival that gets its own mark (ms after the event). The audit trail always needs some time
 * to deliver a request, and the time of storing is known to about a minute.
 */
const LATE_MS = { alert: 5_000, 'service-request': 2 * MINUTE_MS };

export interface Mark {
	/** The id of the Alert, or the RequestID. */
	key: string;
	kind: 'alert' | 'service-request';
	/** The time from the open Alert to the event (ms). */
	at: number;
	/** The time from the open Alert to a late arrival (ms). `null`: the event was not late. */
	arrivedAt: number | null;
	/** Whether this mark is the open Alert. */
	open: boolean;
	/** Whether this mark is the open Alert or a candidate of it. */
	marked: boolean;
	/** Whether the reader's own User sent the request. */
	own: boolean;
	/** The time from the open Alert in words: `− 27 s`. */
	offset: string;
	label: string;
	/** The facts of the mark, each in a few words. */
	facts: string[];
}

/** A part of the timeline, in ms from the open Alert. */
export interface Span {
	from: number;
	to: number;
}

/** Returns the marks in order of time. */
export function toMarks(items: readonly TimelineItem[], alert: Alert): Mark[] {
	const alertAt = Date.parse(alert.effectiveAt);
	const candidates = new Map(alert.candidates.map((c) => [c.requestId, c]));
	const marks = items.flatMap((item): Mark[] => {
		if (item.kind === 'tenure') return [];
		// A candidate is drawn at the instant from which its delay counts, so that the picture and the text agree.
		const candidate = item.kind === 'service-request' ? candidates.get(item.requestId) : undefined;
		const at = candidate ? -candidate.deltaSeconds * 1000 : Date.parse(item.at) - alertAt;
		if (at < -BEFORE_MS || at > AFTER_MS) return [];
		const arrived = Date.parse(item.kind === 'alert' ? item.receivedAt : item.storedAt) - alertAt;
		const lateMs = arrived - at;
		const late = lateMs > LATE_MS[item.kind];
		const time = { at, arrivedAt: late ? arrived : null, offset: offsetText(at / 1000) };
		const arrival = late ? [messages.arrived_later({ delay: formatSeconds(lateMs / 1000) })] : [];
		if (item.kind === 'alert') {
			const open = item.id === alert.id;
			return [
				{
					...time,
					key: item.id,
					kind: 'alert',
					open,
					marked: open,
					own: true,
					label: `${item.code} ${item.name}`,
					facts: [
						open ? messages.this_alert() : explanationName(item.explanation).toLowerCase(),
						...arrival,
						instant(item.at)
					]
				}
			];
		}
		return [
			{
				...time,
				key: item.requestId,
				kind: 'service-request',
				open: false,
				marked: candidate !== undefined,
				own: item.own,
				label: `${item.serviceReferenceVariant} ${item.name}`,
				facts: [
					senderText(item),
					...(candidate ? [messages.tier_candidate({ tier: tierName(candidate.tier) })] : []),
					item.responseCode ?? messages.no_response_recorded(),
					...arrival,
					instant(item.at)
				]
			}
		];
	});
	return marks.sort((a, b) => a.at - b.at);
}

const offsetText = (seconds: number): string =>
	Math.abs(seconds) < 1 ? messages.same_second() : `${seconds < 0 ? '−' : '+'} ${formatSeconds(seconds)}`;

/** Returns the name of a mark for a screen reader. */
export const markName = (mark: Mark): string =>
	[
		mark.kind === 'alert' ? common.alert() : common.service_request(),
		mark.offset,
		mark.label,
		...mark.facts
	].join(', ');

/**
 * Returns the parts of the timeline that lie outside the tenure of the Supplier. The timeline shows nothing in these
 * parts.
 */
export function spansOutsideTenure(items: readonly TimelineItem[], alert: Alert): Span[] {
	const alertAt = Date.parse(alert.effectiveAt);
	const within = (at: number): number => Math.min(AFTER_MS, Math.max(-BEFORE_MS, at - alertAt));
	const spans: Span[] = [];
	let from = -BEFORE_MS;
	for (const item of items) {
		if (item.kind !== 'tenure') continue;
		const begin = within(Date.parse(item.from));
		if (begin > from) spans.push({ from, to: begin });
		from = item.to === null ? AFTER_MS : within(Date.parse(item.to));
	}
	if (from < AFTER_MS && items.some((item) => item.kind === 'tenure')) spans.push({ from, to: AFTER_MS });
	return spans;
}
