// Says who is on call: the final shifts of a rota, the person at an instant with the next person, and the hours that
// nobody covers. An override takes precedence over a swap, a swap over the layers, and a later layer over an earlier one.
import { z } from 'zod';
import { layerSegments, startOf, turnMs, type Segment, type Stretch } from './rota-layer.ts';
import type { Rota } from './rota.ts';

/** One person on call without a break. `change`: the id of the swap or override that says so. */
export const Shift = z
	.object({
		person: z.string(),
		from: z.string(),
		to: z.string(),
		why: z.enum(['layer', 'cover', 'swap', 'override']),
		change: z.string().nullable()
	})
	.meta({ id: 'Shift' });
export type Shift = z.infer<typeof Shift>;

export interface OnCall {
	/** `null`: nobody is on call. */
	person: string | null;
	/** When somebody else takes over, or nobody does. `null`: not within the next months. */
	until: string | null;
	/** The next other person. `null`: nobody else is on call within the next months. */
	next: { person: string; from: string; until: string | null } | null;
}

export interface Gap {
	from: string;
	to: string;
}

const DAY_MS = 24 * 3_600_000;
/** How far `onCallAt` looks ahead, step by step: most questions end with the first. */
const LOOK_AHEAD_DAYS = [3, 21, 120];

const iso = (atMs: number): string => new Date(atMs).toISOString();

/**
 * Returns the shifts that lie at least in part between two instants (RFC 3339), in order and without overlap. Each shift
 * is whole: the first may begin before `from`, and the last may end after `to`.
 */
export function shiftsOf(rota: Rota, from: string, to: string): Shift[] {
	const range = { from: Date.parse(from), to: Date.parse(to) };
	// A turn in which the clocks go back is longer than its days.
	const padMs = Math.max(...rota.layers.map(turnMs)) + DAY_MS;
	const whole = rota.overrides.map(msOf).filter((hours) => clipped(hours, range) !== null);
	const reach = {
		from: Math.min(range.from, ...whole.map((hours) => hours.from)) - padMs,
		to: Math.max(range.to, ...whole.map((hours) => hours.to)) + padMs
	};
	return segmentsOf(rota, reach)
		.filter((segment) => segment.from < range.to && segment.to > range.from)
		.map((segment) => ({
			person: segment.person,
			from: iso(segment.from),
			to: iso(segment.to),
			why: segment.why,
			change: segment.change
		}));
}

/** Returns who is on call at an instant (RFC 3339), until when, and who is next. */
export function onCallAt(rota: Rota, at: string): OnCall {
	const atMs = Date.parse(at);
	let found: OnCall = { person: null, until: null, next: null };
	for (const days of LOOK_AHEAD_DAYS) {
		const horizon = atMs + days * DAY_MS;
		found = readOnCall(joined(segmentsOf(rota, { from: atMs, to: horizon }), isSamePerson), atMs, horizon);
		if (found.next?.until) return found;
	}
	return found;
}

function readOnCall(segments: readonly Segment[], atMs: number, horizon: number): OnCall {
	const current = segments[0] && segments[0].from <= atMs ? segments[0] : null;
	const next = segments.find((segment) => segment !== current && segment.person !== current?.person);
	const end = (endMs: number): string | null => (endMs < horizon ? iso(endMs) : null);
	return {
		person: current?.person ?? null,
		until: current ? end(current.to) : segments[0] ? iso(segments[0].from) : null,
		next: next ? { person: next.person, from: iso(next.from), until: end(next.to) } : null
	};
}

/** Returns the hours between two instants that nobody covers. */
export function gapsOf(rota: Rota, from: string, to: string): Gap[] {
	const gaps: Gap[] = [];
	const end = Date.parse(to);
	let reached = Date.parse(from);
	for (const segment of segmentsOf(rota, { from: reached, to: end })) {
		if (segment.from > reached) gaps.push({ from: iso(reached), to: iso(segment.from) });
		reached = segment.to;
	}
	if (reached < end) gaps.push({ from: iso(reached), to: iso(end) });
	return gaps;
}

/** Returns when the first layer of the rota begins. */
export const firstStartOf = (rota: Pick<Rota, 'layers' | 'timeZone'>): string =>
	iso(Math.min(...rota.layers.map((layer) => startOf(layer, layer.timeZone ?? rota.timeZone))));

function segmentsOf(rota: Rota, range: Stretch): Segment[] {
	let segments: Segment[] = [];
	for (const [place, layer] of rota.layers.entries())
		segments = over(
			segments,
			layerSegments(layer, place, layer.timeZone ?? rota.timeZone, rota.absences, range)
		);
	for (const { id, first, second } of rota.swaps) {
		const swapped = (side: typeof first, by: string): Segment[] =>
			cut(segments, msOf(side), range)
				.filter(({ person }) => person === side.person)
				.map((segment) => ({ ...segment, person: by, why: 'swap', change: id }));
		segments = over(segments, [...swapped(first, second.person), ...swapped(second, first.person)]);
	}
	for (const { id, person, from, to } of rota.overrides) {
		const hours = clipped(msOf({ from, to }), range);
		if (hours) segments = over(segments, [{ ...hours, person, turn: id, why: 'override', change: id }]);
	}
	return joined(segments, isSameShift);
}

const isSameShift = (one: Segment, other: Segment): boolean =>
	one.person === other.person &&
	one.turn === other.turn &&
	one.why === other.why &&
	one.change === other.change;
const isSamePerson = (one: Segment, other: Segment): boolean => one.person === other.person;

const msOf = ({ from, to }: { from: string; to: string }): Stretch => ({
	from: Date.parse(from),
	to: Date.parse(to)
});

function clipped({ from, to }: Stretch, range: Stretch): Stretch | null {
	const part = { from: Math.max(from, range.from), to: Math.min(to, range.to) };
	return part.from < part.to ? part : null;
}

/** Returns the parts of the segments that lie in some hours. */
const cut = (segments: readonly Segment[], hours: Stretch, range: Stretch): Segment[] => {
	const within = clipped(hours, range);
	if (!within) return [];
	return segments.flatMap((segment) => {
		const part = clipped(segment, within);
		return part ? [{ ...segment, ...part }] : [];
	});
};

/** Lays segments over others: where both are, the upper segments apply. Both lists have no overlap within themselves. */
function over(lower: readonly Segment[], upper: readonly Segment[]): Segment[] {
	if (upper.length === 0) return [...lower];
	const sorted = upper.toSorted((a, b) => a.from - b.from);
	const left: Segment[] = [];
	let first = 0;
	for (const segment of lower) {
		while (first < sorted.length && sorted[first]!.to <= segment.from) first++;
		let { from } = segment;
		for (let i = first; i < sorted.length && sorted[i]!.from < segment.to; i++) {
			if (sorted[i]!.from > from) left.push({ ...segment, from, to: sorted[i]!.from });
			from = sorted[i]!.to;
		}
		if (from < segment.to) left.push({ ...segment, from });
	}
	return [...left, ...sorted].sort((a, b) => a.from - b.from);
}

/** Joins segments that follow each other without a break and are the same. */
function joined(segments: readonly Segment[], isSame: (one: Segment, other: Segment) => boolean): Segment[] {
	const all: Segment[] = [];
	for (const segment of segments) {
		const last = all.at(-1);
		if (last && last.to === segment.from && isSame(last, segment))
			all[all.length - 1] = { ...last, to: segment.to };
		else all.push(segment);
	}
	return all;
}
