// Defines pushes: the subscription of a browser as it arrives, the browsers of a person as the person reads them, and
// the payload that the service worker gets.
import { z } from 'zod';
import { PageEventType, PageState } from './page.ts';

const ENDPOINT_RULE = 'must be the https:// address of a push service, as the browser gives it';
const LOOPBACK = new Set(['localhost', '127.0.0.1', '[::1]']);

/** Plain http is accepted on loopback only, for tests and for push services of one's own. */
function isEndpoint(text: string): boolean {
	const url = URL.parse(text);
	if (!url || url.username !== '' || url.password !== '') return false;
	return url.protocol === 'https:' || (url.protocol === 'http:' && LOOPBACK.has(url.hostname));
}

const key = (length: number, rule: string) => z.string().regex(new RegExp(`^[\\w-]{${length}}=*$`), rule);

/** A subscription as `PushSubscription.toJSON()` of the browser writes it. */
export const PushSubscriptionIn = z.object({
	endpoint: z.string(ENDPOINT_RULE).max(1000, ENDPOINT_RULE).refine(isEndpoint, ENDPOINT_RULE),
	keys: z.object({
		p256dh: key(87, 'must be the public key of the browser: 65 bytes in base64url'),
		auth: key(22, 'must be the secret of the browser: 16 bytes in base64url')
	})
});
export type PushSubscriptionIn = z.infer<typeof PushSubscriptionIn>;

/** A browser that gets pushes. */
export const PushDevice = z
	.object({
		id: z.string(),
		/** The host of the push service. The whole address is a secret of the browser. */
		service: z.string(),
		/** The browser and its system, as the browser calls itself. */
		agent: z.string(),
		addedAt: z.string(),
		/** When the push service last accepted a push. `null`: never. */
		lastAcceptedAt: z.string().nullable()
	})
	.meta({ id: 'PushDevice' });
export type PushDevice = z.infer<typeof PushDevice>;

/** What the service worker gets. It holds no more than the lock screen shows, and the token of the one-time answer. */
export const PushPayload = z.object({
	type: z.union([PageEventType, z.literal('test')]),
	/** The id of the page; `null`: a test of the channel. */
	page: z.string().nullable(),
	/** Notifications of one tag replace each other. */
	tag: z.string(),
	title: z.string(),
	body: z.string(),
	why: z.string(),
	priority: z.number().int(),
	state: PageState,
	at: z.string(),
	/** Who answered the page; `null`: nobody has. */
	by: z.string().nullable(),
	/** The path of the page in the console. */
	path: z.string(),
	/** The token with which this person answers once; `null`: there is nothing to answer. */
	answer: z.string().nullable()
});
export type PushPayload = z.infer<typeof PushPayload>;
