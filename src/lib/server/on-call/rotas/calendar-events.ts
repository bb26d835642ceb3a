// Reads the events of an iCalendar (RFC 5545) as hours of people. An event names its person by ATTENDEE or by an e-mail
// address in SUMMARY. Events that repeat are expanded for twelve months.
import ICAL from 'ical.js';
import { Temporal } from 'temporal-polyfill';
import type { EventFault, ImportedHours } from '#lib/domain/on-call/calendar.ts';
import { TimeZone } from '#lib/domain/on-call/rota.ts';

const MOST_EVENTS = 500;
const MOST_HOURS = 500;
/** The greatest number of repeats of one event that are looked at, also before now. */
const MOST_REPEATS = 20_000;
const COMING_MS = 366 * 24 * 3_600_000;

export interface CalendarEvents {
	/** `event`: the number of the event in the calendar, from 1. */
	hours: (ImportedHours & { event: number })[];
	/** The number of hours that are over. */
	past: number;
	faults: EventFault[];
}

/** Reads a calendar. `zone`: the time zone of whole days and of times without a zone. Returns why the text is unusable. */
export function readEvents(text: string, zone: string, nowMs: number): CalendarEvents | { unusable: string } {
	let events: ICAL.Component[];
	try {
		const calendar = new ICAL.Component(ICAL.parse(text) as ConstructorParameters<typeof ICAL.Component>[0]);
		if (calendar.name !== 'vcalendar') return { unusable: NOT_A_CALENDAR };
		events = calendar.getAllSubcomponents('vevent');
	} catch {
		return { unusable: NOT_A_CALENDAR };
	}
	if (events.length === 0) return { unusable: 'The calendar has no events' };
	if (events.length > MOST_EVENTS)
		return { unusable: `The calendar has more than ${MOST_EVENTS} events; send fewer in one call` };
	const result: CalendarEvents = { hours: [], past: 0, faults: [] };
	for (const [i, event] of events.entries()) {
		// An exception changes one repeat of another event. That event reads it.
		if (event.hasProperty('recurrence-id')) continue;
		const fault = addEvent(event, i + 1, events, { zone, nowMs }, result);
		if (fault) result.faults.push({ event: i + 1, message: fault });
		if (result.hours.length > MOST_HOURS)
			return { unusable: `The calendar has more than ${MOST_HOURS} coming shifts; send fewer in one call` };
	}
	return result;
}

const NOT_A_CALENDAR =
	'The body is no iCalendar: it must begin with BEGIN:VCALENDAR and have the form of RFC 5545';

interface Context {
	zone: string;
	nowMs: number;
}

/** Adds the hours of an event. Returns what is wrong with the event, or `null`. */
function addEvent(
	component: ICAL.Component,
	number: number,
	all: readonly ICAL.Component[],
	context: Context,
	result: CalendarEvents
): string | null {
	if (component.getFirstPropertyValue('status') === 'CANCELLED') return null;
	const people = peopleIn(component);
	if (people.length === 0) return 'names nobody; add an ATTENDEE or an e-mail address in SUMMARY';
	if (people.length > 1) return 'names several people; only one person is on call at a time';
	const found: CalendarEvents['hours'] = [];
	let past = 0;
	try {
		const event = new ICAL.Event(component);
		for (const one of all)
			if (one.hasProperty('recurrence-id') && one.getFirstPropertyValue('uid') === event.uid)
				event.relateException(one);
		for (const [begin, end] of occurrencesOf(event, context)) {
			if (end <= begin) return 'ends before it begins';
			if (end <= context.nowMs) past++;
			else found.push({ event: number, person: people[0]!, from: iso(begin), to: iso(end) });
		}
	} catch (error) {
		return error instanceof UnusableEvent
			? error.message
			: 'has a time or a rule that does not follow RFC 5545';
	}
	result.hours.push(...found);
	result.past += past;
	return null;
}

class UnusableEvent extends Error {}

/** Returns the times of an event, in milliseconds since 1970. */
function* occurrencesOf(event: ICAL.Event, context: Context): Generator<[number, number]> {
	if (!event.isRecurring()) {
		yield timesOf(event, context);
		return;
	}
	const repeats = event.iterator();
	let count = 0;
	for (let next = repeats.next(); next; next = repeats.next()) {
		if (++count > MOST_REPEATS)
			throw new UnusableEvent('repeats too often; give it an end or a longer interval');
		const { startDate, endDate, item } = event.getOccurrenceDetails(next);
		// An exception has times of its own. Each other repeat ends in the zone in which it begins.
		const tzid = zoneOf(item.component, 'dtstart');
		const [begin, end] =
			item === event
				? [instantOf(startDate, tzid, context), instantOf(endDate, tzid, context)]
				: timesOf(item, context);
		if (begin > context.nowMs + COMING_MS) return;
		if (item.component.getFirstPropertyValue('status') !== 'CANCELLED') yield [begin, end];
	}
}

const timesOf = ({ component, startDate, endDate }: ICAL.Event, context: Context): [number, number] => [
	instantOf(startDate, zoneOf(component, 'dtstart'), context),
	instantOf(endDate, zoneOf(component, 'dtend'), context)
];

/** Returns the e-mail addresses of an event: of its ATTENDEEs, or else in its SUMMARY. */
function peopleIn(component: ICAL.Component): string[] {
	const attendees = component
		.getAllProperties('attendee')
		.map((property) => String(property.getFirstParameter('email') ?? property.getFirstValue() ?? ''))
		.map((text) => text.replace(/^mailto:/i, ''));
	const texts = attendees.length > 0 ? attendees : [String(component.getFirstPropertyValue('summary') ?? '')];
	const emails = texts.flatMap((text) => text.match(/[^\s@<>(),;:"]+@[^\s@<>(),;:"]+/g) ?? []);
	return [...new Set(emails.map((email) => email.toLowerCase()))];
}

/**
 * Returns the instant of a time. `tzid`: the zone that the event names. The zones of IANA are read from this machine, and
 * any other zone from the calendar. A whole day and a time without a zone are in the zone of the rota.
 */
function instantOf(time: ICAL.Time, tzid: string | null, { zone }: Context): number {
	const isKnown = tzid !== null && TimeZone.safeParse(tzid).success;
	const defined = time.zone?.tzid ?? 'floating';
	if (!time.isDate && !isKnown && defined !== 'floating') return time.toUnixTime() * 1000;
	if (!time.isDate && !isKnown && tzid !== null)
		throw new UnusableEvent('has a time zone that the calendar does not define');
	const { year, month, day, hour, minute, second } = time;
	const local = Temporal.PlainDateTime.from({ year, month, day, hour, minute, second });
	return local.toZonedDateTime(isKnown && !time.isDate ? tzid : zone).epochMilliseconds;
}

/** Returns the zone that the beginning or the end of an event names. `null`: the time names no zone. */
function zoneOf(component: ICAL.Component, which: 'dtstart' | 'dtend'): string | null {
	const tzid = component.getFirstProperty(which)?.getFirstParameter('tzid');
	return tzid
		? tzid
		: which === 'dtend' && !component.hasProperty('dtend')
			? zoneOf(component, 'dtstart')
			: null;
}

const iso = (atMs: number): string => new Date(atMs).toISOString();
