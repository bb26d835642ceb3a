// Tests the properties of any rota: shifts tile the time, exactly one person is on call where there is no gap, and each
// kind of change takes precedence by the stated rule. The model asks layer by layer at one instant.
import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { gapsOf, onCallAt, shiftsOf } from '#lib/domain/on-call/rota-shifts.ts';
import { WEEKDAYS, type Layer, type Rota } from '#lib/domain/on-call/rota.ts';
import { propertyRuns } from '../../support/property-runs.ts';
import { ada, aRota, ben, cleo, dev } from '../../support/rotas.ts';

// CI runs each property a thousand times.
vi.setConfig({ testTimeout: 120_000 });

const HOUR_MS = 3_600_000;
const runs = { numRuns: propertyRuns / 10 };
const iso = (atMs: number): string => new Date(atMs).toISOString();

const zone = fc.constantFrom(
	'UTC',
	'Europe/London',
	'America/New_York',
	'Australia/Lord_Howe',
	'Asia/Kolkata'
);
const person = fc.constantFrom(ada, ben, cleo, dev);
/** Weeks around the changes of the clock in both hemispheres. */
const begin = fc
	.constantFrom('2026-03-01', '2026-03-25', '2026-04-01', '2026-10-01', '2026-10-20')
	.map((day) => Date.parse(day));
const time = (hours: number) =>
	fc
		.integer({ min: 0, max: hours * 4 - 1 })
		.map(
			(quarter) =>
				`${String(Math.floor(quarter / 4)).padStart(2, '0')}:${String((quarter % 4) * 15).padStart(2, '0')}`
		);
const layer = (restricted: boolean): fc.Arbitrary<Layer> =>
	fc.record(
		{
			people: fc.uniqueArray(person, { minLength: 1, maxLength: 4 }),
			start: fc.constantFrom(
				'2026-01-05T09:00',
				'2026-02-28T02:15',
				'2026-03-29T01:30',
				'2026-01-01T00:00:00Z'
			),
			handoff: fc.constantFrom('P1W', 'P1D', 'PT12H', 'PT7H', 'PT1H', 'P2D'),
			timeZone: zone,
			restrictions: restricted
				? fc.array(
						fc.record(
							{
								days: fc.uniqueArray(fc.constantFrom(...WEEKDAYS), { minLength: 1 }),
								from: time(24),
								to: time(24)
							},
							{ requiredKeys: ['from', 'to'] }
						),
						{ minLength: 1, maxLength: 3 }
					)
				: fc.constant(undefined)
		},
		{ noNullPrototype: true }
	) as fc.Arbitrary<Layer>;
const hours = (id: string) =>
	fc
		.record({ person, begin, offset: fc.nat(24 * 14), length: fc.integer({ min: 1, max: 24 * 10 }) })
		.map(({ person, begin, offset, length }) => ({
			id,
			by: 'Ada',
			person,
			from: iso(begin + offset * HOUR_MS),
			to: iso(begin + (offset + length) * HOUR_MS)
		}));
const rota = fc
	.record({
		timeZone: zone,
		layers: fc.array(fc.oneof(layer(false), layer(true)), { minLength: 1, maxLength: 3 }),
		// Each change of a stored rota has an id of its own.
		overrides: fc
			.array(hours('override'), { maxLength: 3 })
			.map((overrides) => overrides.map((override, i) => ({ ...override, id: `override ${i}` }))),
		absences: fc.array(hours('absence'), { maxLength: 3 })
	})
	.map((parts) => aRota(parts));
const at = fc.tuple(begin, fc.nat(24 * 60 * 14)).map(([from, minutes]) => from + minutes * 60_000);

