// Computes the shifts of one layer of a rota. Turns and hours are counted on the local clock and then become instants:
// a time that the clock skips moves forward by the skipped hour, and a doubled time is its first occurrence.
import { RRuleTemporal } from 'rrule-temporal';
import { Temporal } from 'temporal-polyfill';
import { isInstant, WEEKDAYS, type Layer, type Restriction, type Rota } from './rota.ts';

/** Some hours, in milliseconds since 1970. */
export interface Stretch {
	from: number;
	to: number;
}

/** The hours of one person. `turn` tells apart two turns of the same person. */
export interface Segment extends Stretch {
	person: string;
	turn: string;
	/** Why the person is on call. `cover`: somebody of the layer is away. */
	why: 'layer' | 'cover' | 'swap' | 'override';
	/** The id of the swap or override; `null`: the layer says so. */
	change: string | null;
}

const DAY_MS = 24 * 3_600_000;

/** Returns the milliseconds of a local time, as if its clock were UTC. Between such times, each day has 24 hours. */
const wallOf = (local: Temporal.PlainDateTime): number => local.toZonedDateTime('UTC').epochMilliseconds;

/** Returns the instant of a local time that `wallOf` has counted. */
const instantOf = (wallMs: number, zone: string): number =>
	Temporal.Instant.fromEpochMilliseconds(wallMs)
		.toZonedDateTimeISO('UTC')
		.toPlainDateTime()
		.toZonedDateTime(zone, { disambiguation: 'compatible' }).epochMilliseconds;

const wallAt = (atMs: number, zone: string): number =>
	wallOf(Temporal.Instant.fromEpochMilliseconds(atMs).toZonedDateTimeISO(zone).toPlainDateTime());

/** Returns the length of a turn on the local clock. */
export const turnMs = ({ handoff }: Pick<Layer, 'handoff'>): number =>
	Temporal.Duration.from(handoff).total({ unit: 'milliseconds', relativeTo: '2026-01-01' });

/** Returns the local time at which the first turn begins, in the count of `wallOf`. */
const startWall = ({ start }: Pick<Layer, 'start'>, zone: string): number =>
	isInstant(start)
		? wallAt(Temporal.Instant.from(start).epochMilliseconds, zone)
		: wallOf(Temporal.PlainDateTime.from(start));

/** Returns when the first turn of a layer begins, in milliseconds since 1970. */
export const startOf = ({ start }: Pick<Layer, 'start'>, zone: string): number =>
	isInstant(start)
		? Temporal.Instant.from(start).epochMilliseconds
		: instantOf(startWall({ start }, zone), zone);

/**
 * Returns the segments of a layer between two instants, in order and without overlap. `absences`: the hours in which
 * people are away. Where everybody of the layer is away, nobody of the layer is on call.
 */
export function layerSegments(
	layer: Layer,
	place: number,
	zone: string,
	absences: Rota['absences'],
	range: Stretch
): Segment[] {
	const begin = Math.max(range.from, startOf(layer, zone));
	if (begin >= range.to) return [];
	const away = absences
		.map(({ person, from, to }) => ({ person, from: Date.parse(from), to: Date.parse(to) }))
		.filter(({ person, from, to }) => from < range.to && to > begin && layer.people.includes(person));
	return restricted(turnsOf(layer, zone, { from: begin, to: range.to }), layer.restrictions, zone)
		.flatMap(({ index, from, to }) =>
			piecesOf({ from, to }, away).map((piece) => covered(layer, place, index, piece, away))
		)
		.filter((segment) => segment !== null);
}

interface Turn extends Stretch {
	index: number;
}

function turnsOf(layer: Layer, zone: string, range: Stretch): Turn[] {
	const length = turnMs(layer);
	const first = startWall(layer, zone);
	// A doubled hour has the same local time twice. So the search begins one turn early.
	let index = Math.max(0, Math.floor((wallAt(range.from, zone) - first) / length) - 1);
	const turns: Turn[] = [];
	for (let from = instantOf(first + index * length, zone); from < range.to; index++) {
		const to = instantOf(first + (index + 1) * length, zone);
		const turn = { index, from: Math.max(from, range.from), to: Math.min(to, range.to) };
		if (turn.from < turn.to) turns.push(turn);
		from = to;
	}
	return turns;
}

