// Tests how long an Alert stays on the shelf, also when the clock changes, and what brings it back.
import fc from 'fast-check';
import { Temporal } from 'temporal-polyfill';
import { describe, expect, it } from 'vitest';
import {
	returnsFromShelf,
	shelfBasisOf,
	shelfEnd,
	shelfOf,
	ShelfTime,
	type ShelvedAlert
} from '#lib/domain/desk/shelving.ts';
import { DEFAULT_SHIFT_HOURS, endOfShift, ShiftHours } from '#lib/domain/desk/shift-hours.ts';

const HOUR_MS = 3_600_000;
const usual: ShelvedAlert = {
	kind: 'device',
	code: '8F0C',
	priority: 2,
	explanation: 'unexplained',
	candidates: []
};
const at = Date.parse('2026-11-05T10:00:00Z');
const shelve = (alert: Partial<ShelvedAlert>, time: ShelfTime, now = at) =>
	shelfOf({ ...usual, ...alert }, { time, at: now, end: shelfEnd(time, now, DEFAULT_SHIFT_HOURS) });
const untilOf = (shelf: ReturnType<typeof shelve>): string | null =>
	'until' in shelf ? new Date(shelf.until).toISOString() : null;

describe('the end of a shift', () => {
	const end = (instant: string): string =>
		new Date(endOfShift(DEFAULT_SHIFT_HOURS, Date.parse(instant))).toISOString();

	it('is the next hour at which a shift begins, also after midnight', () => {
		expect(end('2026-11-05T10:00:00Z')).toBe('2026-11-05T14:00:00.000Z');
		expect(end('2026-11-05T22:00:00Z')).toBe('2026-11-06T06:00:00.000Z');
		expect(end('2026-11-05T13:59:59Z')).toBe('2026-11-05T14:00:00.000Z');
	});

	it('keeps its local hour when the clock changes: a night shift is one hour shorter or longer', () => {
		expect(end('2026-03-28T22:30:00Z')).toBe('2026-03-29T05:00:00.000Z');
		expect(end('2026-10-24T21:30:00Z')).toBe('2026-10-25T06:00:00.000Z');
	});

	it('comes an hour later if the clock skips it, and at the first of both if the clock shows it twice', () => {
		const hours = { timeZone: 'Europe/London', starts: ['01:30'] };
		const next = (instant: string): string => new Date(endOfShift(hours, Date.parse(instant))).toISOString();
		expect(next('2026-03-28T23:00:00Z')).toBe('2026-03-29T01:30:00.000Z');
		expect(next('2026-10-24T23:00:00Z')).toBe('2026-10-25T00:30:00.000Z');
		expect(next('2026-10-25T00:30:00Z')).toBe('2026-10-26T01:30:00.000Z');
	});

	// Around both changes of the clock of 2026, in zones with and without a change.
	const around = fc.oneof(
		...['2026-03-29T01:00:00Z', '2026-10-25T01:00:00Z'].map((change) =>
			fc.integer({ min: -48 * 60, max: 48 * 60 }).map((minutes) => Date.parse(change) + minutes * 60_000)
		)
	);
	const someHours = fc.record({
		timeZone: fc.constantFrom(
			'Europe/London',
			'Europe/Berlin',
			'UTC',
			'America/New_York',
			'Australia/Lord_Howe'
		),
		starts: fc.uniqueArray(
			fc
				.tuple(fc.integer({ min: 0, max: 23 }), fc.integer({ min: 0, max: 59 }))
				.map(([h, m]) => [h, m].map((n) => String(n).padStart(2, '0')).join(':')),
			{ minLength: 1, maxLength: 6 }
		)
	});

	it('is always later, at most 25 hours away, and at a local start unless the clock skips that start', () => {
		fc.assert(
			fc.property(around, someHours, (now, hours) => {
				expect(ShiftHours.safeParse(hours).success).toBe(true);
				const end = endOfShift(hours, now);
				expect(end).toBeGreaterThan(now);
				expect(end - now).toBeLessThanOrEqual(25 * HOUR_MS);
				const local = Temporal.Instant.fromEpochMilliseconds(end).toZonedDateTimeISO(hours.timeZone);
				const isSkipped = hours.starts.some((start) => {
					const wall = local.toPlainDate().toPlainDateTime(Temporal.PlainTime.from(start));
					const zoned = wall.toZonedDateTime(hours.timeZone);
					return zoned.epochMilliseconds === end && !zoned.toPlainDateTime().equals(wall);
				});
				if (!isSkipped) expect(hours.starts).toContain(local.toPlainTime().toString().slice(0, 5));
			})
		);
	});

	it('is the same for every instant of one shift', () => {
		fc.assert(
			fc.property(
				around,
				someHours,
				fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
				(now, hours, part) => {
					const end = endOfShift(hours, now);
					expect(endOfShift(hours, now + Math.floor((end - now) * part))).toBe(end);
				}
			)
		);
	});

	it('keeps every time on the shelf within its limit', () => {
		fc.assert(
			fc.property(
				around,
				someHours,
				fc.constantFrom(...ShelfTime.options),
				fc.constantFrom(1, 2, 3, 4),
				(now, hours, time, priority) => {
					const shelf = shelfOf({ ...usual, priority }, { time, at: now, end: shelfEnd(time, now, hours) });
					if ('refused' in shelf) {
						expect([priority, time]).toEqual([1, '2h']);
						return;
					}
					expect(shelf.until).toBeGreaterThan(now);
					expect(shelf.until - now).toBeLessThanOrEqual((priority === 1 ? 0.5 : 12) * HOUR_MS);
				}
			)
		);
	});
});

