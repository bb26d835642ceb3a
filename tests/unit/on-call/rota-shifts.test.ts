// Tests who is on call: turns, hours of layers, overrides, swaps and absences.
import { describe, expect, it } from 'vitest';
import { gapsOf, onCallAt, shiftsOf } from '#lib/domain/on-call/rota-shifts.ts';
import { ada, aLayer, aRota, at, ben, cleo, dev, linesOf, personAt } from '../../support/rotas.ts';

const by = { id: 'change-1', by: 'Ada' };

describe('a weekly rota', () => {
	it('hands over to the next person after each week, at the same local hour', () => {
		expect(linesOf(aRota(), '2026-01-06', '2026-01-20')).toEqual([
			'ada 2026-01-05T09:00Z',
			'ben 2026-01-12T09:00Z',
			'ada 2026-01-19T09:00Z'
		]);
	});

	it('says who is on call, until when, and who is next until when', () => {
		expect(onCallAt(aRota(), at('2026-01-06'))).toEqual({
			person: ada,
			until: at('2026-01-12T09:00Z'),
			next: { person: ben, from: at('2026-01-12T09:00Z'), until: at('2026-01-19T09:00Z') }
		});
		expect(onCallAt(aRota(), at('2026-01-06')).next?.person).toBe(ben);
	});

	it('gives an instant of hand-off to the person who takes over', () => {
		expect(personAt(aRota(), '2026-01-12T09:00Z')).toBe(ben);
		expect(personAt(aRota(), '2026-01-12T08:59:59.999Z')).toBe(ada);
	});

	it('has nobody on call before it begins, and says when it begins', () => {
		expect(onCallAt(aRota(), at('2026-01-01'))).toEqual({
			person: null,
			until: at('2026-01-05T09:00Z'),
			next: { person: ada, from: at('2026-01-05T09:00Z'), until: at('2026-01-12T09:00Z') }
		});
	});

	it('has no next person if only one person is in it', () => {
		const rota = aRota({ layers: [aLayer({ people: [ada] })] });
		expect(onCallAt(rota, at('2026-01-06'))).toEqual({ person: ada, until: null, next: null });
		expect(onCallAt(rota, at('2026-01-06')).next).toBeNull();
	});

	it('reads its beginning as an instant if the beginning has an offset', () => {
		const rota = aRota({ layers: [aLayer({ start: '2026-07-06T09:00:00+00:00' })] });
		expect(linesOf(rota, '2026-07-06', '2026-07-14')).toEqual([
			'ada 2026-07-06T09:00Z',
			'ben 2026-07-13T09:00Z'
		]);
	});
});

describe('hours of a layer', () => {
	const officeHours = aRota({
		layers: [
			aLayer({ people: [ada] }),
			aLayer({
				people: [ben],
				restrictions: [{ days: ['MO', 'TU', 'WE', 'TH', 'FR'], from: '09:00', to: '17:00' }]
			})
		]
	});

	it('let the layer apply over the layers before it, and these layers apply outside the hours', () => {
		expect(personAt(officeHours, '2026-01-07T12:00Z')).toBe(ben);
		expect(personAt(officeHours, '2026-01-07T17:00Z')).toBe(ada);
		expect(personAt(officeHours, '2026-01-10T12:00Z')).toBe(ada);
	});

	it('end on the next day if they end at or before their beginning', () => {
		const weekend = aRota({
			layers: [
				aLayer({ people: [ada] }),
				aLayer({ people: [ben], restrictions: [{ days: ['FR', 'SA', 'SU'], from: '18:00', to: '18:00' }] })
			]
		});
		expect(personAt(weekend, '2026-01-09T17:59:59Z')).toBe(ada);
		for (const when of ['2026-01-09T18:00Z', '2026-01-11T03:00Z', '2026-01-12T17:59:59Z'])
			expect(personAt(weekend, when)).toBe(ben);
		expect(personAt(weekend, '2026-01-12T18:00Z')).toBe(ada);
	});

	it('may end at midnight', () => {
		const rota = aRota({
			layers: [
				aLayer({ people: [ada], restrictions: [{ from: '00:00', to: '12:00' }] }),
				aLayer({ people: [ben], restrictions: [{ from: '12:00', to: '24:00' }] })
			]
		});
		expect(gapsOf(rota, at('2026-01-06'), at('2026-02-06'))).toEqual([]);
	});
});