/** Returns the parts of the turns that lie in the hours of the restrictions. Each window of hours is a part of its own. */
function restricted(turns: Turn[], restrictions: readonly Restriction[] | undefined, zone: string): Turn[] {
	if (!restrictions || turns.length === 0) return turns;
	const range = { from: turns[0]!.from, to: turns.at(-1)!.to };
	const windows = merged(restrictions.flatMap((restriction) => windowsOf(restriction, zone, range)));
	let first = 0;
	return turns.flatMap((turn) => {
		while (first < windows.length && windows[first]!.to <= turn.from) first++;
		const parts: Turn[] = [];
		for (let i = first; i < windows.length && windows[i]!.from < turn.to; i++)
			parts.push({
				index: turn.index,
				from: Math.max(turn.from, windows[i]!.from),
				to: Math.min(turn.to, windows[i]!.to)
			});
		return parts;
	});
}

function windowsOf({ days, from, to }: Restriction, zone: string, range: Stretch): Stretch[] {
	const [hour, minute] = from.split(':').map(Number) as [number, number];
	const [endHour, endMinute] = to.split(':').map(Number) as [number, number];
	const minutes = endHour * 60 + endMinute - (hour * 60 + minute);
	const lengthMs = (minutes > 0 ? minutes : minutes + 24 * 60) * 60_000;
	const early = wallAt(range.from, zone) - 2 * DAY_MS;
	// The rule counts on a clock without changes, because a rule in the zone would leave out a skipped local time.
	const rule = new RRuleTemporal({
		freq: 'WEEKLY',
		byDay: [...(days ?? WEEKDAYS)],
		byHour: [hour],
		byMinute: [minute],
		bySecond: [0],
		tzid: 'UTC',
		dtstart: Temporal.Instant.fromEpochMilliseconds(early - (early % DAY_MS)).toZonedDateTimeISO('UTC')
	});
	return rule.between(new Date(early), new Date(wallAt(range.to, zone) + DAY_MS), true).map((at) => ({
		from: instantOf(at.epochMilliseconds, zone),
		to: instantOf(at.epochMilliseconds + lengthMs, zone)
	}));
}

/** Returns the stretches in order. Stretches that overlap or touch become one. */
export function merged(stretches: readonly Stretch[]): Stretch[] {
	const all: Stretch[] = [];
	for (const { from, to } of stretches.toSorted((a, b) => a.from - b.from)) {
		if (from >= to) continue;
		const last = all.at(-1);
		if (last && from <= last.to) last.to = Math.max(last.to, to);
		else all.push({ from, to });
	}
	return all;
}

/** Cuts the hours where an absence begins or ends. */
function piecesOf({ from, to }: Stretch, away: readonly Stretch[]): Stretch[] {
	const cuts = away
		.flatMap((absence) => [absence.from, absence.to])
		.filter((at) => at > from && at < to)
		.sort((a, b) => a - b);
	return [from, ...new Set(cuts)].map((cut, i, all) => ({ from: cut, to: all[i + 1] ?? to }));
}

/** Returns who of the layer is on call in a piece. `null`: everybody is away. */
function covered(
	{ people }: Layer,
	place: number,
	index: number,
	piece: Stretch,
	away: readonly Away[]
): Segment | null {
	for (let i = 0; i < people.length; i++) {
		const person = people[(index + i) % people.length]!;
		if (
			away.some((absence) => absence.person === person && absence.from < piece.to && absence.to > piece.from)
		)
			continue;
		return { ...piece, person, turn: `${place}.${index}`, why: i === 0 ? 'layer' : 'cover', change: null };
	}
	return null;
}

/** The hours in which a person is away. */
interface Away extends Stretch {
	person: string;
}
