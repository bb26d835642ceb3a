// Computes the positions of Alerts and Service Requests on the timeline of one Alert.
import type { Alert } from '#lib/domain/alert.ts';
import type { TimelineItem } from '#lib/domain/timeline.ts';
import { formatSeconds } from '#lib/domain/wording.ts';

const MINUTE_MS = 60_000;
export const BEFORE_MS = 30 * MINUTE_MS;
export const AFTER_MS = 10 * MINUTE_MS;
/** The least lateness of an arrival that gets its own mark (ms after the event). */
const LATE_MS = 5_000;

export interface Point {
	key: string;
	kind: 'alert' | 'service-request';
	/** The position of the event in per cent of the width. */
	x: number;
	/**
	 * The position of a late arrival in per cent of the width. `null`: the event was not late, or arrived after the
	 * shown time.
	 */
	arrivedX: number | null;
	/** Whether this point is the open Alert or a candidate of the open Alert. */
	marked: boolean;
	own: boolean;
	/** The time from the open Alert to the point: `− 27 s`. */
	offset: string;
	label: string;
	detail: string;
}

/** A part of the picture of the timeline. `from` and `to` are in per cent of the width. */
export interface Span {
	from: number;
	to: number;
}

/** Returns the position of an instant in per cent of the width, limited to the picture. */
const percentAt = (at: number, alertAt: number): number =>
	Math.min(100, Math.max(0, ((at - alertAt + BEFORE_MS) / (BEFORE_MS + AFTER_MS)) * 100));

export function toPoints(items: readonly TimelineItem[], alert: Alert): Point[] {
	const alertAt = Date.parse(alert.effectiveAt);
	const candidates = new Map(alert.candidates.map((c) => [c.requestId, c]));
	return items.flatMap((item): Point[] => {
		if (item.kind === 'tenure') return [];
		// A candidate is drawn at the instant from which its delay counts, so that the picture and the text agree.
		const candidate = item.kind === 'service-request' ? candidates.get(item.requestId) : undefined;
		const at = candidate ? alertAt - candidate.deltaSeconds * 1000 : Date.parse(item.at);
		if (at < alertAt - BEFORE_MS || at > alertAt + AFTER_MS) return [];
		const seconds = (at - alertAt) / 1000;
		const offset =
			Math.abs(seconds) < 1 ? 'same second' : `${seconds < 0 ? '−' : '+'} ${formatSeconds(seconds)}`;
		const x = percentAt(at, alertAt);
		if (item.kind === 'alert') {
			const received = Date.parse(item.receivedAt);
			const arrivedX =
				received - at > LATE_MS && received - alertAt <= AFTER_MS ? percentAt(received, alertAt) : null;
			return [
				{
					key: item.id,
					kind: 'alert',
					x,
					arrivedX,
					marked: item.id === alert.id,
					own: true,
					offset,
					label: `${item.code} ${item.name}`,
					detail: ''
				}
			];
		}
		const user = item.own ? 'you' : (item.userName ?? 'another User');
		return [
			{
				key: item.requestId,
				kind: 'service-request',
				x,
				arrivedX: null,
				marked: candidate !== undefined,
				own: item.own,
				offset,
				label: `${item.serviceReferenceVariant} ${item.name}`,
				detail: `${item.userRole} ${user}${item.responseCode ? `, ${item.responseCode}` : ''}`
			}
		];
	});
}

/**
 * Returns the parts of the picture that lie outside the tenure of the Supplier. The picture shows nothing in these
 * parts.
 */
export function spansOutsideTenure(items: readonly TimelineItem[], alert: Alert): Span[] {
	const alertAt = Date.parse(alert.effectiveAt);
	const spans: Span[] = [];
	let from = 0;
	for (const item of items) {
		if (item.kind !== 'tenure') continue;
		const begin = percentAt(Date.parse(item.from), alertAt);
		if (begin > from) spans.push({ from, to: begin });
		from = item.to === null ? 100 : percentAt(Date.parse(item.to), alertAt);
	}
	if (from < 100 && items.some((item) => item.kind === 'tenure')) spans.push({ from, to: 100 });
	return spans;
}
