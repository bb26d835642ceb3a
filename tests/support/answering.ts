// Sets up on call with phones and PagerDuty, for tests of answers that need no session.
import { expect } from 'vitest';
import { UNEXPLAINED_SECURITY, setUpOnCall } from './on-call.ts';
import { startPushService } from './push-service.ts';
import { startPagerDuty } from './stand-ins/pagerduty.ts';
import { eventually, startSystem } from './system.ts';

export const WEBHOOK_SECRET = 'the secret of the webhook in PagerDuty';

export type Answering = Awaited<ReturnType<typeof setUpAnswering>>;

/** Both people of the rota have a phone. */
export async function setUpAnswering() {
	const system = await startSystem({ completeUntil: '2026-11-05T06:00:00.000Z' });
	const service = await startPushService();
	const pagerDuty = await startPagerDuty();
	const onCall = await setUpOnCall(system);
	const duty = { kind: 'pagerduty', url: pagerDuty.url };
	await onCall.put('/on-call/channels/phones', { kind: 'web-push' });
	await onCall.put('/on-call/channels/duty', { ...duty, routingKey: 'R0UT1NGKEY0123456789abcdefABCDEF' });
	await onCall.put('/on-call/channels/duty', { ...duty, webhookSecret: WEBHOOK_SECRET });
	for (const member of onCall.members) {
		const { subscription } = service.subscribe();
		expect((await member.call('POST', '/on-call/push/subscriptions', subscription)).status).toBe(201);
	}
	return {
		system,
		onCall,
		pagerDuty,
		begin: () => onCall.route('security', UNEXPLAINED_SECURITY, { channels: ['phones', 'duty'] }),
		async end(): Promise<void> {
			await onCall.clear();
			service.pushes.length = 0;
		},
		/** Sends an Alert, and returns the page and the token in the push about it. */
		async pageWithToken() {
			const alert = await onCall.anUnexplainedAlert();
			const page = await onCall.pageBecomes({ state: 'open', alertId: alert.id });
			const push = await eventually(() => {
				const found = service.pushes.find(({ payload }) => payload.page === page.id);
				expect(found).toBeDefined();
				return found!;
			});
			return { alert, page, token: push.payload.answer as string };
		},
		async [Symbol.asyncDispose]() {
			await pagerDuty[Symbol.asyncDispose]();
			await service[Symbol.asyncDispose]();
			await onCall.receiver[Symbol.asyncDispose]();
			await system[Symbol.asyncDispose]();
		}
	};
}
