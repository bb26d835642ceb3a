// The channel between workers and web processes: what changed, after commit. A message lost here costs nothing: every
// client sees the gap in its feed and asks for what it missed. What is for the clients is JSON when it is published and
// goes through the web process as it is.
import type { AlertChanged, DecisionRecorded } from '#lib/domain/live-events.ts';
import type { Redis } from '#lib/server/process/redis.ts';

/**
 * Redis shares channels between its numbered databases; two installations on one Redis must not hear each other. Nor must
 * processes of two versions that write messages differently: the number in the name goes up with their form.
 */
const channelOf = (redis: Redis): string => `causeway:live2:${redis.options?.database ?? 0}`;

export type LiveMessage =
	| { event: 'alert:changed'; supplierId: number; data: AlertChanged }
	| { event: 'decision:recorded'; supplierId: number; data: DecisionRecorded };

/** The same on its way: `items` and `retracted` as JSON without the brackets, so that frames can be joined. */
export interface Passage {
	from: number;
	to: number;
	items: string;
	retracted: string;
}

export type LivePassage =
	| ({ event: 'alert:changed'; supplierId: number } & Passage)
	| { event: 'decision:recorded'; supplierId: number; data: string };

/** Publishes after the commit of what it tells; a Redis that is down is no error, for the feed holds it. */
export async function publishLive(redis: Redis, messages: readonly LiveMessage[]): Promise<void> {
	if (messages.length === 0 || !redis.isReady) return;
	await Promise.all(messages.map((message) => redis.publish(channelOf(redis), write(message)))).catch(
		() => {}
	);
}

/** Calls `receive` for every message; the connection must be one of its own. */
export async function subscribeLive(redis: Redis, receive: (message: LivePassage) => void): Promise<void> {
	await redis.subscribe(channelOf(redis), (text) => receive(read(text)));
}

// One line for each part: JSON has no line ends of its own.
function write(message: LiveMessage): string {
	const { event, supplierId } = message;
	if (event === 'decision:recorded') return lines({ event, supplierId }, JSON.stringify(message.data));
	const { from, to, items, retracted } = message.data;
	return lines({ event, supplierId, from, to }, withoutBrackets(items), withoutBrackets(retracted));
}

const lines = (head: object, ...parts: string[]): string => [JSON.stringify(head), ...parts].join('\n');

const withoutBrackets = (list: readonly unknown[]): string => JSON.stringify(list).slice(1, -1);

function read(text: string): LivePassage {
	const [head, first = '', second = ''] = text.split('\n');
	const message = JSON.parse(head!) as LivePassage;
	return message.event === 'decision:recorded'
		? { ...message, data: first }
		: { ...message, items: first, retracted: second };
}
