// Writes the times and shifts of a rota as the console shows them: in the time zone of the rota.
import type { NamedShift, OnCallNow, RotaView } from '#lib/domain/on-call/rota-view.ts';
import * as messages from '#messages/rotas.ts';
import { formatTag } from './language.ts';

const formats = new Map<string, Intl.DateTimeFormat>();

function formatOf(zone: string, options: Intl.DateTimeFormatOptions, tag = formatTag()): Intl.DateTimeFormat {
	const key = `${tag} ${zone} ${JSON.stringify(options)}`;
	const known = formats.get(key) ?? new Intl.DateTimeFormat(tag, { ...options, timeZone: zone });
	formats.set(key, known);
	return known;
}

/** Writes an instant as `Mon 2 Nov 09:00`. */
export const dayAndTime = (at: string, zone: string): string =>
	formatOf(zone, {
		weekday: 'short',
		day: 'numeric',
		month: 'short',
		hour: '2-digit',
		minute: '2-digit',
		hourCycle: 'h23'
	})
		.format(new Date(at))
		.replace(',', '');

/** Writes the local time of an instant as `09:00`. */
export const timeIn = (at: string, zone: string): string =>
	formatOf(zone, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }).format(new Date(at));

/** Writes an instant for a field of the type `datetime-local`, such as `2026-11-02T09:00`. */
export function localField(at: string, zone: string): string {
	const date = formatOf(zone, { year: 'numeric', month: '2-digit', day: '2-digit' }, 'en-GB')
		.format(new Date(at))
		.split('/')
		.reverse()
		.join('-');
	return `${date}T${timeIn(at, zone)}`;
}

/** Writes a date such as `2026-11-02` as `Mon 2 Nov`. */
export const dateText = (date: string): string =>
	formatOf('UTC', { weekday: 'short', day: 'numeric', month: 'short' })
		.format(new Date(date))
		.replace(',', '');

/** Returns the date after a date such as `2026-11-02`. */
export const dayAfter = (date: string): string =>
	new Date(Date.parse(date) + 24 * 3_600_000).toISOString().slice(0, 10);

export const personText = ({ name, person }: { name: string | null; person: string | null }): string =>
	name ?? person ?? messages.nobody();

/** Says why a person has a shift. */
export const WHY_WORDS: Record<NamedShift['why'], () => string> = {
	layer: messages.why_layer,
	override: messages.why_override,
	swap: messages.why_swap,
	cover: messages.why_cover
};

/** Says who is on call and who is next: "Ada Lead until Mon 9 Nov 09:00, then Ben Oncall". */
export function nowText({ person, name, until, next }: OnCallNow, zone: string): string {
	const current = personText({ name: person === null ? null : name, person });
	const now =
		until === null ? current : messages.person_until({ person: current, until: dayAndTime(until, zone) });
	return next === null ? now : messages.now_then({ now, next: personText(next) });
}

/** A part of a week in which one person or nobody is on call, for drawing. */
export interface Bar {
	/** `null`: nobody is on call. */
	shift: NamedShift | null;
	from: string;
	to: string;
}

/** Cuts shifts to the time from one instant to another, and fills their gaps. */
export function barsOf(shifts: readonly NamedShift[], from: string, to: string): Bar[] {
	const bars: Bar[] = [];
	let reached = from;
	for (const shift of shifts) {
		if (shift.to <= from || shift.from >= to) continue;
		if (shift.from > reached) bars.push({ shift: null, from: reached, to: shift.from });
		const begin = shift.from > reached ? shift.from : reached;
		reached = shift.to < to ? shift.to : to;
		bars.push({ shift, from: begin, to: reached });
	}
	if (reached < to) bars.push({ shift: null, from: reached, to });
	return bars;
}

/** The number of greys that tell people apart. */
const TONES = 6;

/** Returns the grey of a person in a rota. The name stands on it, so two people may share a grey. */
export const toneOf = (people: RotaView['people'], email: string): number =>
	Math.max(
		0,
		people.findIndex((person) => person.email === email)
	) % TONES;
