// Builds the notice of a delivery: what a channel needs to word its message.
import type { Notice } from '#lib/server/on-call/channels/channel.ts';
import type { SendDeps } from '#lib/server/on-call/channels/send-deps.ts';
import type { TakenDelivery } from './delivery-rows.ts';

export function noticeOf(
	taken: TakenDelivery,
	{ origin, answerLinks }: Pick<SendDeps, 'origin' | 'answerLinks'>
): Notice {
	const { page, actor } = taken;
	const id = taken.page_id.toString();
	return {
		key: taken.event_key,
		type: taken.event_type,
		at: taken.event_at.toISOString(),
		why: taken.why,
		answer: actor && { by: actor.by, channel: actor.channel, at: taken.event_at.toISOString() },
		supplier: { id: taken.supplier_id, slug: taken.supplier_slug, name: taken.supplier_name },
		page: {
			id,
			subject: page.subject,
			state: taken.event_state,
			route: page.route,
			priority: page.priority,
			openedAt: new Date(page.opened_at).toISOString(),
			step: taken.step,
			alerts: page.alerts
		},
		content: taken.content,
		recipient: taken.recipient,
		url: `${origin}/on-call/pages/${id}`,
		acknowledgeUrl: `${origin}/api/v1/on-call/pages/${id}/acknowledge`,
		answerUrl:
			taken.event_state === 'resolved'
				? null
				: answerLinks.addressFor(
						{
							supplierId: taken.supplier_id,
							pageId: id,
							userId: taken.recipient?.userId ?? null,
							kind: taken.kind,
							key: taken.event_key,
							at: taken.event_at
						},
						origin
					)
	};
}
