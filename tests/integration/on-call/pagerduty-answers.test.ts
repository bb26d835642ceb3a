// Tests answers that people give in PagerDuty, by its signed webhook (V3).
import { createHmac } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { WEBHOOK_SECRET, setUpAnswering, type Answering } from '../../support/answering.ts';
import type { OnCallTest } from '../../support/on-call.ts';
import { eventually, type System } from '../../support/system.ts';

let answering: Answering;
let system: System;
let onCall: OnCallTest;

beforeAll(async () => {
	answering = await setUpAnswering();
	({ system, onCall } = answering);
});
afterAll(() => answering[Symbol.asyncDispose]());
beforeEach(() => answering.begin());
afterEach(() => answering.end());

describe('PagerDuty', () => {
	const address = async (): Promise<string> => {
		const { inboundUrl } = (await system.get('brightwell', '/on-call/channels/duty')).body;
		return new URL(inboundUrl).pathname.replace('/api/v1', '');
	};
	const sign = (body: string, secret = WEBHOOK_SECRET): string =>
		`v1=${createHmac('sha256', secret).update(body).digest('hex')}`;
	async function send(event: object, signature?: string): Promise<Response> {
		const body = JSON.stringify({ event });
		return fetch(`${system.url}/api/v1${await address()}`, {
			method: 'POST',
			headers: { 'content-type': 'application/json', 'x-pagerduty-signature': signature ?? sign(body) },
			body
		});
	}
	const eventOf = (
		type: string,
		key: string,
		agent: object | null = { id: 'PABC123', type: 'user_reference', summary: 'Ada Lovelace' }
	) => ({
		id: '01DFT9VNYQ1JQNPLN9WGQMXN9F',
		event_type: `incident.${type}`,
		resource_type: 'incident',
		occurred_at: '2026-11-05T02:16:00.000Z',
		agent,
		client: null,
		data: { id: 'PGR0VU2', type: 'incident', incident_key: key, status: type }
	});
	const keyOf = async (pageId: string): Promise<string> =>
		eventually(() => {
			const found = answering.pagerDuty.received.find(({ body }) =>
				body.dedup_key.endsWith(`/on-call/pages/${pageId}`)
			);
			expect(found).toBeDefined();
			return found!.body.dedup_key as string;
		});

	test('acknowledges the page as its person, and a repeat does nothing', async () => {
		const { page } = await answering.pageWithToken();
		const event = eventOf('acknowledged', await keyOf(page.id));
		expect((await send(event)).status).toBe(202);
		await onCall.pageBecomes({
			state: 'acknowledged',
			acknowledged: { by: 'Ada Lovelace (PagerDuty)', channel: 'pagerduty' }
		});
		expect((await send(event)).status).toBe(202);
		const { events } = (await onCall.pages())[0]!;
		expect(events.filter(({ type }) => type === 'acknowledged')).toHaveLength(1);
		// The incident is acknowledged from both sides, and no event goes round in a circle.
		await eventually(() =>
			expect(answering.pagerDuty.incidents.get(event.data.incident_key)).toBe('acknowledged')
		);
	});

	test('ends the page with a note, and decides nothing', async () => {
		const { page, alert } = await answering.pageWithToken();
		expect((await send(eventOf('resolved', await keyOf(page.id)))).status).toBe(202);
		await onCall.pageBecomes({
			state: 'resolved',
			resolved: {
				by: 'Ada Lovelace (PagerDuty)',
				channel: 'pagerduty',
				why: 'The incident was resolved in PagerDuty'
			}
		});
		expect((await system.get('brightwell', `/alerts/${alert.id}`)).body.decision).toBeNull();
	});

	test.each(['reopened', 'unacknowledged', 'annotated', 'triggered'])(
		'ignores an incident that was %s',
		async (type) => {
			const { page } = await answering.pageWithToken();
			expect((await send(eventOf(type, await keyOf(page.id)))).status).toBe(202);
			expect((await onCall.pages())[0]!.state).toBe('open');
		}
	);

	test('ignores incidents of others, the ping, and the echo of an integration', async () => {
		const { page } = await answering.pageWithToken();
		const integration = {
			id: 'PINT',
			type: 'events_api_v2_inbound_integration_reference',
			summary: 'Causeway'
		};
		for (const event of [
			eventOf('acknowledged', 'another incident'),
			eventOf('acknowledged', 'http://other.example/on-call/pages/1'),
			eventOf('acknowledged', await keyOf(page.id), integration),
			eventOf('acknowledged', await keyOf(page.id), null),
			{
				event_type: 'pagey.ping',
				resource_type: 'pagey',
				agent: null,
				data: { message: 'Hello', type: 'ping' }
			},
			{}
		])
			expect((await send(event)).status).toBe(202);
		expect((await onCall.pages())[0]!.state).toBe('open');
	});

	test('accepts one right signature among several, and refuses wrong ones', async () => {
		const { page } = await answering.pageWithToken();
		const event = eventOf('acknowledged', await keyOf(page.id));
		const body = JSON.stringify({ event });
		for (const wrong of [
			'',
			'v1=',
			'v1=00',
			sign(body, 'another secret'),
			sign(`${body} `),
			sign(body).replace('v1', 'v2'),
			'v1=zz'
		])
			expect((await send(event, wrong)).status, wrong).toBe(401);
		expect((await onCall.pages())[0]!.state).toBe('open');
		expect((await send(event, `${sign(body, 'the new secret')},${sign(body)}`)).status).toBe(202);
		await onCall.pageBecomes({ state: 'acknowledged' });
	});

	test('refuses an address that Causeway did not sign', async () => {
		const wrong = (await address()).slice(0, -2) + 'xx';
		expect((await system.call('POST', wrong, null, { event: {} })).status).toBe(401);
	});
});
