// Tests who is on call when the clock changes, in one time zone and in a rota that follows the sun.
import { describe, expect, it } from 'vitest';
import { gapsOf, shiftsOf } from '#lib/domain/on-call/rota-shifts.ts';
import { ada, aLayer, aRota, at, ben, cleo, linesOf, personAt } from '../../support/rotas.ts';

describe('a change of the clock', () => {
	const daily = (start: string, timeZone: string, handoff = 'P1D') =>
		aRota({ timeZone, layers: [aLayer({ start, handoff })] });

	it.each([
		['Europe/London, forward', 'Europe/London', '2026-03-28T09:00', '2026-03-28T09:00Z', '2026-03-29T08:00Z'],
		['Europe/London, back', 'Europe/London', '2026-10-24T09:00', '2026-10-24T08:00Z', '2026-10-25T09:00Z'],
		[
			'America/New_York, forward',
			'America/New_York',
			'2026-03-07T09:00',
			'2026-03-07T14:00Z',
			'2026-03-08T13:00Z'
		],
		[
			'America/New_York, back',
			'America/New_York',
			'2026-10-31T09:00',
			'2026-10-31T13:00Z',
			'2026-11-01T14:00Z'
		],
		[
			'Australia/Lord_Howe, forward',
			'Australia/Lord_Howe',
			'2026-10-03T09:00',
			'2026-10-02T22:30Z',
			'2026-10-03T22:00Z'
		],
		[
			'Australia/Lord_Howe, back',
			'Australia/Lord_Howe',
			'2026-04-04T09:00',
			'2026-04-03T22:00Z',
			'2026-04-04T22:30Z'
		]
	])('keeps the local hour of the hand-off in %s', (_title, zone, start, first, second) => {
		const [one, two] = shiftsOf(daily(start, zone), at(first), at(second.replace('Z', ':01Z')));
		expect([one!.from, two!.from]).toEqual([at(first), at(second)]);
		expect(one!.to).toBe(two!.from);
	});

	it.each([
		['Europe/London', '2026-03-28T01:30', ['2026-03-28T01:30Z', '2026-03-29T01:30Z', '2026-03-30T00:30Z']],
		['America/New_York', '2026-03-07T02:30', ['2026-03-07T07:30Z', '2026-03-08T07:30Z', '2026-03-09T06:30Z']],
		[
			'Australia/Lord_Howe',
			'2026-10-03T02:15',
			['2026-10-02T15:45Z', '2026-10-03T15:45Z', '2026-10-04T15:15Z']
		]
	])('moves a hand-off in the hour that %s skips forward by the skipped time', (zone, start, expected) => {
		const found = shiftsOf(daily(start, zone), at(expected[0]!), at(expected[2]!.replace('Z', ':01Z')));
		expect(found.map(({ from }) => from)).toEqual(expected.map(at));
	});

	it.each([
		['Europe/London', '2026-10-24T01:30', ['2026-10-24T00:30Z', '2026-10-25T00:30Z', '2026-10-26T01:30Z']],
		['America/New_York', '2026-10-31T01:30', ['2026-10-31T05:30Z', '2026-11-01T05:30Z', '2026-11-02T06:30Z']],
		[
			'Australia/Lord_Howe',
			'2026-04-04T01:45',
			['2026-04-03T14:45Z', '2026-04-04T14:45Z', '2026-04-05T15:15Z']
		]
	])('takes the first of the two times that %s has twice', (zone, start, expected) => {
		const found = shiftsOf(daily(start, zone), at(expected[0]!), at(expected[2]!.replace('Z', ':01Z')));
		expect(found.map(({ from }) => from)).toEqual(expected.map(at));
	});

	it('lets the turn of an hour end at once in the skipped hour, and last two hours in the doubled hour', () => {
		const hourly = (start: string) => daily(start, 'Europe/London', 'PT1H');
		expect(linesOf(hourly('2026-03-29T00:00'), '2026-03-29T00:00Z', '2026-03-29T02:00Z')).toEqual([
			'ada 2026-03-29T00:00Z',
			'ada 2026-03-29T01:00Z'
		]);
		expect(linesOf(hourly('2026-10-25T00:00'), '2026-10-24T23:00Z', '2026-10-25T03:00Z')).toEqual([
			'ada 2026-10-24T23:00Z',
			'ben 2026-10-25T00:00Z',
			'ada 2026-10-25T02:00Z'
		]);
	});

	it('keeps hand-offs of twelve hours at the same two local hours', () => {
		expect(
			linesOf(daily('2026-03-28T08:00', 'Europe/London', 'PT12H'), '2026-03-28T08:00Z', '2026-03-29T19:30Z')
		).toEqual([
			'ada 2026-03-28T08:00Z',
			'ben 2026-03-28T20:00Z',
			'ada 2026-03-29T07:00Z',
			'ben 2026-03-29T19:00Z'
		]);
	});

	it('has no gap and no overlap between hours that meet in the skipped or in the doubled hour', () => {
		const rota = aRota({
			layers: [
				aLayer({ people: [ada], restrictions: [{ from: '01:30', to: '13:00' }] }),
				aLayer({ people: [ben], restrictions: [{ from: '13:00', to: '01:30' }] })
			]
		});
		for (const day of ['2026-03-28', '2026-10-24'])
			expect(gapsOf(rota, at(day), at(day.replace('-24', '-27').replace('-28', '-31')))).toEqual([]);
		expect(personAt(rota, '2026-03-29T01:29:59Z')).toBe(ben);
		expect(personAt(rota, '2026-03-29T01:30Z')).toBe(ada);
		expect(personAt(rota, '2026-10-25T00:29:59Z')).toBe(ben);
		expect(personAt(rota, '2026-10-25T00:30Z')).toBe(ada);
	});
});

describe('a rota that follows the sun', () => {
	const zone = (person: string, timeZone: string, from: string, to: string) =>
		aLayer({ people: [person], timeZone, start: '2026-01-01T00:00', restrictions: [{ from, to }] });
	const rota = aRota({
		timeZone: 'UTC',
		layers: [
			zone(ada, 'Europe/London', '08:00', '17:00'),
			zone(ben, 'America/New_York', '11:00', '20:00'),
			zone(cleo, 'Australia/Sydney', '09:00', '20:00')
		]
	});

	it('gives each hour to the zone in which it is day, in winter and in summer', () => {
		expect(personAt(rota, '2026-01-14T12:00Z')).toBe(ada);
		expect(personAt(rota, '2026-01-14T20:00Z')).toBe(ben);
		expect(personAt(rota, '2026-01-14T02:00Z')).toBe(cleo);
		expect(personAt(rota, '2026-07-14T15:30Z')).toBe(ben);
		expect(personAt(rota, '2026-07-14T08:30Z')).toBe(cleo);
		expect(personAt(rota, '2026-07-14T10:30Z')).toBe(ada);
	});

	it('follows each zone when only its clock changes', () => {
		// New York changes on 8 March, London on 29 March: in between they are four hours apart.
		expect(personAt(rota, '2026-03-07T15:30Z')).toBe(ada);
		expect(personAt(rota, '2026-03-09T15:30Z')).toBe(ben);
		expect(personAt(rota, '2026-03-09T14:59Z')).toBe(ada);
	});
});
