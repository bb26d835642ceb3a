// Defines the events that the server sends on the socket, and the pages of the feed. Worker, web process and browser
// share these schemas.
import { z } from 'zod';
import { Alert } from './alert.ts';
import type { Decision } from './decision.ts';

/** A feed entry that removes an Alert. A tenure was corrected, and the Supplier may no longer see the Alert. */
export const Retracted = z.object({ id: z.string(), seq: z.number().int() }).meta({ id: 'Retracted' });
export type Retracted = z.infer<typeof Retracted>;

/**
 * The event `alert:changed`, which carries one frame. `from` and `to` are the first and the last feed number of the
 * frame, inclusive.
 */
export const AlertChanged = z.object({
	from: z.number().int(),
	to: z.number().int(),
	items: z.array(Alert),
	retracted: z.array(Retracted).default([])
});
export type AlertChanged = z.infer<typeof AlertChanged>;

/** The event `feed:head`. `head`: the last feed number of the Supplier. */
export const FeedHead = z.object({ head: z.number().int() });
export type FeedHead = z.infer<typeof FeedHead>;

/** The event `decision:recorded`. `decision: null` means that a person reopened the Alert. */
export interface DecisionRecorded {
	items: Array<{ id: string; version: number; decision: Decision | null }>;
}

/** The answer of `GET /api/v1/feed`. The feed numbers of `items` and `retracted` together have no gap. */
export const FeedPage = z.object({
	items: z.array(Alert),
	retracted: z.array(Retracted).default([]),
	head: z.number().int()
});
export type FeedPage = z.infer<typeof FeedPage>;

/** The answer of `GET /api/v1/alerts`. */
export const AlertPage = z.object({
	items: z.array(Alert),
	nextCursor: z.string().nullable(),
	/**
	 * The arrival time down to which the page has searched, if its time was over before it was full. The next page goes on
	 * from there. Absent: the page is full, or the list has ended.
	 */
	reachedAt: z.string().optional(),
	head: z.number().int()
});
export type AlertPage = z.infer<typeof AlertPage>;
