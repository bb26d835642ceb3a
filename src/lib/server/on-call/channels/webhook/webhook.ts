// Sends a page to a webhook: a CloudEvent that is signed as Standard Webhooks says.
import { randomBytes } from 'node:crypto';
import { Webhook } from 'standardwebhooks';
import { z } from 'zod';
import type { ChannelKind } from '../channel.ts';
import { CLOUD_EVENT_TYPE, cloudEventOf } from '../cloud-event.ts';
import { outcomeOf } from '../http-outcome.ts';
import { WebAddress, addressForPeople } from '../web-address.ts';

const PREFIX = 'whsec_';
const LEAST_SECRET_BYTES = 16;
const SECRET_RULE = `must be ${PREFIX} and then base64 of at least ${LEAST_SECRET_BYTES} random bytes`;

function isSecret(text: string): boolean {
	const base64 = text.startsWith(PREFIX) ? text.slice(PREFIX.length) : text;
	const bytes = Buffer.from(base64, 'base64');
	return bytes.toString('base64') === base64 && bytes.length >= LEAST_SECRET_BYTES;
}

const WebhookSettings = z
	.object({
		kind: z.literal('webhook'),
		url: WebAddress.meta({
			title: 'Address',
			description: 'The address that gets the events, by POST.',
			examples: ['https://bridge.example/causeway']
		}),
		secret: z.string().trim().max(500).refine(isSecret, SECRET_RULE).meta({
			title: 'Signing secret',
			description:
				'The secret that signs each event, so that the receiver knows that it came from here. If you enter none, Causeway makes one and shows it once.'
		})
	})
	.meta({
		title: 'Webhook',
		description: 'Sends each event as a signed CloudEvent to a program of yours.'
	});

export const webhook: ChannelKind<z.infer<typeof WebhookSettings>> = {
	kind: 'webhook',
	settings: WebhookSettings,
	secrets: ['secret'],
	makeSecret: () => `${PREFIX}${randomBytes(32).toString('base64')}`,
	addresses: () => 'target',
	describe: ({ url }) => addressForPeople(url),
	async send({ url, secret }, notice, deps) {
		const body = JSON.stringify(cloudEventOf(notice));
		const at = deps.now();
		const headers = {
			'content-type': CLOUD_EVENT_TYPE,
			'webhook-id': notice.key,
			'webhook-timestamp': String(Math.floor(at.getTime() / 1000)),
			'webhook-signature': new Webhook(secret).sign(notice.key, at, body)
		};
		return outcomeOf(await deps.post({ url, headers, body }));
	}
};
