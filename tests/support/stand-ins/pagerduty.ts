// Stands in for PagerDuty, which exists only in the cloud. It accepts what the published schema of the Events API v2
// allows, and refuses unknown fields, long texts and wrong types: stricter than PagerDuty itself.
import { standIn } from './stand-in.ts';

const text = (maxLength: number) => ({ type: 'string', minLength: 1, maxLength });

const PAYLOAD = {
	type: 'object',
	additionalProperties: false,
	required: ['summary', 'severity', 'source'],
	properties: {
		summary: text(1024),
		severity: { enum: ['critical', 'error', 'warning', 'info'] },
		source: text(255),
		timestamp: { type: 'string', format: 'date-time' },
		component: text(255),
		group: text(255),
		class: text(255),
		custom_details: { type: 'object' }
	}
};
const KEYS = {
	routing_key: { type: 'string', pattern: '^[A-Za-z0-9]{32}$' },
	dedup_key: text(255)
};
/** https://developer.pagerduty.com/api-reference (Events API v2, `POST /enqueue`). */
const EVENT = {
	oneOf: [
		{
			type: 'object',
			additionalProperties: false,
			required: ['routing_key', 'event_action', 'dedup_key', 'payload'],
			properties: {
				...KEYS,
				event_action: { const: 'trigger' },
				payload: PAYLOAD,
				client: text(255),
				client_url: { type: 'string', format: 'uri' },
				links: {
					type: 'array',
					items: {
						type: 'object',
						additionalProperties: false,
						required: ['href'],
						properties: { href: { type: 'string', format: 'uri' }, text: text(255) }
					}
				}
			}
		},
		{
			type: 'object',
			additionalProperties: false,
			required: ['routing_key', 'event_action', 'dedup_key'],
			properties: { ...KEYS, event_action: { enum: ['acknowledge', 'resolve'] } }
		}
	]
};

export const MOST_EVENT_BYTES = 512 * 1024;

/** The stand-in keeps the incidents as PagerDuty does: one for each key that is not resolved. */
export async function startPagerDuty() {
	const incidents = new Map<string, 'triggered' | 'acknowledged' | 'resolved'>();
	const service = await standIn({
		schema: EVENT,
		mostBytes: MOST_EVENT_BYTES,
		accepts(event) {
			const key: string = event.dedup_key;
			const state = incidents.get(key) ?? 'resolved';
			if (event.event_action === 'trigger' && state === 'resolved') incidents.set(key, 'triggered');
			if (event.event_action === 'acknowledge' && state === 'triggered') incidents.set(key, 'acknowledged');
			if (event.event_action === 'resolve') incidents.set(key, 'resolved');
			return { status: 202, body: { status: 'success', message: 'Event processed', dedup_key: key } };
		}
	});
	return { ...service, incidents };
}
