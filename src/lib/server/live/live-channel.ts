// Publishes changes after their commit, from workers to web processes, over a Redis channel. A lost message does no
// harm: every client sees the gap in its feed and fetches the missing changes. The publisher serializes the data for
// the clients, so that the web process forwards JSON without parsing it.
import type { AlertChanged, DecisionRecorded } from '#lib/domain/live-events.ts';
import type { PageChanged } from '#lib/domain/on-call/page.ts';
import type { Redis } from '#lib/server/process/redis.ts';

/**
 * Returns the name of the channel. Redis shares channels between its numbered databases, so the name contains the
 * number of the database. Otherwise two installations on one Redis would receive each other's messages. The name also
 * contains the version of the message format (2), which must rise with every change of the format.
 */
const channelOf = (redis: Redis): string => `causeway:live2:${redis.options?.database ?? 0}`;

export type LiveMessage =
	| { event: 'alert:changed'; supplierId: number; data: AlertChanged }
	| { event: 'decision:recorded'; supplierId: number; data: DecisionRecorded }
	| { event: 'page:changed'; supplierId: number; data: PageChanged };

/** A frame of the feed with serialized lists. Each list is JSON without its brackets, so that frames can be joined. */
export interface SerializedFrame {
	/** The first feed number of the frame; `to` is the last. Both are included. */
	from: number;
	to: number;
	items: string;
	retracted: string;
}

/** A message as the web process receives it. `data`: JSON text. */
export type ChannelMessage = {
	supplierId: number;
	/** The instant of the publication, just after the commit (epoch ms). */
	at: number;
} & (
	| ({ event: 'alert:changed' } & SerializedFrame)
	| { event: 'decision:recorded' | 'page:changed'; data: string }
);

/**
 * Publishes messages after their commit. An unreachable Redis is ignored, because clients find the changes in the feed.
 */
export async function publishLive(redis: Redis, messages: readonly LiveMessage[]): Promise<void> {
	if (messages.length === 0 || !redis.isReady) return;
	await Promise.all(messages.map((message) => redis.publish(channelOf(redis), write(message)))).catch(
		() => {}
	);
}

/** Publishes changes of pages after their commit. */
export const publishPages = (
	redis: Redis,
	changes: ReadonlyArray<{ supplierId: number; change: PageChanged }>
): Promise<void> =>
	publishLive(
		redis,
		changes.map(({ supplierId, change }) => ({ event: 'page:changed', supplierId, data: change }))
	);

/**
 * Calls `receive` for every message. `redis` must be a separate connection, because a subscribed connection can do
 * nothing else.
 */
export async function subscribeLive(redis: Redis, receive: (message: ChannelMessage) => void): Promise<void> {
	await redis.subscribe(channelOf(redis), (text) => receive(read(text)));
}

/** Writes a message with one line for each part, because serialized JSON contains no line breaks. */
function write(message: LiveMessage): string {
	const { event, supplierId } = message;
	const at = Date.now();
	if (event !== 'alert:changed') return lines({ event, supplierId, at }, JSON.stringify(message.data));
	const { from, to, items, retracted } = message.data;
	return lines({ event, supplierId, at, from, to }, withoutBrackets(items), withoutBrackets(retracted));
}

const lines = (head: object, ...parts: string[]): string => [JSON.stringify(head), ...parts].join('\n');

const withoutBrackets = (list: readonly unknown[]): string => JSON.stringify(list).slice(1, -1);

function read(text: string): ChannelMessage {
	const [head, first = '', second = ''] = text.split('\n');
	const message = JSON.parse(head!) as ChannelMessage;
	return message.event !== 'alert:changed'
		? { ...message, data: first }
		: { ...message, items: first, retracted: second };
}
