// Every event on the socket, declared once: worker, web process and browser share these schemas.
import { z } from 'zod';
import { Alert } from './alert.ts';
import { Decision } from './decision.ts';

/** An entry of the feed that takes an Alert back: a tenure was put right, and the Supplier may no longer see it. */
export const Retracted = z.object({ id: z.string(), seq: z.number().int() }).meta({ id: 'Retracted' });
export type Retracted = z.infer<typeof Retracted>;

/** `from` and `to` are the first and last feed sequence numbers of the frame, both included. */
export const AlertChanged = z.object({
	from: z.number().int(),
	to: z.number().int(),
	items: z.array(Alert),
	retracted: z.array(Retracted).default([])
});
export type AlertChanged = z.infer<typeof AlertChanged>;

export const FeedHead = z.object({ head: z.number().int() });
export type FeedHead = z.infer<typeof FeedHead>;

export const DecisionRecorded = z.object({
	items: z.array(z.object({ id: z.string(), version: z.number().int(), decision: Decision.nullable() }))
});
export type DecisionRecorded = z.infer<typeof DecisionRecorded>;

/** What the server may send; a client sends nothing. */
export const liveEvents = {
	'alert:changed': AlertChanged,
	'feed:head': FeedHead,
	'decision:recorded': DecisionRecorded
} as const;

/** `GET /api/v1/feed`: the numbers of `items` and of `retracted` together have no gap. */
export const FeedPage = z.object({
	items: z.array(Alert),
	retracted: z.array(Retracted).default([]),
	head: z.number().int()
});
export type FeedPage = z.infer<typeof FeedPage>;

/** `GET /api/v1/alerts`. */
export const AlertPage = z.object({
	items: z.array(Alert),
	nextCursor: z.string().nullable(),
	head: z.number().int()
});
export type AlertPage = z.infer<typeof AlertPage>;
