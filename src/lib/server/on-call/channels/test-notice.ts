// Makes the message that tests a channel. It looks like an event of a page, but there is no page.
import { randomUUID } from 'node:crypto';
import type { Recipient } from '#lib/domain/on-call/page.ts';
import type { Notice } from './channel.ts';

interface Tested {
	channel: string;
	supplier: Notice['supplier'];
	/** Who tests the channel. */
	by: string;
	/** The person who tests a channel that reaches people; `null`: the caller has no e-mail address. */
	recipient: Recipient | null;
	now: Date;
	origin: string;
}

export function testNotice({ channel, supplier, by, recipient, now, origin }: Tested): Notice {
	const at = now.toISOString();
	const url = `${origin}/on-call/channels`;
	return {
		key: randomUUID(),
		type: 'test',
		at,
		why: `${by} tests the channel ${channel}`,
		answer: null,
		supplier,
		page: {
			id: 'test',
			subject: 'test',
			state: 'resolved',
			route: 'test',
			priority: 4,
			openedAt: at,
			step: 0,
			alerts: 0
		},
		content: {
			headline: 'Test of a channel: nothing has happened',
			verdict: `This message tests the channel ${channel} of ${supplier.name}. Nothing has happened, and there is nothing to do.`,
			alert: null,
			episode: null,
			cause: null,
			excluded: [],
			precedents: { ignorable: 0, actionable: 0, text: '' },
			moreAlerts: 0
		},
		recipient,
		url,
		acknowledgeUrl: url,
		answerUrl: null
	};
}
