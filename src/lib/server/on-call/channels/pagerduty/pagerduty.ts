// Sends a page to PagerDuty by its Events API v2, as one incident that the events of the page trigger, acknowledge and
// resolve.
import { z } from 'zod';
import { clip } from '#lib/domain/on-call/text.ts';
import { RecordId } from '#lib/domain/record-id.ts';
import type { ChannelKind, Notice, Outcome } from '../channel.ts';
import { outcomeOf } from '../http-outcome.ts';
import type { SendDeps } from '../send-deps.ts';
import { WebAddress, addressForPeople } from '../web-address.ts';

const EVENTS_API = 'https://events.pagerduty.com/v2/enqueue';
const MOST_SUMMARY = 1024;

const PagerDutySettings = z
	.object({
		kind: z.literal('pagerduty'),
		url: WebAddress.default(EVENTS_API).meta({
			title: 'Address',
			description:
				'The address of the Events API. Change it only for the service region EU or for a proxy: https://events.eu.pagerduty.com/v2/enqueue.',
			examples: [EVENTS_API]
		}),
		routingKey: z
			.string()
			.trim()
			.regex(/^\w{32}$/, 'must be the integration key of 32 letters and digits')
			.meta({
				title: 'Integration key',
				description: 'The key of an integration "Events API V2" of your service in PagerDuty.'
			}),
		webhookSecret: z.string().trim().min(16).max(200).optional().meta({
			title: 'Webhook secret',
			description:
				'The secret that PagerDuty shows when you add a webhook (V3) with the address of this channel. With it, an answer in PagerDuty also answers the page. Save the channel first, and enter the secret afterwards.'
		})
	})
	.meta({
		title: 'PagerDuty',
		description: 'Opens and closes incidents in PagerDuty, and takes answers from there.'
	});
type PagerDutySettings = z.infer<typeof PagerDutySettings>;

export const pagerduty: ChannelKind<PagerDutySettings> = {
	kind: 'pagerduty',
	settings: PagerDutySettings,
	secrets: ['routingKey', 'webhookSecret'],
	secretsGoTo: ['url'],
	answersInbound: true,
	addresses: () => 'target',
	describe: ({ url }) => addressForPeople(url),
	async send(settings, notice, deps) {
		if (notice.type !== 'test') return enqueue(settings, eventOf(notice, ACTIONS[notice.type]), deps);
		// The incident of a test ends at once, so that PagerDuty does not escalate it.
		const opened = await enqueue(settings, eventOf(notice, 'trigger'), deps);
		return opened.state === 'failed' ? opened : enqueue(settings, eventOf(notice, 'resolve'), deps);
	}
};

type EventAction = 'trigger' | 'acknowledge' | 'resolve';
const ACTIONS = {
	opened: 'trigger',
	updated: 'trigger',
	acknowledged: 'acknowledge',
	resolved: 'resolve'
} as const satisfies Record<string, EventAction>;

/** PagerDuty accepts an event with 202 and works on it later, so that the event is sent and not yet delivered. */
async function enqueue(
	{ url, routingKey }: PagerDutySettings,
	event: object,
	deps: SendDeps
): Promise<Outcome> {
	const body = JSON.stringify({ routing_key: routingKey, ...event });
	return outcomeOf(await deps.post({ url, headers: { 'content-type': 'application/json' }, body }), 'sent');
}

function eventOf(notice: Notice, action: EventAction): object {
	const key = { event_action: action, dedup_key: dedupKeyOf(notice) };
	if (action !== 'trigger') return key;
	const { page, content, why, url } = notice;
	const { alert, episode } = content;
	return {
		...key,
		client: 'Causeway',
		client_url: url,
		links: [{ href: url, text: 'Open the page in Causeway' }],
		payload: {
			summary: clip(`${content.headline}. ${content.verdict}`, MOST_SUMMARY),
			source: alert?.deviceId ?? episode?.title ?? 'Causeway',
			severity: notice.type === 'test' ? 'info' : severityOf(page.priority),
			timestamp: page.openedAt,
			...(alert?.deviceType ? { component: alert.deviceType } : {}),
			...(alert?.area ? { group: alert.area } : {}),
			...(alert ? { class: alert.code } : {}),
			custom_details: {
				...content,
				why,
				route: page.route,
				step: page.step,
				alerts: page.alerts,
				supplier: notice.supplier.name
			}
		}
	};
}

const severityOf = (priority: number): 'critical' | 'error' | 'warning' | 'info' =>
	priority <= 1 ? 'critical' : priority === 2 ? 'error' : priority === 3 ? 'warning' : 'info';

/** The address of the page is the key of its incident: it stays the same, and no other installation has it. */
const dedupKeyOf = (notice: Notice): string => (notice.type === 'test' ? `test ${notice.key}` : notice.url);

/** Returns the id of the page whose incident has this key; `null`: another system opened the incident. */
export function pageOfIncidentKey(key: string, origin: string): string | null {
	const prefix = `${origin}/on-call/pages/`;
	const id = key.startsWith(prefix) ? key.slice(prefix.length) : '';
	return RecordId.safeParse(id).success ? id : null;
}