describe('the shifts of any rota', () => {
	it('tile the time with its gaps, without overlap', () => {
		fc.assert(
			fc.property(rota, begin, (rota, from) => {
				const to = from + 14 * 24 * HOUR_MS;
				const shifts = shiftsOf(rota, iso(from), iso(to));
				const gaps = gapsOf(rota, iso(from), iso(to));
				const pieces = [...shifts, ...gaps].toSorted((a, b) => (a.from < b.from ? -1 : 1));
				expect(pieces[0]!.from <= iso(from)).toBe(true);
				expect(pieces.at(-1)!.to >= iso(to)).toBe(true);
				for (const [i, piece] of pieces.entries()) {
					expect(piece.from < piece.to).toBe(true);
					if (i > 0) expect(piece.from).toBe(pieces[i - 1]!.to);
				}
			}),
			runs
		);
	});

	it('name the person who is on call at each instant, and are the same in each range that is asked', () => {
		fc.assert(
			fc.property(rota, at, fc.nat(20), fc.nat(20), (rota, at, before, after) => {
				const shift = shiftsOf(rota, iso(at - before * HOUR_MS), iso(at + (after + 1) * HOUR_MS)).find(
					({ from, to }) => from <= iso(at) && iso(at) < to
				);
				const found = onCallAt(rota, iso(at));
				expect(found.person).toBe(shift?.person ?? null);
				const alone = shiftsOf(rota, iso(at), iso(at + 1));
				expect(alone[0] ?? null).toEqual(shift ?? null);
			}),
			runs
		);
	});

	it('are whole also in a turn of two days in which the clocks go back', () => {
		const layer = {
			people: [ada],
			start: '2026-01-01T00:00:00Z',
			handoff: 'P2D',
			timeZone: 'America/New_York'
		};
		const rota: Rota = { timeZone: 'UTC', layers: [layer], overrides: [], swaps: [], absences: [] };
		expect(shiftsOf(rota, '2026-11-02T23:01:00.000Z', '2026-11-02T23:01:00.001Z')).toMatchObject([
			{ from: '2026-10-31T23:00:00.000Z', to: '2026-11-03T00:00:00.000Z' }
		]);
	});

	it('change exactly when onCallAt says that somebody else takes over', () => {
		fc.assert(
			fc.property(rota, at, (rota, at) => {
				const { person, until, next } = onCallAt(rota, iso(at));
				if (until !== null) {
					expect(onCallAt(rota, iso(Date.parse(until) - 1)).person).toBe(person);
					expect(onCallAt(rota, until).person).not.toBe(person);
				}
				if (next) {
					expect(next.person).not.toBe(person);
					expect(onCallAt(rota, next.from).person).toBe(next.person);
				}
			}),
			runs
		);
	});
});

describe('the precedence in any rota', () => {
	/** Who is on call at an instant if the rota has only this layer. */
	const ofLayer = (rota: Rota, layer: Layer, at: number): string | null =>
		onCallAt({ ...rota, layers: [layer], overrides: [], swaps: [] }, iso(at)).person;

	it('is the last override of the hour, then the last layer with a person, then the layers before it', () => {
		fc.assert(
			fc.property(rota, at, (rota, at) => {
				const override = rota.overrides.findLast(({ from, to }) => from <= iso(at) && iso(at) < to);
				const byLayer = rota.layers.map((layer) => ofLayer(rota, layer, at)).findLast((one) => one !== null);
				expect(onCallAt(rota, iso(at)).person).toBe(override?.person ?? byLayer ?? null);
			}),
			runs
		);
	});

	it('never names a person who is away, except by an override', () => {
		fc.assert(
			fc.property(rota, at, (rota, at) => {
				const { person } = onCallAt({ ...rota, overrides: [] }, iso(at));
				const away = rota.absences.filter(({ from, to }) => from <= iso(at) && iso(at) < to);
				expect(away.map((absence) => absence.person)).not.toContain(person);
			}),
			runs
		);
	});

	it('leaves no gap in a rota with a layer of all hours and one present person', () => {
		fc.assert(
			fc.property(rota, layer(false), begin, (rota, base, from) => {
				const whole = { ...rota, layers: [{ ...base, people: [ada, ben] }, ...rota.layers] };
				const absences = rota.absences.filter(({ person }) => person !== ada);
				expect(
					gapsOf({ ...whole, absences }, iso(from + 30 * 24 * HOUR_MS), iso(from + 44 * 24 * HOUR_MS))
				).toEqual([]);
			}),
			runs
		);
	});
});
