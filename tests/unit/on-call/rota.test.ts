// Tests which rotas are accepted: their description, and the coming hours that nobody covers.
import { describe, expect, it } from 'vitest';
import { firstFieldError } from '#lib/domain/field-errors.ts';
import { comingGaps } from '#lib/domain/on-call/rota-gaps.ts';
import { peopleOf, RotaIn } from '#lib/domain/on-call/rota.ts';
import { ada, aLayer, aRota, at, ben } from '../../support/rotas.ts';

const by = { id: 'change-1', by: 'Ada' };

describe('the coming gaps', () => {
	it('are none in a rota without restrictions', () => {
		expect(comingGaps(aRota(), at('2026-01-06'))).toEqual([]);
	});

	it('do not count the hours before the rota begins', () => {
		expect(comingGaps(aRota(), at('2025-12-01'))).toEqual([]);
	});

	it('name hours that come back each week once, in local time and in UTC', () => {
		const rota = aRota({
			timeZone: 'America/New_York',
			layers: [
				aLayer({ restrictions: [{ days: ['MO', 'TU', 'WE', 'TH', 'FR'], from: '00:00', to: '24:00' }] })
			]
		});
		expect(comingGaps(rota, at('2026-01-06'))).toEqual([
			{
				from: at('2026-01-10T05:00Z'),
				to: at('2026-01-12T05:00Z'),
				local: 'every week, Saturday 00:00 to Monday 00:00 (America/New_York)',
				times: 10
			}
		]);
	});

	it('include hours that only a change of the clock opens, months ahead', () => {
		const zone = (person: string, timeZone: string, from: string, to: string) =>
			aLayer({ people: [person], timeZone, start: '2026-01-01T00:00', restrictions: [{ from, to }] });
		const rota = aRota({
			layers: [zone(ada, 'Europe/London', '08:00', '20:00'), zone(ben, 'Asia/Kolkata', '01:30', '13:30')]
		});
		// In winter, 13:30 in Kolkata is 08:00 in London. In summer it is 09:00, and 20:00 in London is 00:30 in Kolkata.
		expect(comingGaps(rota, at('2026-01-06'))).toEqual([
			{
				from: at('2026-03-29T19:00Z'),
				to: at('2026-03-29T20:00Z'),
				local: 'Sunday 2026-03-29 20:00 to Sunday 2026-03-29 21:00 (Europe/London)',
				times: 1
			},
			...['30', '31'].map((day, i) => ({
				from: at(`2026-03-${day}T19:00Z`),
				to: at(`2026-03-${day}T20:00Z`),
				local: `${i === 0 ? 'Monday' : 'Tuesday'} 2026-03-${day} 20:00 to ${i === 0 ? 'Monday' : 'Tuesday'} 2026-03-${day} 21:00 (Europe/London)`,
				times: 1
			})),
			...['Wednesday', 'Thursday', 'Friday', 'Saturday'].map((name, i) => ({
				from: at(`2026-04-0${i + 1}T19:00Z`),
				to: at(`2026-04-0${i + 1}T20:00Z`),
				local: `${name} 2026-04-0${i + 1} 20:00 to ${name} 2026-04-0${i + 1} 21:00 (Europe/London)`,
				times: 1
			}))
		]);
	});

	it('reach to the end of an absence far ahead', () => {
		const away = (person: string) => ({ ...by, person, from: at('2026-07-01'), to: at('2026-07-02') });
		expect(comingGaps(aRota({ absences: [away(ada), away(ben)] }), at('2026-01-06'))).toMatchObject([
			{ from: at('2026-07-01'), to: at('2026-07-02'), local: expect.stringContaining('2026-07-01 01:00') }
		]);
	});
});

describe('the description of a rota', () => {
	const valid = {
		timeZone: 'Europe/London',
		layers: [{ people: [ada], start: '2026-11-02T09:00', handoff: 'P1W' }]
	};
	const withLayer = (layer: object) => ({ ...valid, layers: [{ ...valid.layers[0], ...layer }] });
	const fault = (rota: unknown): string | undefined => {
		const { error } = RotaIn.safeParse(rota);
		return error && firstFieldError(error, rota);
	};

	it.each(['P1W', 'P1D', 'PT12H', 'P2W', 'P1DT12H', 'PT90M', 'P84D'])('accepts a turn of %s', (handoff) => {
		expect(fault(withLayer({ handoff }))).toBeUndefined();
	});

	it.each(['', 'P', 'PT', 'P0D', 'PT59M', 'P1M', 'P85D', '-P1D', 'P1.5D', '1W', 'P99999999999999W', 'p1w'])(
		'refuses a turn of "%s"',
		(handoff) => {
			expect(fault(withLayer({ handoff }))).toContain('must be an ISO 8601 duration');
		}
	);

	it.each([
		'2026-11-02',
		'2026-11-02T09:00',
		'2026-11-02T09:00:00',
		'2026-11-02T09:00:00Z',
		'2026-11-02T09:00:00.000+01:00'
	])('accepts a beginning at %s', (start) => {
		expect(fault(withLayer({ start }))).toBeUndefined();
	});

	it.each([
		'',
		'tomorrow',
		'2026-02-30T09:00',
		'2026-11-02 09:00',
		'2026-11-02T25:00',
		'0001-01-01',
		'9999-01-01T00:00Z'
	])('refuses a beginning at "%s"', (start) => {
		expect(fault(withLayer({ start }))).toContain('must be a local time such as');
	});

	it.each(['Europe/Lundon', '+01:00', '', 'Mars/Base'])('refuses "%s" as a time zone', (timeZone) => {
		expect(fault({ ...valid, timeZone })).toContain('must be a time zone such as Europe/London');
	});

	it('refuses an override that ends before it begins, and a swap of one person', () => {
		const backward = { person: ada, from: at('2026-01-02'), to: at('2026-01-01') };
		expect(fault({ ...valid, overrides: [backward] })).toContain('must end after it begins');
		const side = (day: string) => ({
			person: ada,
			from: at(`2026-01-0${day}`),
			to: at(`2026-01-0${day}T09:00Z`)
		});
		expect(fault({ ...valid, swaps: [{ first: side('1'), second: side('2') }] })).toContain(
			'must name two people'
		);
	});

	it('refuses an unknown field of a layer, such as a misspelt restriction', () => {
		expect(fault(withLayer({ restriction: [] }))).toContain('has a field that this call does not know');
	});

	it('takes people by their address in lower case, each once', () => {
		const parsed = RotaIn.parse(withLayer({ people: [' Ada@Brightwell.example '] }));
		expect(parsed.layers[0]!.people).toEqual([ada]);
		expect(peopleOf(aRota({ layers: [aLayer({ people: [ada, ben, ada] })] }))).toEqual([ada, ben]);
	});
});
