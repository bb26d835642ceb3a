// Tests the calendars of on call over HTTP: the private addresses, what a calendar program reads, and the import.
import ICAL from 'ical.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { joinAs, type Member } from '../../support/members.ts';
import { startSystem, type System } from '../../support/system.ts';

let system: System;
let lead: Member;
let ben: Member;
let haldenLead: Member;
const ROTA = '/on-call/rotas/Meters';
const DAY_MS = 24 * 3_600_000;

beforeAll(async () => {
	system = await startSystem({ worker: false });
	lead = await joinAs(system, 'brightwell', 'lead', 'Ada Lead');
	ben = await joinAs(system, 'brightwell', 'on-call', 'Ben Oncall');
	haldenLead = await joinAs(system, 'halden', 'lead', 'Hal Lead');
	const rota = {
		timeZone: 'Europe/London',
		layers: [{ people: [lead.email, ben.email], start: '2026-11-02T09:00', handoff: 'P1W' }]
	};
	expect((await lead.call('PUT', ROTA, rota)).status).toBe(200);
});
afterAll(async () => {
	await system[Symbol.asyncDispose]();
});

/** Reads a calendar as a calendar program does: without signing in. */
async function readCalendar(url: string) {
	const response = await fetch(url);
	const text = await response.text();
	if (response.status !== 200) return { status: response.status, headers: response.headers, events: [] };
	const calendar = new ICAL.Component(ICAL.parse(text) as ConstructorParameters<typeof ICAL.Component>[0]);
	const events = calendar.getAllSubcomponents('vevent').map((component) => {
		const { uid, summary, startDate, endDate } = new ICAL.Event(component);
		return { uid, summary, from: startDate.toJSDate().toISOString(), to: endDate.toJSDate().toISOString() };
	});
	return {
		status: 200,
		headers: response.headers,
		name: calendar.getFirstPropertyValue('x-wr-calname'),
		events
	};
}
const rotaUrl = async (): Promise<string> => (await ben.call('GET', `${ROTA}/calendar`)).body.url;
const shiftsAround = async () => {
	const range = `from=${new Date(Date.now() - DAY_MS).toISOString()}&to=${new Date(Date.now() + 100 * DAY_MS).toISOString()}`;
	const { body } = await lead.call('GET', `${ROTA}?${range}`);
	return body.shifts as { person: string; name: string; from: string; to: string }[];
};

describe('the calendar of a rota', () => {
	it('has the shifts of the rota with the names of people, at the right instants', async () => {
		const { name, events, headers } = await readCalendar(await rotaUrl());
		expect(name).toBe('On call: Meters');
		expect(headers.get('content-type')).toBe('text/calendar; charset=utf-8');
		for (const { name: person, from, to } of await shiftsAround())
			expect(events).toContainEqual({ uid: expect.any(String), summary: `${person} on call`, from, to });
		expect(new Set(events.map(({ uid }) => uid)).size).toBe(events.length);
	});

	it('is not sent again while it is the same', async () => {
		const url = await rotaUrl();
		const { headers } = await readCalendar(url);
		expect(headers.get('cache-control')).toBe('private, max-age=900');
		const again = await fetch(url, { headers: { 'if-none-match': headers.get('etag')! } });
		expect(again.status).toBe(304);
	});

	it('has no address that can be guessed or changed, and a reset ends the address', async () => {
		const url = await rotaUrl();
		const [, head, signature] = /^(.*\/)?[^/.]+\.([^.]+)\.ics$/.exec(url)!;
		const forged = Buffer.from('rota/1/0000/1').toString('base64url');
		for (const wrong of [`${head}${forged}.${signature}.ics`, `${head}x.ics`, url.replace(/.\.ics$/, '.ics')])
			expect((await readCalendar(wrong)).status).toBe(404);
		expect((await ben.call('POST', `${ROTA}/calendar/reset`)).status).toBe(403);
		const renewed = await lead.call('POST', `${ROTA}/calendar/reset`);
		expect((await readCalendar(url)).status).toBe(404);
		expect((await readCalendar(renewed.body.url)).status).toBe(200);
		expect(await rotaUrl()).toBe(renewed.body.url);
	});

	it('is not given to another Supplier', async () => {
		expect((await haldenLead.call('GET', `${ROTA}/calendar`)).status).toBe(404);
		expect((await haldenLead.call('POST', `${ROTA}/calendar/reset`)).status).toBe(404);
	});
});