describe('a time on the shelf', () => {
	it('is 30 minutes, 2 hours, until the end of the shift, or until the next change and 12 hours at most', () => {
		expect(untilOf(shelve({}, '30m'))).toBe('2026-11-05T10:30:00.000Z');
		expect(untilOf(shelve({}, '2h'))).toBe('2026-11-05T12:00:00.000Z');
		expect(untilOf(shelve({}, 'end-of-shift'))).toBe('2026-11-05T14:00:00.000Z');
		expect(untilOf(shelve({}, 'next-change'))).toBe('2026-11-05T22:00:00.000Z');
	});

	it('is 30 minutes at most for priority 1 and for a guard code', () => {
		for (const alert of [{ priority: 1 }, { code: '8F35', explanation: 'not-command' as const }]) {
			expect(untilOf(shelve(alert, '30m'))).toBe('2026-11-05T10:30:00.000Z');
			expect(shelve(alert, '2h')).toHaveProperty('refused');
			expect(untilOf(shelve(alert, 'end-of-shift'))).toBe('2026-11-05T10:30:00.000Z');
			expect(untilOf(shelve(alert, 'next-change'))).toBe('2026-11-05T10:30:00.000Z');
		}
	});

	it('is refused for physical tamper', () => {
		for (const code of ['8F3F', '81C3'])
			for (const time of ShelfTime.options) expect(shelve({ code }, time)).toHaveProperty('refused');
	});
});

describe('an Alert on the shelf', () => {
	const suspect = [{ requestId: 'a' }];

	it('returns when its explanation, its suspect or its priority changes', () => {
		const basis = shelfBasisOf({ ...usual, explanation: 'likely', candidates: suspect });
		const returns = (alert: Partial<ShelvedAlert>): boolean =>
			returnsFromShelf(basis, { ...usual, explanation: 'likely', candidates: suspect, ...alert });
		expect(returns({})).toBe(false);
		expect(returns({ explanation: 'exact' })).toBe(true);
		expect(returns({ candidates: [{ requestId: 'b' }] })).toBe(true);
		expect(returns({ priority: 1 })).toBe(true);
	});

	it('stays when only weak candidates change, which no explanation names', () => {
		const basis = shelfBasisOf({ ...usual, candidates: suspect });
		expect(returnsFromShelf(basis, { ...usual, candidates: [{ requestId: 'b' }] })).toBe(false);
	});
});
