// Sends a page as a Web Push to every browser that a person has subscribed.
import webPush from 'web-push';
import { z } from 'zod';
import type { Recipient } from '#lib/domain/on-call/page.ts';
import type { ChannelKind, Notice, Outcome } from '../channel.ts';
import { outcomeOf } from '../http-outcome.ts';
import type { SendDeps } from '../send-deps.ts';
import { testNotice } from '../test-notice.ts';
import type { PushTarget } from './push-devices.ts';
import { pushMessage, type PushMessage } from './push-message.ts';
import type { VapidKey } from './vapid-key.ts';

const WebPushSettings = z.object({ kind: z.literal('web-push') }).meta({
	title: 'Web Push',
	description: 'Sends pushes to the browsers and phones that people turn on at /on-call.'
});

export const webPushChannel: ChannelKind<z.infer<typeof WebPushSettings>> = {
	kind: 'web-push',
	settings: WebPushSettings,
	secrets: [],
	addresses: () => 'person',
	describe: () => 'the browsers that people have turned on',
	async send(_settings, notice, deps) {
		const key = await deps.pushes.key();
		// A key of the API has no browser. That the key pair exists is all that can be tested without a person.
		if (!notice.recipient)
			return notice.type === 'test' ? { state: 'sent', status: null } : failed('a push needs a person');
		return sendToPerson(notice, notice.recipient, key, deps);
	}
};

/** Sends a test push to every browser of a person. */
export async function testPush(
	{ recipient, supplier }: { recipient: Recipient; supplier: Notice['supplier'] },
	deps: SendDeps
): Promise<Outcome> {
	const by = recipient.name;
	const notice = testNotice({
		channel: 'push',
		supplier,
		by,
		recipient,
		now: deps.now(),
		origin: deps.origin
	});
	return sendToPerson(notice, recipient, await deps.pushes.key(), deps);
}

const failed = (error: string): Outcome => ({ state: 'failed', status: null, error, again: false });

async function sendToPerson(
	notice: Notice,
	{ userId, name }: Recipient,
	key: VapidKey,
	deps: SendDeps
): Promise<Outcome> {
	const owner = { supplierId: notice.supplier.id, userId };
	const targets = await deps.pushes.targets(owner);
	const noDevice = failed(
		`${name} has no device for pushes; ask ${name} to open /on-call and turn pushes on`
	);
	if (targets.length === 0) return noDevice;
	const message = pushMessage(notice);
	const tries = await Promise.all(
		targets.map(async ({ id, ...target }) => ({
			id,
			outcome: await push({ id, ...target }, message, key, deps)
		}))
	);
	const isGone = ({ outcome }: { outcome: Outcome }): boolean =>
		outcome.status === 404 || outcome.status === 410;
	for (const { id } of tries.filter(isGone)) await deps.pushes.remove(owner, id);
	const accepted = tries.filter(({ outcome }) => outcome.state === 'sent');
	if (accepted.length > 0) {
		await deps.pushes.noteAccepted(
			owner.supplierId,
			accepted.map(({ id }) => id)
		);
		return accepted[0]!.outcome;
	}
	// One device is enough. Without any, the next try is for the devices for which it can help.
	const left = tries.filter((one) => !isGone(one)).map(({ outcome }) => outcome);
	return left.find((outcome) => outcome.state === 'failed' && outcome.again) ?? left[0] ?? noDevice;
}

/** Encrypts a message for one browser and sends it to the push service of the browser. */
async function push(
	{ endpoint, keys }: PushTarget,
	{ payload, ttlSeconds, urgency, topic }: PushMessage,
	key: VapidKey,
	{ post, origin }: SendDeps
): Promise<Outcome> {
	// RFC 8292 wants a contact. A console on loopback has no address that a push service could use.
	const subject = origin.startsWith('https:') ? origin : 'mailto:causeway@localhost';
	const { headers, body } = webPush.generateRequestDetails({ endpoint, keys }, payload, {
		vapidDetails: { subject, ...key },
		TTL: ttlSeconds,
		urgency,
		topic
	});
	const texts = Object.entries(headers).map(([name, value]) => [name.toLowerCase(), String(value)]);
	return outcomeOf(await post({ url: endpoint, headers: Object.fromEntries(texts), body: body! }), 'sent');
}