describe('the calendar of a person', () => {
	it('has the shifts of the person in all rotas, and no shifts of others', async () => {
		await lead.call('PUT', '/on-call/rotas/Gas', {
			timeZone: 'UTC',
			layers: [{ people: [ben.email], start: '2026-11-02T09:00', handoff: 'P1D' }]
		});
		expect((await ben.call('GET', '/on-call/calendar')).body).toEqual({ url: null });
		const { url } = (await ben.call('POST', '/on-call/calendar/reset')).body;
		expect((await ben.call('GET', '/on-call/calendar')).body.url).toBe(url);
		const { name, events } = await readCalendar(url);
		expect(name).toBe('On call: Ben Oncall');
		expect(new Set(events.map(({ summary }) => summary))).toEqual(
			new Set(['On call: Meters', 'On call: Gas'])
		);
		const own = (await shiftsAround()).filter(({ person }) => person === ben.email);
		expect(events.filter(({ summary }) => summary === 'On call: Meters').map(({ from }) => from)).toEqual(
			expect.arrayContaining(own.map(({ from }) => from))
		);
		const other = (await shiftsAround()).find(({ person }) => person === lead.email)!;
		expect(
			events.filter(({ summary }) => summary === 'On call: Meters').map(({ from }) => from)
		).not.toContain(other.from);
	});

	it('ends when the person leaves', async () => {
		const leaver = await joinAs(system, 'brightwell', 'controller', 'Lee Leaver');
		const { url } = (await leaver.call('POST', '/on-call/calendar/reset')).body;
		expect((await readCalendar(url)).status).toBe(200);
		await system.database.query(
			'update member set disabled_at = now() where user_id = (select id from "user" where email = $1)',
			[leaver.email]
		);
		expect((await readCalendar(url)).status).toBe(404);
	});

	it('does not exist for a key', async () => {
		expect((await system.get('brightwell', '/on-call/calendar')).status).toBe(403);
	});
});

describe('the import of a calendar', () => {
	const day = (ahead: number): string =>
		new Date(Date.now() + ahead * DAY_MS).toISOString().slice(0, 10).replaceAll('-', '');
	const event = (summary: string, ahead: number): string[] => [
		'BEGIN:VEVENT',
		`UID:${ahead}`,
		'DTSTAMP:20260101T000000Z',
		`DTSTART:${day(ahead)}T100000Z`,
		`DTEND:${day(ahead)}T120000Z`,
		`SUMMARY:${summary}`,
		'END:VEVENT'
	];
	const send = (lines: string[], query = '') =>
		fetch(`${system.url}/api/v1${ROTA}/calendar${query}`, {
			method: 'POST',
			headers: { cookie: lead.cookie, origin: system.url, 'content-type': 'text/calendar' },
			body: ['BEGIN:VCALENDAR', 'VERSION:2.0', 'PRODID:-//T//EN', ...lines, 'END:VCALENDAR', ''].join('\r\n')
		}).then(async (response) => ({ status: response.status, body: (await response.json()) as any })); // eslint-disable-line @typescript-eslint/no-explicit-any -- answers of any shape
	const overrides = async () => (await lead.call('GET', ROTA)).body.overrides;

	it('shows what it would change, and saves the same when it is asked to, once', async () => {
		const lines = [...event(`Ben: ${ben.email}`, 30), ...event(`Ben: ${ben.email}`, -30)];
		const preview = await send(lines, '?preview=true');
		expect(preview).toMatchObject({
			status: 200,
			body: {
				as: 'overrides',
				saved: false,
				changes: [{ person: ben.email }],
				known: 0,
				past: 1,
				faults: [],
				rota: null
			}
		});
		expect(await overrides()).toEqual([]);
		const saved = await send(lines);
		expect(saved.body).toMatchObject({ saved: true, changes: preview.body.changes });
		expect(saved.body.rota.overrides).toMatchObject(preview.body.changes);
		expect(await send(lines)).toMatchObject({ status: 200, body: { changes: [], known: 1 } });
		expect(await overrides()).toHaveLength(1);
	});

	it('makes absences', async () => {
		const { body } = await send(event(`${lead.email} is away`, 40), '?as=absences');
		expect(body.rota.absences).toMatchObject([{ person: lead.email, by: 'Ada Lead' }]);
	});

	it('saves nothing if an event has a fault, and names the event', async () => {
		const lines = [
			...event(ben.email, 50),
			...event('nobody in particular', 51),
			...event(haldenLead.email, 52)
		];
		expect(
			(await send(lines, '?preview=true')).body.faults.map(({ event }: { event: number }) => event)
		).toEqual([2, 3]);
		const before = await overrides();
		const { status, body } = await send(lines);
		expect(status).toBe(422);
		expect(body.errors.map(({ path }: { path: string }) => path)).toEqual(['event 2', 'event 3']);
		expect(await overrides()).toEqual(before);
	});

	it('refuses a text that is no calendar, and people who may not manage', async () => {
		expect((await send(['BEGIN:VEVENT'])).status).toBe(422);
		expect((await ben.call('POST', `${ROTA}/calendar`)).status).toBe(403);
	});
});
