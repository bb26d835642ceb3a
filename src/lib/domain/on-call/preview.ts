// Defines the preview of a route: what the route would have paged in the last 30 days. The preview counts the stored
// Alerts with their present explanations, as if no person had decided them. Alerts that a standing decision decided page nobody, and do
// not count.
import { z } from 'zod';
import { Alert } from '../alert.ts';
import { OnCallName } from './name.ts';
import { RouteIn } from './route.ts';

export const PREVIEW_DAYS = 30;

/** A night lasts from this hour until `NIGHT_TO_HOUR`, in the time zone of the rota, and counts for its evening's day. */
export const NIGHT_FROM_HOUR = 22;
export const NIGHT_TO_HOUR = 6;

/** The number of pages for each of the last 30 days, the oldest first. */
const Days = z.array(z.number().int()).length(PREVIEW_DAYS);

export const WouldHavePaged = z
	.object({
		days: z.literal(PREVIEW_DAYS),
		/** An episode counts as one page. What an earlier route pages does not count. */
		pages: z.number().int(),
		perDay: Days,
		/** The pages between 22:00 and 06:00, for the day on which the night begins. */
		perNight: Days,
		/** The oldest day of `perDay`, such as 2026-10-30. The days are those of `timeZone`. */
		firstDay: z.string(),
		timeZone: z.string(),
		/** The first Alerts of the newest pages. */
		examples: z.array(Alert),
		/** Whether the numbers are a lower bound, because there are more Alerts than the preview reads. */
		atLeast: z.boolean(),
		/** Why the numbers say less than the route does, in words. `null`: the numbers are complete. */
		note: z.string().nullable()
	})
	.meta({ id: 'WouldHavePaged' });
export type WouldHavePaged = z.infer<typeof WouldHavePaged>;

/** A route that a person considers. `name`: the saved route that this one would replace. */
export const RoutePreviewIn = RouteIn.extend({ name: OnCallName.nullish() }).meta({ id: 'RoutePreviewIn' });
export type RoutePreviewIn = z.infer<typeof RoutePreviewIn>;

export const RoutePreview = z.object({ wouldHavePaged: WouldHavePaged }).meta({ id: 'RoutePreview' });
