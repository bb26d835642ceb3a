// Defines the hours of the day at which the shifts of a Supplier begin, and finds the end of the current shift.
import { Temporal } from 'temporal-polyfill';
import { z } from 'zod';
import { TimeZone } from '../on-call/rota.ts';

const START_RULE = 'must be a local time such as 06:00';
const MOST_SHIFTS = 12;

export const ShiftHours = z
	.strictObject({
		timeZone: TimeZone,
		/** The local times at which a shift begins and the shift before it ends, in any order. */
		starts: z
			.array(z.string(START_RULE).regex(/^([01]\d|2[0-3]):[0-5]\d$/, START_RULE))
			.min(1)
			.max(MOST_SHIFTS)
			.refine((starts) => new Set(starts).size === starts.length, 'must not name a time twice')
	})
	.meta({ id: 'ShiftHours' });
export type ShiftHours = z.infer<typeof ShiftHours>;

/** The shifts of a Supplier that has set no hours: three shifts of eight hours. */
export const DEFAULT_SHIFT_HOURS: ShiftHours = {
	timeZone: 'Europe/London',
	starts: ['06:00', '14:00', '22:00']
};

/**
 * Returns when the shift at `at` ends: the next start of a shift (both epoch ms). A start that the change of the clock
 * skips is an hour later. A start that the clock shows twice is the first of both.
 */
export function endOfShift({ timeZone, starts }: ShiftHours, at: number): number {
	const today = Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(timeZone).toPlainDate();
	const ends = [0, 1, 2].flatMap((days) =>
		starts.map((start) => {
			const plainTime = Temporal.PlainTime.from(start);
			return today.add({ days }).toZonedDateTime({ timeZone, plainTime }).epochMilliseconds;
		})
	);
	return Math.min(...ends.filter((end) => end > at));
}
