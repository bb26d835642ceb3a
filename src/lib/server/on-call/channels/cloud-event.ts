// Writes an event of a page as a CloudEvent 1.0. The webhook sends it, and other channels may put it into their messages.
import type { PageCloudEvent } from '#lib/domain/on-call/page.ts';
import type { Notice } from './channel.ts';

/** The media type of a CloudEvent in JSON. */
export const CLOUD_EVENT_TYPE = 'application/cloudevents+json; charset=utf-8';

export function cloudEventOf(notice: Notice): PageCloudEvent {
	const { page, content, answer } = notice;
	return {
		specversion: '1.0',
		id: notice.key,
		source: `urn:causeway:supplier:${notice.supplier.slug}`,
		type: notice.type === 'test' ? 'causeway.channel.test' : `causeway.page.${notice.type}`,
		subject: page.id,
		time: notice.at,
		datacontenttype: 'application/json',
		data: {
			page: {
				id: page.id,
				state: page.state,
				subject: page.subject,
				route: page.route,
				priority: page.priority,
				openedAt: page.openedAt,
				step: page.step,
				alerts: page.alerts,
				moreAlerts: content.moreAlerts,
				headline: content.headline,
				why: notice.why,
				by: answer?.by ?? null
			},
			episode: content.episode,
			alert: content.alert,
			verdict: content.verdict,
			cause: content.cause,
			excluded: content.excluded,
			precedents: content.precedents,
			url: notice.url,
			acknowledgeUrl: notice.acknowledgeUrl
		}
	};
}
