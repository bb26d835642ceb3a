// Computes which part of the timeline is visible: zoom, pan, the marks of the axis, and rows for marks that would cover
// each other. All functions are pure.
import { formatSeconds } from '#lib/domain/wording.ts';
import * as common from '#messages/common.ts';
import { AFTER_MS, BEFORE_MS, type Mark, type Span } from './timeline.ts';

export const WHOLE: Span = { from: -BEFORE_MS, to: AFTER_MS };
/** The shortest visible time (ms). */
const LEAST_MS = 10_000;
const STEPS_SECONDS = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900];
const MOST_TICKS = 5;
/** Marks that are nearer than this get rows of their own (pixels). */
const MARK_PX = 13;
export const MOST_ROWS = 3;

export const isWhole = ({ from, to }: Span): boolean => from === WHOLE.from && to === WHOLE.to;

/** Returns the view with its length multiplied by `factor`. The instant `around` (ms) keeps its place on the screen. */
export function zoom({ from, to }: Span, factor: number, around: number): Span {
	const length = Math.min(WHOLE.to - WHOLE.from, Math.max(LEAST_MS, (to - from) * factor));
	const share = (Math.min(to, Math.max(from, around)) - from) / (to - from);
	return inside(around - share * length, length);
}

/** Returns the view moved by a share of its length, as far as the timeline goes. */
export const pan = ({ from, to }: Span, share: number): Span => inside(from + share * (to - from), to - from);

/** Returns the view, moved just far enough to show the instant `at` with some room around it. */
export function reveal(view: Span, at: number): Span {
	const length = view.to - view.from;
	const room = length * 0.08;
	if (at < view.from + room) return inside(at - room, length);
	if (at > view.to - room) return inside(at + room - length, length);
	return view;
}

function inside(from: number, length: number): Span {
	const start = Math.min(WHOLE.to - length, Math.max(WHOLE.from, from));
	return { from: start, to: start + length };
}

/** Returns the position of an instant in the view: 0 is the left end, and 1 the right end. */
export const placeOf = (at: number, { from, to }: Span): number => (at - from) / (to - from);

/** Returns the marks of the axis with their words, at most six. */
export function ticksOf({ from, to }: Span): Array<{ at: number; text: string }> {
	const seconds = (to - from) / 1000;
	const step = 1000 * (STEPS_SECONDS.find((s) => seconds / s <= MOST_TICKS) ?? STEPS_SECONDS.at(-1)!);
	const ticks = [];
	for (let at = Math.ceil(from / step) * step; at <= to; at += step)
		ticks.push({ at, text: at === 0 ? common.alert() : `${at < 0 ? '−' : '+'}${formatSeconds(at / 1000)}` });
	return ticks;
}

/** Returns the row of each mark, so that marks of one kind that are near each other do not cover each other. */
export function rowsOf(marks: readonly Mark[], view: Span, widthPx: number): Map<string, number> {
	const rows = new Map<string, number>();
	const lastAt: Record<Mark['kind'], number[]> = { alert: [], 'service-request': [] };
	for (const { key, kind, at } of marks) {
		const x = placeOf(at, view) * widthPx;
		const ends = lastAt[kind];
		const free = Array.from({ length: MOST_ROWS }, (_, row) => row).find(
			(row) => x - (ends[row] ?? -Infinity) >= MARK_PX
		);
		const row = free ?? MOST_ROWS - 1;
		ends[row] = x;
		rows.set(key, row);
	}
	return rows;
}
