// Says until when quiet hours hold a page back.
import { Temporal } from 'temporal-polyfill';
import type { QuietHours } from './route.ts';

/**
 * Returns the end of the quiet hours in which `at` lies (both epoch ms). Returns `null` if `at` lies outside. The hours
 * are local times of `timeZone`. Hours that end before they begin run over midnight.
 */
export function quietUntil({ from, to }: QuietHours, timeZone: string, at: number): number | null {
	const local = Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(timeZone);
	const time = local.toPlainTime();
	const [start, end] = [Temporal.PlainTime.from(from), Temporal.PlainTime.from(to)];
	const isAfterStart = Temporal.PlainTime.compare(time, start) >= 0;
	const isBeforeEnd = Temporal.PlainTime.compare(time, end) < 0;
	const overMidnight = Temporal.PlainTime.compare(end, start) < 0;
	if (overMidnight ? !isAfterStart && !isBeforeEnd : !isAfterStart || !isBeforeEnd) return null;
	const day = local.toPlainDate().add({ days: overMidnight && isAfterStart ? 1 : 0 });
	return day.toZonedDateTime({ timeZone, plainTime: end }).epochMilliseconds;
}
