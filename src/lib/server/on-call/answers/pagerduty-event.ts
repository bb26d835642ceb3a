// Reads an event of PagerDuty (webhook V3): checks its signature, and says what a person did there with which incident.
import { createHmac, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';

/** What a person did in PagerDuty. `other`: nothing that answers a page. */
export interface IncidentAnswer {
	did: 'acknowledged' | 'resolved' | 'other';
	incidentKey: string;
	/** The person in PagerDuty. */
	by: string;
	byId: string;
}

/** The part of an event that Causeway reads. Other fields are ignored. */
export const PagerDutyEvent = z.looseObject({
	event: z.looseObject({
		event_type: z.string().max(100),
		/** Who caused the event. An integration or a service is no person. `null`: PagerDuty itself, such as a timeout. */
		agent: z.object({ id: z.string().max(100), type: z.string(), summary: z.string().nullish() }).nullish(),
		data: z.object({ incident_key: z.string().max(1000).nullish() })
	})
});
const MOST_NAME = 100;

/**
 * Returns whether one of the signatures is right. While the secret is changed, PagerDuty sends several. All signatures
 * are compared in constant time.
 */
export function isSigned(body: Buffer, header: string, secret: string): boolean {
	const expected = createHmac('sha256', secret).update(body).digest();
	const given = header
		.split(',')
		.map((part) => /^v1=([0-9a-f]{64})$/i.exec(part.trim())?.[1])
		.filter((hex) => hex !== undefined)
		.map((hex) => Buffer.from(hex, 'hex'));
	return given.filter((mac) => timingSafeEqual(mac, expected)).length > 0;
}

/** Returns `null` for an event that no person caused, or that is about no incident. */
export function readPagerDutyEvent(body: unknown): IncidentAnswer | null {
	const { data } = PagerDutyEvent.safeParse(body);
	const incidentKey = data?.event.data.incident_key;
	const agent = data?.event.agent;
	if (!data || !incidentKey || agent?.type !== 'user_reference') return null;
	const did =
		data.event.event_type === 'incident.acknowledged'
			? 'acknowledged'
			: data.event.event_type === 'incident.resolved'
				? 'resolved'
				: 'other';
	const name = (agent.summary ?? '').trim().slice(0, MOST_NAME) || 'A person';
	return { did, incidentKey, by: `${name} (PagerDuty)`, byId: `pagerduty:${agent.id}` };
}
