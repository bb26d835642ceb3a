// Makes events of pages for tests of channels.
import { randomUUID } from 'node:crypto';
import type { Notice } from '#lib/server/on-call/channels/channel.ts';

const ORIGIN = 'https://causeway.example';

/** An event of a page about one Alert with an excluded request. `page` and `content` change parts of it. */
export function noticeOf(
	changes: Partial<Omit<Notice, 'page' | 'content'>> & {
		page?: Partial<Notice['page']>;
		content?: Partial<Notice['content']>;
	} = {}
): Notice {
	const { page, content, ...others } = changes;
	return {
		key: randomUUID(),
		type: 'opened',
		at: '2026-11-05T02:14:20.000Z',
		why: 'the route "security" matches',
		answer: null,
		supplier: { id: 1, slug: 'brightwell', name: 'Brightwell Energy' },
		page: {
			id: '77',
			subject: 'alert',
			state: 'open',
			route: 'security',
			priority: 1,
			openedAt: '2026-11-05T02:14:20.000Z',
			step: 0,
			alerts: 1,
			...page
		},
		content: {
			headline: '8F3E SW1 unauthorised access: no cause found',
			verdict:
				'Unauthorised communication access attempted at an ESME in SW1. No Service Request explains it; 6.5 of an ED was excluded, because its target is another Device.',
			alert: {
				id: '184467440737095',
				deviceId: '00-DB-12-34-56-78-90-A0',
				deviceType: 'ESME',
				hubId: '00-DB-12-34-56-78-90-B0',
				area: 'SW1',
				code: '8F3E',
				name: 'Unauthorised communication access attempted',
				category: 'security',
				priority: 1,
				explanation: 'unexplained',
				effectiveAt: '2026-11-05T02:14:07.000Z',
				occurrences: 1,
				throttled: false
			},
			episode: null,
			cause: null,
			excluded: [
				{
					serviceReferenceVariant: '6.5',
					userRole: 'ED',
					reason: 'other-device',
					text: 'Its target is another Device.'
				}
			],
			precedents: { ignorable: 0, actionable: 2, text: 'Others decided this pattern as actionable twice.' },
			moreAlerts: 0,
			...content
		},
		recipient: null,
		url: `${ORIGIN}/on-call/pages/77`,
		acknowledgeUrl: `${ORIGIN}/api/v1/on-call/pages/77/acknowledge`,
		answerUrl: null,
		...others
	};
}
