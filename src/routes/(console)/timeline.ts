// Where the things around one Alert stand on its line of time.
import type { Alert } from '#lib/domain/alert.ts';
import type { TimelineItem } from '#lib/domain/timeline.ts';
import { spellSeconds } from '#lib/domain/wording.ts';

const MINUTE = 60_000;
export const BEFORE = 30 * MINUTE;
export const AFTER = 10 * MINUTE;
/** An arrival this much later than its event is worth a mark of its own. */
const LATE = 5_000;

export interface Point {
	key: string;
	kind: 'alert' | 'service-request';
	/** Per cent of the width. */
	x: number;
	/** Where it arrived, when that was later. */
	arrivedX: number | null;
	/** This is the Alert that is open, or a candidate of it. */
	marked: boolean;
	own: boolean;
	/** From the Alert that is open: `− 27 s`. */
	offset: string;
	label: string;
	detail: string;
}

export interface Span {
	from: number;
	to: number;
}

/** Per cent of the width of `at`, held inside the picture. */
const place = (at: number, zero: number): number =>
	Math.min(100, Math.max(0, ((at - zero + BEFORE) / (BEFORE + AFTER)) * 100));

export function toPoints(items: readonly TimelineItem[], alert: Alert): Point[] {
	const zero = Date.parse(alert.effectiveAt);
	const candidates = new Map(alert.candidates.map((c) => [c.requestId, c]));
	return items.flatMap((item): Point[] => {
		if (item.kind === 'tenure') return [];
		// A candidate stands where its delay is counted from, so that picture and words say the same.
		const candidate = item.kind === 'service-request' ? candidates.get(item.requestId) : undefined;
		const at = candidate ? zero - candidate.deltaSeconds * 1000 : Date.parse(item.at);
		if (at < zero - BEFORE || at > zero + AFTER) return [];
		const seconds = (at - zero) / 1000;
		const offset =
			Math.abs(seconds) < 1 ? 'same second' : `${seconds < 0 ? '−' : '+'} ${spellSeconds(seconds)}`;
		const x = place(at, zero);
		if (item.kind === 'alert') {
			const received = Date.parse(item.receivedAt);
			const arrivedX = received - at > LATE && received - zero <= AFTER ? place(received, zero) : null;
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

/** The parts of the picture that lie outside your tenure: nothing of them is shown. */
export function notYours(items: readonly TimelineItem[], alert: Alert): Span[] {
	const zero = Date.parse(alert.effectiveAt);
	const spans: Span[] = [];
	let from = 0;
	for (const item of items) {
		if (item.kind !== 'tenure') continue;
		const begin = place(Date.parse(item.from), zero);
		if (begin > from) spans.push({ from, to: begin });
		from = item.to === null ? 100 : place(Date.parse(item.to), zero);
	}
	if (from < 100 && items.some((item) => item.kind === 'tenure')) spans.push({ from, to: 100 });
	return spans;
}
