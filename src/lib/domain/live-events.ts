// Every event on the socket, declared once: worker, web process and browser share these schemas.
import { z } from 'zod';
import { Alert } from './alert.ts';
import { Decision } from './decision.ts';

/** `from` and `to` are the first and last feed sequence numbers of the frame, both included. */
export const AlertChanged = z.object({ from: z.number().int(), to: z.number().int(), items: z.array(Alert) });
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

export interface ServerToClient {
	'alert:changed': (event: AlertChanged) => void;
	'feed:head': (event: FeedHead) => void;
	'decision:recorded': (event: DecisionRecorded) => void;
}

/** `GET /api/v1/feed`: gapless per Supplier. */
export const FeedPage = z.object({ items: z.array(Alert), head: z.number().int() });
export type FeedPage = z.infer<typeof FeedPage>;

/** `GET /api/v1/alerts`. */
export const AlertPage = z.object({
	items: z.array(Alert),
	nextCursor: z.string().nullable(),
	head: z.number().int()
});
export type AlertPage = z.infer<typeof AlertPage>;
