// Tests how the events of a calendar become hours of people: their person, their time zone, repeats and faults.
import { describe, expect, it } from 'vitest';
import { readEvents } from '#lib/server/on-call/rotas/calendar-events.ts';
import { ada, at, ben } from '../../support/rotas.ts';

const NOW = Date.parse('2026-03-01T00:00Z');

const calendarOf = (...events: string[][]): string =>
	[
		'BEGIN:VCALENDAR',
		'VERSION:2.0',
		'PRODID:-//Test//EN',
		...events.flatMap((lines) => ['BEGIN:VEVENT', 'DTSTAMP:20260101T000000Z', ...lines, 'END:VEVENT']),
		'END:VCALENDAR',
		''
	].join('\r\n');
const byAda = ['UID:1', `SUMMARY:${ada}`];
const read = (...events: string[][]) => readEvents(calendarOf(...events), 'Europe/London', NOW);
const hours = (person: string, from: string, to: string, event = 1) => ({
	event,
	person,
	from: at(from),
	to: at(to)
});

describe('the person of an event', () => {
	const times = ['UID:1', 'DTSTART:20260310T090000Z', 'DTEND:20260310T170000Z'];
	const personOf = (...lines: string[]) => {
		const result = read([...times, ...lines]);
		if ('unusable' in result) throw new Error(result.unusable);
		return result.hours[0]?.person ?? result.faults[0]?.message;
	};

	it('is its ATTENDEE, by address or by the parameter EMAIL', () => {
		expect(personOf('SUMMARY:Night duty', `ATTENDEE;CN=Ada:mailto:${ada.toUpperCase()}`)).toBe(ada);
		expect(personOf(`ATTENDEE;CN=Ada;EMAIL=${ada}:urn:uuid:1`, `SUMMARY:${ben}`)).toBe(ada);
	});

	it('is the e-mail address in SUMMARY if there is no ATTENDEE', () => {
		expect(personOf(`SUMMARY:Ada Lead <${ada}> is away`)).toBe(ada);
	});

	it('must be exactly one', () => {
		expect(personOf('SUMMARY:Ada is away')).toMatch(/^names nobody/);
		expect(personOf(`ATTENDEE:mailto:${ada}`, `ATTENDEE:mailto:${ben}`)).toMatch(/^names several people/);
	});
});

describe('the times of an event', () => {
	it('are read in UTC, in a zone of IANA, and without a zone in the zone of the rota', () => {
		const zoned = (zone: string) => [`DTSTART${zone}:20260710T090000`, `DTEND${zone}:20260710T170000`];
		expect(
			read(
				[...byAda, 'DTSTART:20260710T090000Z', 'DTEND:20260710T170000Z'],
				[...byAda, ...zoned(';TZID=America/New_York')],
				[...byAda, ...zoned('')]
			)
		).toMatchObject({
			hours: [
				hours(ada, '2026-07-10T09:00Z', '2026-07-10T17:00Z', 1),
				hours(ada, '2026-07-10T13:00Z', '2026-07-10T21:00Z', 2),
				hours(ada, '2026-07-10T08:00Z', '2026-07-10T16:00Z', 3)
			]
		});
	});

	it('are read in a zone that only the calendar defines, as Outlook writes it', () => {
		const zone = [
			'BEGIN:VTIMEZONE',
			'TZID:GMT Standard Time',
			'BEGIN:STANDARD',
			'DTSTART:16010101T020000',
			'TZOFFSETFROM:+0100',
			'TZOFFSETTO:+0000',
			'RRULE:FREQ=YEARLY;INTERVAL=1;BYDAY=-1SU;BYMONTH=10',
			'END:STANDARD',
			'BEGIN:DAYLIGHT',
			'DTSTART:16010101T010000',
			'TZOFFSETFROM:+0000',
			'TZOFFSETTO:+0100',
			'RRULE:FREQ=YEARLY;INTERVAL=1;BYDAY=-1SU;BYMONTH=3',
			'END:DAYLIGHT',
			'END:VTIMEZONE'
		].join('\r\n');
		const event = [
			...byAda,
			'DTSTART;TZID=GMT Standard Time:20260710T090000',
			'DTEND;TZID=GMT Standard Time:20260710T170000'
		];
		const text = calendarOf(event).replace('BEGIN:VEVENT', `${zone}\r\nBEGIN:VEVENT`);
		expect(readEvents(text, 'Asia/Kolkata', NOW)).toMatchObject({
			hours: [hours(ada, '2026-07-10T08:00Z', '2026-07-10T16:00Z')]
		});
		expect(read(event)).toMatchObject({
			hours: [],
			faults: [{ event: 1, message: 'has a time zone that the calendar does not define' }]
		});
	});

	it('are whole days in the zone of the rota, also over a change of the clock', () => {
		expect(read([...byAda, 'DTSTART;VALUE=DATE:20260328', 'DTEND;VALUE=DATE:20260330'])).toMatchObject({
			hours: [hours(ada, '2026-03-28T00:00Z', '2026-03-29T23:00Z')]
		});
	});

	it('may be given by a duration', () => {
		expect(read([...byAda, 'DTSTART:20260310T090000Z', 'DURATION:PT8H'])).toMatchObject({
			hours: [hours(ada, '2026-03-10T09:00Z', '2026-03-10T17:00Z')]
		});
	});

	it('that are over are counted and left out', () => {
		expect(read([...byAda, 'DTSTART:20260210T090000Z', 'DTEND:20260210T170000Z'])).toEqual({
			hours: [],
			past: 1,
			faults: []
		});
	});
});