describe('an override', () => {
	const override = { ...by, person: cleo, from: at('2026-01-07T18:00Z'), to: at('2026-01-07T22:00Z') };

	it('puts its person on call, and the shift continues after it', () => {
		expect(linesOf(aRota({ overrides: [override] }), '2026-01-07', '2026-01-08')).toEqual([
			'ada 2026-01-05T09:00Z',
			'cleo 2026-01-07T18:00Z',
			'ada 2026-01-07T22:00Z'
		]);
		expect(onCallAt(aRota({ overrides: [override] }), at('2026-01-07T12:00Z'))).toMatchObject({
			person: ada,
			until: override.from,
			next: { person: cleo, until: override.to }
		});
	});

	it('gives way to a later override in the list', () => {
		const later = { ...override, id: 'change-2', person: dev, from: at('2026-01-07T20:00Z') };
		expect(
			linesOf(aRota({ overrides: [override, later] }), '2026-01-07T19:00Z', '2026-01-07T23:00Z')
		).toEqual(['cleo 2026-01-07T18:00Z', 'dev 2026-01-07T20:00Z', 'ada 2026-01-07T22:00Z']);
	});

	it('applies also while its person is away, and while nobody else is on call', () => {
		const away = { ...by, person: cleo, from: at('2026-01-01'), to: at('2026-02-01') };
		expect(personAt(aRota({ overrides: [override], absences: [away] }), '2026-01-07T19:00Z')).toBe(cleo);
		const early = { ...override, from: at('2026-01-01'), to: at('2026-01-02') };
		expect(personAt(aRota({ overrides: [early] }), '2026-01-01T12:00Z')).toBe(cleo);
	});
});

describe('a swap', () => {
	const swap = {
		...by,
		first: { person: ada, from: at('2026-01-05T09:00Z'), to: at('2026-01-12T09:00Z') },
		second: { person: ben, from: at('2026-01-12T09:00Z'), to: at('2026-01-19T09:00Z') }
	};

	it('exchanges two shifts of two people', () => {
		expect(linesOf(aRota({ swaps: [swap] }), '2026-01-06', '2026-01-20')).toEqual([
			'ben 2026-01-05T09:00Z',
			'ada 2026-01-12T09:00Z',
			'ada 2026-01-19T09:00Z'
		]);
	});

	it('changes only hours in which its people are on call', () => {
		const rota = aRota({ layers: [aLayer({ people: [cleo, ben] })], swaps: [swap] });
		expect(linesOf(rota, '2026-01-06', '2026-01-13')).toEqual([
			'cleo 2026-01-05T09:00Z',
			'ada 2026-01-12T09:00Z'
		]);
	});
});

describe('an absence', () => {
	const away = (person: string, from: string, to: string) => ({ ...by, person, from: at(from), to: at(to) });

	it('lets the next person of the layer cover, for the time of the absence only', () => {
		const rota = aRota({
			layers: [aLayer({ people: [ada, ben, cleo] })],
			absences: [away(ada, '2026-01-07', '2026-01-09')]
		});
		expect(shiftsOf(rota, at('2026-01-05T10:00Z'), at('2026-01-10'))).toMatchObject([
			{ person: ada, to: at('2026-01-07'), why: 'layer' },
			{ person: ben, to: at('2026-01-09'), why: 'cover' },
			{ person: ada, to: at('2026-01-12T09:00Z'), why: 'layer' }
		]);
	});

	it('skips everybody who is away', () => {
		const rota = aRota({
			layers: [aLayer({ people: [ada, ben, cleo] })],
			absences: [away(ada, '2026-01-07', '2026-01-09'), away(ben, '2026-01-08', '2026-01-12')]
		});
		expect(linesOf(rota, '2026-01-07', '2026-01-09')).toEqual([
			'ben 2026-01-07T00:00Z',
			'cleo 2026-01-08T00:00Z'
		]);
	});

	it('does not cut the shifts of other people', () => {
		const rota = aRota({ absences: [away(ben, '2026-01-07', '2026-01-08')] });
		expect(linesOf(rota, '2026-01-06', '2026-01-09')).toEqual(['ada 2026-01-05T09:00Z']);
	});

	it('leaves a gap if everybody of the layer is away', () => {
		const rota = aRota({
			absences: [away(ada, '2026-01-07', '2026-01-09'), away(ben, '2026-01-08', '2026-01-10')]
		});
		expect(gapsOf(rota, at('2026-01-06'), at('2026-01-20'))).toEqual([
			{ from: at('2026-01-08'), to: at('2026-01-09') }
		]);
	});
});
