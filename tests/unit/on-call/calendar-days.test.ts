// Tests the days of a calendar page, and how the console cuts shifts for drawing.
import { describe, expect, it } from 'vitest';
import { calendarWeeks, dateIn, readDate, turnPage } from '#lib/domain/on-call/calendar-days.ts';
import type { NamedShift } from '#lib/domain/on-call/rota-view.ts';
import { barsOf, localField, nowText } from '#lib/ui/rota-words.ts';
import { ada, at, ben } from '../../support/rotas.ts';

describe('the days of a calendar page', () => {
	it('are whole weeks from Monday on, over the whole month', () => {
		const weeks = calendarWeeks('Europe/London', '2026-11-15', 'month');
		expect(weeks.map((week) => week.length)).toEqual([7, 7, 7, 7, 7, 7]);
		expect(weeks[0]![0]!.date).toBe('2026-10-26');
		expect(weeks.at(-1)!.at(-1)!.date).toBe('2026-12-06');
		expect(
			calendarWeeks('UTC', '2026-11-15', 'week')
				.flat()
				.map(({ date }) => date)[0]
		).toBe('2026-11-09');
	});

	it('have 23 or 25 hours when the clock changes, and follow each other', () => {
		for (const [date, hours] of [
			['2026-03-29', 23],
			['2026-10-25', 25]
		] as const) {
			const days = calendarWeeks('Europe/London', date, 'week')[0]!;
			const day = days.find((one) => one.date === date)!;
			expect((Date.parse(day.to) - Date.parse(day.from)) / 3_600_000).toBe(hours);
			for (const [i, one] of days.entries()) if (i > 0) expect(one.from).toBe(days[i - 1]!.to);
		}
	});

	it('turn by a week or to the first day of a month', () => {
		expect(turnPage('2026-11-15', 'week', -1)).toBe('2026-11-08');
		expect(turnPage('2026-01-31', 'month', 1)).toBe('2026-02-01');
	});

	it('know the date in a zone, and refuse a text that is no date', () => {
		expect(dateIn('Australia/Sydney', '2026-11-05T20:00:00Z')).toBe('2026-11-06');
		expect([readDate('2026-02-28'), readDate('2026-02-30'), readDate('today')]).toEqual([
			'2026-02-28',
			null,
			null
		]);
	});
});

describe('the bars of a calendar', () => {
	const shift = (person: string, from: string, to: string): NamedShift => ({
		person,
		name: null,
		from: at(from),
		to: at(to),
		why: 'layer',
		change: null
	});

	it('are the shifts cut to the week, with the hours that nobody covers', () => {
		const shifts = [shift(ada, '2026-11-01', '2026-11-03'), shift(ben, '2026-11-04', '2026-11-20')];
		const bars = barsOf(shifts, at('2026-11-02'), at('2026-11-09'));
		expect(bars.map(({ shift, from, to }) => [shift?.person ?? null, from, to])).toEqual([
			[ada, at('2026-11-02'), at('2026-11-03')],
			[null, at('2026-11-03'), at('2026-11-04')],
			[ben, at('2026-11-04'), at('2026-11-09')]
		]);
		expect(barsOf([], at('2026-11-02'), at('2026-11-09'))).toEqual([
			{ shift: null, from: at('2026-11-02'), to: at('2026-11-09') }
		]);
	});
});

describe('the words of a rota', () => {
	it('say who is on call until when, and who is next', () => {
		const now = { person: ada, name: 'Ada Lead', until: at('2026-07-06T08:00Z') };
		const next = { person: ben, name: null, from: now.until, until: null };
		expect(nowText({ ...now, next }, 'Europe/London')).toBe(`Ada Lead until Mon 6 Jul 09:00, then ${ben}`);
		expect(nowText({ ...now, until: null, next: null }, 'UTC')).toBe('Ada Lead');
		expect(nowText({ person: null, name: null, until: null, next: null }, 'UTC')).toBe('Nobody');
	});

	it('write an instant for a field of the form in the zone of the rota', () => {
		expect(localField('2026-07-06T23:30:00Z', 'Europe/London')).toBe('2026-07-07T00:30');
	});
});
