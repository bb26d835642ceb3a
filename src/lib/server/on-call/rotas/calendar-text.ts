// Writes shifts as an iCalendar (RFC 5545). All times are in UTC, so that each calendar shows its own local hours.
import ical, { ICalCalendarMethod, ICalEventTransparency } from 'ical-generator';

/** A shift in a calendar. */
export interface CalendarShift {
	/** The same in each reading of the calendar. */
	uid: string;
	from: string;
	to: string;
	summary: string;
	description: string;
	/** When the rota of the shift was saved. */
	savedAt: Date;
}

/** How often a calendar program should read the calendar again. */
export const REFRESH_SECONDS = 900;

export function calendarText(name: string, shifts: readonly CalendarShift[], url: string): string {
	const calendar = ical({
		name,
		url,
		prodId: { company: 'Causeway', product: 'On call', language: 'EN' },
		method: ICalCalendarMethod.PUBLISH,
		ttl: REFRESH_SECONDS
	});
	for (const shift of shifts)
		calendar.createEvent({
			id: shift.uid,
			start: shift.from,
			end: shift.to,
			// A fixed stamp keeps the text the same while the rota is the same.
			stamp: shift.savedAt,
			lastModified: shift.savedAt,
			summary: shift.summary,
			description: shift.description,
			transparency: ICalEventTransparency.TRANSPARENT
		});
	return calendar.toString();
}
