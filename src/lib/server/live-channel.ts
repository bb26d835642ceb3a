// The channel between workers and web processes: what changed, after commit. A message lost here costs nothing: every
// client sees the gap in its feed and asks for what it missed.
import type { AlertChanged, DecisionRecorded } from '#lib/domain/live-events.ts';
import type { Redis } from './redis.ts';

/** Redis shares channels between its numbered databases; two installations on one Redis must not hear each other. */
const channelOf = (redis: Redis): string => `causeway:live:${redis.options?.database ?? 0}`;

export type LiveMessage =
	| { event: 'alert:changed'; supplierId: number; data: AlertChanged }
	| { event: 'decision:recorded'; supplierId: number; data: DecisionRecorded };

/** Publishes after the commit of what it tells; a Redis that is down is no error, for the feed holds it. */
export async function publishLive(redis: Redis, messages: readonly LiveMessage[]): Promise<void> {
	if (messages.length === 0 || !redis.isReady) return;
	await Promise.all(
		messages.map((message) => redis.publish(channelOf(redis), JSON.stringify(message)))
	).catch(() => {});
}

/** Calls `receive` for every message; the connection must be one of its own. */
export async function subscribeLive(redis: Redis, receive: (message: LiveMessage) => void): Promise<void> {
	await redis.subscribe(channelOf(redis), (text) => receive(JSON.parse(text) as LiveMessage));
}
