// Gives examples of the calls about rotas.
import type { Example } from './example-values.ts';

const rotaIn = {
	timeZone: 'Europe/London',
	layers: [
		{
			people: ['ada.lead@brightwell.example', 'ben.engineer@brightwell.example'],
			start: '2026-11-02T09:00',
			handoff: 'P1W'
		}
	],
	overrides: [
		{
			person: 'ben.engineer@brightwell.example',
			from: '2026-11-05T18:00:00.000Z',
			to: '2026-11-05T22:00:00.000Z'
		}
	]
};
const onCallNow = {
	person: 'ada.lead@brightwell.example',
	name: 'Ada Lead',
	until: '2026-11-05T18:00:00.000Z',
	next: {
		person: 'ben.engineer@brightwell.example',
		name: 'Ben Engineer',
		from: '2026-11-05T18:00:00.000Z',
		until: '2026-11-05T22:00:00.000Z'
	}
};
const rotaLine = {
	name: 'Meters',
	timeZone: rotaIn.timeZone,
	people: [
		{ email: 'ada.lead@brightwell.example', name: 'Ada Lead', active: true },
		{ email: 'ben.engineer@brightwell.example', name: 'Ben Engineer', active: true }
	],
	now: onCallNow,
	savedBy: 'Ada Lead',
	savedAt: '2026-11-01T10:00:00.000Z'
};
const rota = {
	...rotaIn,
	...rotaLine,
	overrides: [{ ...rotaIn.overrides[0], id: '0b8f5d0e-6a53-4f65-9d0c-2f1d6a0f3c11', by: 'Ada Lead' }],
	swaps: [],
	absences: [],
	shifts: [
		{
			person: 'ada.lead@brightwell.example',
			name: 'Ada Lead',
			from: '2026-11-02T09:00:00.000Z',
			to: '2026-11-05T18:00:00.000Z',
			why: 'layer',
			change: null
		}
	],
	gaps: []
};

const author = { id: '5d1f6f5c-6a0c-4a55-a8d5-1b8f5a7d9a02', by: 'Ada Lead' };
const swap = {
	first: {
		person: 'ada.lead@brightwell.example',
		from: '2026-11-16T09:00:00.000Z',
		to: '2026-11-23T09:00:00.000Z'
	},
	second: {
		person: 'ben.engineer@brightwell.example',
		from: '2026-11-23T09:00:00.000Z',
		to: '2026-11-30T09:00:00.000Z'
	}
};
const away = {
	person: 'ada.lead@brightwell.example',
	from: '2026-12-24T00:00:00.000Z',
	to: '2027-01-02T00:00:00.000Z'
};

const calendarUrl = {
	url: 'https://causeway.example/api/v1/on-call/calendars/cm90YS8xLzlmL2I.c2lnbmF0dXJl.ics'
};
const CALENDAR = [
	'BEGIN:VCALENDAR',
	'VERSION:2.0',
	'PRODID:-//Example//Holidays//EN',
	'BEGIN:VEVENT',
	'UID:1@brightwell.example',
	'DTSTAMP:20261101T000000Z',
	'DTSTART;VALUE=DATE:20261224',
	'DTEND;VALUE=DATE:20270102',
	'SUMMARY:Ada is away (ada.lead@brightwell.example)',
	'END:VEVENT',
	'END:VCALENDAR',
	''
].join('\r\n');

export const ROTA_EXAMPLES: Readonly<Record<string, Example>> = {
	'GET /on-call/now': { answer: onCallNow },
	'GET /on-call/people': {
		answer: { items: [{ email: 'ada.lead@brightwell.example', name: 'Ada Lead', role: 'lead' }] }
	},
	'GET /on-call/rotas': { answer: { items: [rotaLine] } },
	'GET /on-call/rotas/{name}': { answer: rota },
	'GET /on-call/rotas/{name}/calendar': { answer: calendarUrl },
	'POST /on-call/rotas/{name}/calendar/reset': { answer: calendarUrl },
	'POST /on-call/rotas/{name}/calendar': {
		texts: { 'text/calendar': CALENDAR },
		answer: { as: 'absences', saved: false, changes: [away], known: 0, past: 0, faults: [], rota: null }
	},
	'GET /on-call/calendar': { answer: calendarUrl },
	'POST /on-call/calendar/reset': { answer: calendarUrl },
	'GET /on-call/calendars/{token}.ics': { answer: CALENDAR },
	'PUT /on-call/rotas/{name}': { body: rotaIn, answer: rota },
	'POST /on-call/rotas/{name}/overrides': { body: rotaIn.overrides[0], answer: rota },
	'DELETE /on-call/rotas/{name}/overrides/{id}': { answer: { ...rota, overrides: [] } },
	'POST /on-call/rotas/{name}/swaps': { body: swap, answer: { ...rota, swaps: [{ ...swap, ...author }] } },
	'DELETE /on-call/rotas/{name}/swaps/{id}': { answer: rota },
	'POST /on-call/rotas/{name}/absences': {
		body: away,
		answer: { ...rota, absences: [{ ...away, ...author }] }
	},
	'DELETE /on-call/rotas/{name}/absences/{id}': { answer: rota }
};
