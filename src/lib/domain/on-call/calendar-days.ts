// Lists the days of a calendar page in a time zone. A day of a changing clock has 23 or 25 hours.
import { Temporal } from 'temporal-polyfill';

/** A day: its date, and the instants at which it begins and ends. */
export interface CalendarDay {
	date: string;
	from: string;
	to: string;
}

/** Returns the date of an instant (RFC 3339) in a time zone. */
export const dateIn = (zone: string, at: string): string =>
	Temporal.Instant.from(at).toZonedDateTimeISO(zone).toPlainDate().toString();

/** Returns a date such as `2026-11-02`. `null`: the text is no date. */
export function readDate(text: string): string | null {
	try {
		return /^\d{4}-\d\d-\d\d$/.test(text) ? Temporal.PlainDate.from(text).toString() : null;
	} catch {
		return null;
	}
}

/** Returns the weeks, from Monday on, of the week or of the month in which a date lies. */
export function calendarWeeks(zone: string, date: string, view: 'week' | 'month'): CalendarDay[][] {
	const day = Temporal.PlainDate.from(date);
	const first = view === 'week' ? day : day.with({ day: 1 });
	const last = view === 'week' ? day : day.with({ day: day.daysInMonth });
	const weeks: CalendarDay[][] = [];
	for (
		let monday = first.subtract({ days: first.dayOfWeek - 1 });
		Temporal.PlainDate.compare(monday, last) <= 0;
		monday = monday.add({ weeks: 1 })
	)
		weeks.push(Array.from({ length: 7 }, (_, i) => dayOf(monday.add({ days: i }), zone)));
	return weeks;
}

/** Returns the date of the page before or after a page. */
export function turnPage(date: string, view: 'week' | 'month', by: 1 | -1): string {
	const day = Temporal.PlainDate.from(date);
	const turned = view === 'week' ? day.add({ weeks: by }) : day.with({ day: 1 }).add({ months: by });
	return turned.toString();
}

const dayOf = (day: Temporal.PlainDate, zone: string): CalendarDay => ({
	date: day.toString(),
	from: startOfDay(day, zone),
	to: startOfDay(day.add({ days: 1 }), zone)
});

const startOfDay = (day: Temporal.PlainDate, zone: string): string =>
	new Date(day.toZonedDateTime(zone).epochMilliseconds).toISOString();