describe('an event that repeats', () => {
	const weekly = [
		...byAda,
		'DTSTART;TZID=Europe/London:20260323T180000',
		'DTEND;TZID=Europe/London:20260323T220000'
	];

	it('is expanded at its local hours, with its exceptions', () => {
		expect(
			read(
				[...weekly, 'RRULE:FREQ=WEEKLY;COUNT=4', 'EXDATE;TZID=Europe/London:20260406T180000'],
				[
					...byAda,
					'RECURRENCE-ID;TZID=Europe/London:20260413T180000',
					'DTSTART;TZID=Europe/London:20260414T190000',
					'DTEND;TZID=Europe/London:20260414T220000'
				]
			)
		).toMatchObject({
			hours: [
				hours(ada, '2026-03-23T18:00Z', '2026-03-23T22:00Z'),
				hours(ada, '2026-03-30T17:00Z', '2026-03-30T21:00Z'),
				hours(ada, '2026-04-14T18:00Z', '2026-04-14T21:00Z')
			],
			faults: []
		});
	});

	it('without an end is expanded for twelve months', () => {
		const result = read([...weekly, 'RRULE:FREQ=WEEKLY']);
		if ('unusable' in result) throw new Error(result.unusable);
		expect(result.hours).toHaveLength(50);
		expect(result.hours.at(-1)!.from < '2027-03-03').toBe(true);
	});

	it('each second is a fault and takes no time', () => {
		const begin = performance.now();
		expect(
			read([...byAda, 'DTSTART:19700101T000000Z', 'DTEND:19700101T000001Z', 'RRULE:FREQ=SECONDLY'])
		).toMatchObject({
			hours: [],
			faults: [{ event: 1, message: 'repeats too often; give it an end or a longer interval' }]
		});
		expect(performance.now() - begin).toBeLessThan(5000);
	});
});

describe('a calendar that cannot be used', () => {
	it.each([
		['is no calendar', 'hello', /is no iCalendar/],
		['is another component', 'BEGIN:VCARD\r\nEND:VCARD\r\n', /is no iCalendar/],
		['is cut off', 'BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\n', /is no iCalendar|has no events/],
		['has no events', calendarOf(), /has no events/],
		['has too many events', calendarOf(...Array.from({ length: 501 }, () => byAda)), /more than 500 events/]
	])('%s', (_title, text, why) => {
		expect(readEvents(text, 'UTC', NOW)).toEqual({ unusable: expect.stringMatching(why) });
	});

	it('names each bad event by its number, and reads the others', () => {
		expect(
			read(
				[...byAda, 'DTSTART:20260310T090000Z', 'DTEND:20260310T080000Z'],
				[...byAda],
				[...byAda, 'DTSTART:20260399T090000Z', 'DTEND:20260310T080000Z'],
				[...byAda, 'DTSTART:20260310T090000Z', 'DTEND:20260310T170000Z'],
				[...byAda, 'STATUS:CANCELLED', 'DTSTART:20260311T090000Z', 'DTEND:20260311T170000Z']
			)
		).toMatchObject({
			hours: [{ event: 4 }],
			faults: [
				{ event: 1, message: 'ends before it begins' },
				{ event: 2, message: expect.any(String) },
				{ event: 3, message: expect.any(String) }
			]
		});
	});
});
