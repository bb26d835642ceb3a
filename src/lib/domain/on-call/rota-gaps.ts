// Finds the hours of the coming weeks that nobody of a rota covers, and says them in local time. Gaps that come back
// each week at the same local hours are one gap.
import { Temporal } from 'temporal-polyfill';
import { z } from 'zod';
import { startOf } from './rota-layer.ts';
import type { Rota } from './rota.ts';
import { firstStartOf, gapsOf, type Gap } from './rota-shifts.ts';

const WEEKS = 8;
const LONGEST_CHECK_DAYS = 400;
const DAY_MS = 24 * 3_600_000;
const WEEK_MS = 7 * DAY_MS;

/** Hours without a person on call. `times`: how often the hours come back in the checked weeks. */
export const RotaGap = z.object({
	/** The first time, in UTC. */
	from: z.string(),
	to: z.string(),
	/** The hours in local time, with the time zone. */
	local: z.string(),
	times: z.number().int()
});
export type RotaGap = z.infer<typeof RotaGap>;

/**
 * Returns the hours that nobody covers from `now` (RFC 3339) on. The check reaches over eight weeks, over the next change
 * of each clock of the rota, and over all absences. The hours before the first layer begins are no gap.
 */
export function comingGaps(rota: Rota, now: string): RotaGap[] {
	const start = firstStartOf(rota);
	const from = start > now ? start : now;
	const end = endOfCheck(rota, from);
	// A gap that begins before the end of the check is named in full.
	const found = gapsOf(rota, from, new Date(Date.parse(end) + WEEK_MS).toISOString());
	return inWeeks(
		found.filter((gap) => gap.from < end),
		rota.timeZone
	);
}

function endOfCheck(rota: Rota, from: string): string {
	const fromMs = Date.parse(from);
	const zones = new Set([rota.timeZone, ...rota.layers.flatMap(({ timeZone }) => timeZone ?? [])]);
	const changes = [...zones].flatMap((zone) => {
		const change = Temporal.Instant.from(from).toZonedDateTimeISO(zone).getTimeZoneTransition('next');
		return change ? [change.epochMilliseconds + WEEK_MS] : [];
	});
	const absences = rota.absences.map(({ to }) => Date.parse(to) + DAY_MS);
	const layers = rota.layers.map((layer) => startOf(layer, layer.timeZone ?? rota.timeZone) + WEEK_MS);
	const end = Math.max(fromMs + WEEKS * WEEK_MS, ...changes, ...absences, ...layers);
	return new Date(Math.min(end, fromMs + LONGEST_CHECK_DAYS * DAY_MS)).toISOString();
}

function inWeeks(gaps: readonly Gap[], zone: string): RotaGap[] {
	const byHours = new Map<string, RotaGap>();
	for (const { from, to } of gaps) {
		const [begin, end] = [from, to].map((at) => Temporal.Instant.from(at).toZonedDateTimeISO(zone)) as [
			Temporal.ZonedDateTime,
			Temporal.ZonedDateTime
		];
		const isLong = end.epochMilliseconds - begin.epochMilliseconds >= WEEK_MS;
		const key = isLong ? from : `${begin.dayOfWeek} ${timeOf(begin)} ${end.dayOfWeek} ${timeOf(end)}`;
		const known = byHours.get(key);
		if (known) {
			known.times++;
			known.local = `every week, ${dayAndTime(begin)} to ${dayAndTime(end)} (${zone})`;
		} else
			byHours.set(key, {
				from,
				to,
				local: `${dateAndTime(begin)} to ${dateAndTime(end)} (${zone})`,
				times: 1
			});
	}
	return [...byHours.values()];
}

const timeOf = (at: Temporal.ZonedDateTime): string => at.toPlainTime().toString({ smallestUnit: 'minute' });
const dayOf = (at: Temporal.ZonedDateTime): string => at.toLocaleString('en-GB', { weekday: 'long' });
const dayAndTime = (at: Temporal.ZonedDateTime): string => `${dayOf(at)} ${timeOf(at)}`;
const dateAndTime = (at: Temporal.ZonedDateTime): string =>
	`${dayOf(at)} ${at.toPlainDate().toString()} ${timeOf(at)}`;
