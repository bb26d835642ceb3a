// Words the push of a page: its encrypted payload, and how long and how urgently the push service keeps it.
import type { PushPayload } from '#lib/domain/on-call/push.ts';
import { clip } from '#lib/domain/on-call/text.ts';
import type { Notice } from '../channel.ts';
import { titleOf } from '../facts.ts';

const HOUR_SECONDS = 3600;
/** A push service accepts 4096 bytes after encryption. Some of them count less, so a payload stays below this size. */
export const MOST_PAYLOAD_BYTES = 3000;
const MOST_BODY = 900;
const MOST_WHY = 200;

export interface PushMessage {
	payload: string;
	ttlSeconds: number;
	urgency: 'low' | 'normal' | 'high';
	/** A waiting push of the same topic is replaced (RFC 8030). */
	topic: string;
}

export function pushMessage(notice: Notice): PushMessage {
	const { page, type } = notice;
	const tag = type === 'test' ? 'test' : `page-${page.id}`;
	const isCall = type === 'opened' || type === 'updated';
	return {
		payload: fit((most) => payloadOf(notice, tag, most)),
		ttlSeconds:
			page.priority === 1 ? 24 * HOUR_SECONDS : page.priority === 2 ? 8 * HOUR_SECONDS : 4 * HOUR_SECONDS,
		urgency: isCall && page.priority <= 2 ? 'high' : page.priority <= 3 ? 'normal' : 'low',
		topic: tag
	};
}

function payloadOf(notice: Notice, tag: string, mostBody: number): PushPayload {
	const { page, content, answer, type, at } = notice;
	return {
		type,
		page: type === 'test' ? null : page.id,
		tag,
		title: titleOf(notice),
		body: clip(content.verdict, mostBody),
		why: clip(notice.why, MOST_WHY),
		priority: page.priority,
		state: page.state,
		at,
		by: answer?.by ?? null,
		path: new URL(notice.url).pathname,
		answer: notice.answerUrl === null ? null : (new URL(notice.answerUrl).pathname.split('/').at(-1) ?? null)
	};
}

/** Shortens the sentence until the payload fits: letters outside ASCII need up to four bytes each. */
function fit(payload: (mostBody: number) => PushPayload): string {
	for (let most = MOST_BODY; ; most = Math.floor(most / 2)) {
		const text = JSON.stringify(payload(most));
		if (Buffer.byteLength(text) < MOST_PAYLOAD_BYTES || most < 20) return text;
	}
}
